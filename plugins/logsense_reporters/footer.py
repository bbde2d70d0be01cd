"""The end of the report: what was read, what could not be, what counted as normal, what to do next."""

from collections.abc import Iterable, Iterator

from logsense.api import Analysis
from logsense_reporters.page import Page

#: Entries of a kind shown unless more is asked for.
FEW = 3
#: As many as are shown at most.
MANY = 1000
#: Sources named where several share a reason.
NAMES = 5


def footer(page: Page, analysis: Analysis, verbose: int, *, explain: bool) -> str:
    """Rows with a label each; those without anything to say are left out."""
    few = MANY if verbose else FEW
    out = [page.labelled("READ", [_read(page, analysis)])]
    out.append(page.labelled("NOT READ", _some(_not_read(analysis), few), style="major"))
    out.append(page.labelled("NOTED", _some(_noted(analysis), few)))
    out.append(page.labelled("MUTED", _some(_muted(analysis), few)))
    judged = _grouped((entry.source, entry.reason) for entry in analysis.not_judged)
    out.append(page.labelled("NOT JUDGED", _some(judged, few)))
    out.append(page.labelled("FAILED", _some(_failed(analysis), MANY), style="critical"))
    out.append(page.labelled("NORMAL IS", [_baseline(page, analysis)]))
    return "".join(out) + page.labelled("NEXT", _next(analysis, verbose, explain=explain), style="dim")


def _some(entries: Iterator[str], few: int) -> list[str]:
    """The first few, how many there are beside, and what shows those."""
    listed = list(entries)
    rest = len(listed) - few
    shows = "-v shows more" if few < MANY else "--format json has all"
    return listed[:few] + ([f"… and {rest:,} more ({shows})"] if rest > 0 else [])


def _read(page: Page, analysis: Analysis) -> str:
    """The account of lines: it adds up."""
    sources = analysis.sources
    total = {
        name: int(sources[name].sum())
        for name in ("lines", "in_records", "without_event", "skipped_lines", "records")
    }
    if not total["lines"]:
        return "nothing"
    parts = [f"{total['in_records']:,} in {page.kit.count(total['records'], 'record')}"]
    parts += [f"{total['without_event']:,} without an event"] if total["without_event"] else []
    parts += [f"{total['skipped_lines']:,} skipped"] if total["skipped_lines"] else []
    return f"{page.kit.count(total['lines'], 'line')}: {', '.join(parts)}"


def _grouped(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Sources that share a reason in one entry, in the order in which the reasons first came."""
    sources: dict[str, list[str]] = {}
    for source, reason in pairs:
        sources.setdefault(reason, []).append(source)
    for reason, names in sources.items():
        rest = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
        yield f"{', '.join(names[:NAMES])}{rest}: {reason}"


def _not_read(analysis: Analysis) -> Iterator[str]:
    """What could not be read first, then what was left out as no log."""
    skipped = analysis.skipped.sort("failed", "source", descending=[True, False])
    return _grouped(skipped.select("source", "reason").iter_rows())


def _noted(analysis: Analysis) -> Iterator[str]:
    """What was odd and what was done about it."""
    yield from analysis.notes
    noted = analysis.sources.filter(analysis.sources["note"].fill_null("") != "")
    yield from _grouped(noted.select("path", "note").iter_rows())


def _muted(analysis: Analysis) -> Iterator[str]:
    """What verdicts keep from being reported, and why."""
    for one in analysis.muted:
        until = f" until {one.verdict.until}" if one.verdict.until else ""
        note = f" ({one.verdict.note})" if one.verdict.note else ""
        yield f"{one.verdict.says}{until}{note}: {one.incident.summary}"


def _failed(analysis: Analysis) -> Iterator[str]:
    """Plugins that failed; those of one package that failed alike in one entry."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for one in analysis.plugins_failed:
        name, _, package = one.plugin.partition(" (")
        alike.setdefault((package, one.version, one.hook, one.reason), []).append(name)
    for (package, version, hook, reason), names in alike.items():
        rest = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
        whose = f" ({package}" if package else ""
        yield f"{', '.join(names[:NAMES])}{rest}{whose} {version} in {hook}: {reason}"


def _baseline(page: Page, analysis: Analysis) -> str:
    """What counted as normal, and when that was."""
    quiet, how = page.kit.baseline(analysis), analysis.view.how
    if quiet is None:
        return how or "not known: no quiet time was found"
    ends = [moment for moment in (*quiet, analysis.start, analysis.end) if moment]
    when = page.kit.moments(min(ends), max(ends))
    numbers = analysis.view.quiet
    scattered = max(numbers) - min(numbers) + 1 != len(set(numbers))
    return f"{how}, {'scattered over ' if scattered else ''}{when(quiet[0])} → {when(quiet[1])}"


def _next(analysis: Analysis, verbose: int, *, explain: bool) -> list[str]:
    """What leads on from here: nothing that has been asked for already."""
    failed = analysis.plugins_failed
    out = ["logsense plugins disable NAME leaves out a plugin that fails"] if failed else []
    if analysis.incidents:
        more = [] if verbose else ["-v shows every cause and line"]
        more += ["-vv shows what each score is made of"] if verbose and not explain else []
        out = [
            *more,
            "--format markdown drafts the post-mortem, --format json is for scripts",
            *out,
        ]
    elif not analysis.sources.height:
        # What the logs say cannot be asked where there are none.
        mend = "mend what NOT READ says, or " if analysis.skipped.height else ""
        out = [f"{mend}give another PATH: a file, a directory or an address (logsense help addresses)", *out]
    else:
        narrow = ["--since and --until narrow the time"] if analysis.start else []
        out = [*narrow, "logsense templates PATH lists what the logs say, and how often", *out]
    return out
