"""From a plan to the files of a package."""

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

from logsense.clean import safe
from logsense.errors import OutputError, UsageError
from logsense.scaffold.names import Plan, requirement

#: Parts of names in ``templates/`` that stand for others, so that no tool takes a template for the thing.
_DOTTED = {"gitignore": ".gitignore", "github": ".github"}


class _Text(Template):
    """Text whose placeholders are ``@@{name}``: neither Python nor TOML nor YAML has such a thing."""

    delimiter = "@@"


def write(planned: Plan, into: Path) -> Path:
    """Write the package into a new folder in ``into``, and give that folder.

    UsageError where there is such a folder already; OutputError where it cannot be written. The folder is
    filled under another name and then renamed, so that none is left half done.
    """
    target = into / planned.distribution
    if target.exists() or target.is_symlink():
        msg = (
            f"{safe(str(target))} exists; it was left as it is. Choose another name, or --into another folder"
        )
        raise UsageError(msg)
    rest = None
    try:
        into.mkdir(parents=True, exist_ok=True)
        rest = Path(tempfile.mkdtemp(prefix=f".{planned.distribution}-", dir=into))
        for path, text in texts(planned):
            place = rest / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        rest.chmod(0o777 & ~_mask())  # a temporary folder is its owner's alone; this one is as any other
        rest.rename(target)
    except OSError as error:
        if rest is not None:
            shutil.rmtree(rest, ignore_errors=True)
        msg = f"{safe(str(target))} could not be written: {error.strerror or error}; nothing is left of it"
        raise OutputError(msg) from error
    return target


def texts(planned: Plan) -> Iterator[tuple[PurePosixPath, str]]:
    """The files of the package: path in its folder, and text."""
    root = files("logsense.scaffold") / "templates"
    kind = tomllib.loads((root / planned.kind / "kind.toml").read_text(encoding="utf-8"))
    words = planned.words()
    needed = [requirement(), *kind["dependencies"]]
    words["dependencies"] = ", ".join(json.dumps(one) for one in needed)
    for key in ("description", "about", "use", "configure"):
        words[key] = _Text(kind[key].strip()).substitute(words)
    for part in ("shared", planned.kind):
        for path, text in _templates(root / part, PurePosixPath()):
            yield _named(path, planned), _Text(text).substitute(words)


def _templates(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for one in sorted(folder.iterdir(), key=lambda part: part.name):
        if one.is_dir():
            yield from _templates(one, at / one.name)
        elif one.name.endswith(".txt"):
            yield at / one.name.removesuffix(".txt"), one.read_text(encoding="utf-8")


def _named(path: PurePosixPath, planned: Plan) -> PurePosixPath:
    """The place of a template in the package: its folder and its tests bear its name."""
    names = {"package": planned.package, "plugin.toml": f"{planned.module}.toml",
             "cases.py": f"test_{planned.module}.py", **_DOTTED}  # fmt: skip
    return PurePosixPath(*(names.get(part, part) for part in path.parts))


def _mask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
