"""PATH… that may be addresses → sources: plugins bring what lies in no file, the rest is found as ever.

The logs behind an address are written by a source (``api.Source``) into a folder of the run, which is read
as any directory is; its files are named by the address, then their place below. They stay as long as the
run's scratch does, so that lines can be fetched again.
"""

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from logsense import addresses, clean, read
from logsense.config import Settings
from logsense.errors import FrameError, PathError
from logsense.host import Host, Loaded
from logsense.naming import canonical
from logsense.store import Scratch
from logsense.watch import Progress, Watch

NOTHING = "no logs were found behind it"


@dataclass(frozen=True)
class Fetching:
    """How and where to: which files count, who is asked, the run's folder, and who is told of it."""

    settings: Settings
    host: Host
    scratch: Scratch
    watch: Watch

    def files(self, paths: Sequence[str]) -> read.Found:
        """What lies under paths that are no addresses."""
        globs = self.settings
        return read.find(paths, include=globs.include, exclude=globs.exclude, spool=self.scratch)


def find(paths: Sequence[str], how: Fetching) -> read.Found:
    """The sources of PATH… as ``read.find`` gives them, those behind addresses last.

    The order is that of the addresses, whatever that of the arguments; each is fetched once. What a source
    could not bring is a Skip, and what it had written until then counts. PathError where nobody brings a
    scheme, before anything is fetched.
    """
    asked = sorted({path for path in paths if addresses.scheme(path)})
    files = [path for path in paths if not addresses.scheme(path)]
    _refuse_mistyped(files)
    by_scheme = _by_scheme(how.host) if asked else {}
    bringers = {address: _bringer(address, by_scheme, how.host) for address in asked}
    found = how.files(files) if files or not asked else read.Found((), ())
    sources, skipped = list(found.sources), list(found.skipped)
    for address, who in bringers.items():
        more = _fetched(address, who, how)
        sources += [replace(one, number=len(sources) + at) for at, one in enumerate(more.sources)]
        skipped += more.skipped
    return read.Found(tuple(sources), tuple(sorted(skipped, key=lambda skip: (skip.source, skip.reason))))


def _refuse_mistyped(paths: Sequence[str]) -> None:
    """PathError for what is neither a file, nor a pattern, nor quite an address."""
    for path in paths:
        there = os.path.lexists(path) or glob.has_magic(path)
        if not there and (form := addresses.mistyped(path)):
            msg = f"there is no file {named(path)}; {form}"
            raise PathError(msg)


def named(address: str) -> str:
    """The printed name of an address."""
    return clean.name(os.fsencode(address).decode("utf-8", "surrogateescape")).rstrip("/")


def _fetched(address: str, who: Loaded, how: Fetching) -> read.Found:
    """What lies behind one address, under its name."""
    given, scheme = named(address), addresses.scheme(address) or ""
    folder = how.scratch.folder(scheme)
    how.watch.progress(Progress(0, 0, given))
    reason = how.host.fetch(who, scheme, addresses.rest(address), folder)
    found = how.files([str(folder)])
    skipped = [replace(skip, source=f"{given}/{skip.source}") for skip in found.skipped]
    if reason is not None:
        skipped.append(read.Skip(given, reason, failed=True))
    elif not found.sources and not skipped:
        skipped.append(read.Skip(given, NOTHING))
    sources = tuple(
        replace(one, name=f"{given}/{one.name}", set=f"{given}/{one.set}" if one.set else None)
        for one in found.sources
    )
    return read.Found(sources, tuple(skipped))


def _by_scheme(host: Host) -> dict[str, Loaded]:
    """Who brings each scheme; of two the first, and the other is named among the plugins that failed."""
    taken: dict[str, Loaded] = {}
    for who in host.sources():
        for scheme in who.schemes:
            first = taken.setdefault(scheme, who)
            if first is not who:
                reason = f"{scheme}:// is taken by {first.name} ({first.found.distribution}); it is not asked"
                host.blame(who, "schemes", FrameError(reason))
    return taken


def _bringer(address: str, by_scheme: dict[str, Loaded], host: Host) -> Loaded:
    scheme = addresses.scheme(address) or ""
    package = addresses.PACKAGES.get(scheme)
    if scheme in by_scheme:
        who = by_scheme[scheme]
        # What another package makes of a scheme of this name is its own affair.
        if canonical(who.found.distribution) == package and (form := addresses.names_nothing(address)):
            msg = f"{clean.name(address)} names nothing: {form}"
            raise PathError(msg)
        return who
    there = ", ".join(f"{one}://" for one in sorted(by_scheme)) or "none"
    what = f"{named(address)}: no source of {scheme}:// is installed (there are: {there})"
    broken = [f"{one.plugin}: {one.reason}" for one in host.failures if one.hook == "load"]
    near = addresses.nearest(scheme, {*by_scheme, *addresses.FORMS})
    if broken:
        msg = f"{what}; a plugin could not be loaded: {'; '.join(broken)}"
    elif package:
        msg = f"{what}; {package} brings it: pip install {package} ({addresses.form(scheme)})"
    elif near:
        form = f" ({addresses.form(near)})" if near in addresses.FORMS else ""
        brings = "" if near in by_scheme else f", which {addresses.PACKAGES[near]} brings"
        msg = f"{what}; did you mean {near}://{brings}?{form}"
    else:
        msg = f"{what}. A path of that name is given as ./{named(address)}"
    raise PathError(msg)
