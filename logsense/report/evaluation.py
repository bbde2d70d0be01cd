"""Results of recorded cases as the document ``logsense/evaluation/1``, and in rows for a person."""

from collections.abc import Iterator, Sequence

from logsense.clean import markdown, safe
from logsense.evaluate import MARKS, Result, figures
from logsense.report.document import Json, stamp
from logsense.report.text import cells, fit

SCHEMA = "logsense/evaluation/1"
_HEADS = (*MARKS, "onset s", "false", "s")
#: Widths of the columns of a table: case, kind, a mark, the figures after them.
_CASE, _KIND = 18, 12
_WIDTHS = (*(len(head) for head in MARKS), 8, 5, 6)


def evaluation(results: Sequence[Result]) -> Json:
    """All results and the figures over them, as plain values."""
    return {
        "schema": SCHEMA,
        "cases": [evaluation_case(result) for result in results],
        "figures": figures(results),
    }


def evaluation_case(result: Result) -> Json:
    """One result. What is not known, such as the marks of a clean run, is null."""
    truth, outcome = result.truth, result.outcome
    faulty = truth.faulty if truth else None
    marks = {
        name: (outcome is not None and asked(outcome)) if faulty else None for name, asked in MARKS.items()
    }
    return {
        "case": safe(result.name),
        "kind": safe(truth.kind) if truth else None,
        "title": safe(truth.title) if truth else None,
        "fault": {"start": stamp(truth.start), "end": stamp(truth.end)} if truth and faulty else None,
        "faulty": faulty,
        **marks,
        "onset_s": None if outcome is None or outcome.onset is None else round(outcome.onset, 1),
        "incidents": None if outcome is None else outcome.incidents,
        "false": None if outcome is None else outcome.false,
        "cause": None if outcome is None else outcome.cause,
        "component": None if outcome is None else outcome.component,
        "place": None if outcome is None or outcome.place is None else safe(outcome.place),
        "seconds": None if result.seconds is None else round(result.seconds, 2),
        "problem": result.problem,
    }


def evaluation_head() -> str:
    """The row of names above the results."""
    return _row("case", "kind", _HEADS)


def evaluation_row(result: Result, width: int) -> str:
    """A result as one row, and below it why it failed."""
    case = evaluation_case(result)
    row = _row(case["case"], case["kind"] or "?", _values(case))
    if result.problem is None:
        return row
    return row + fit(f"  failed: {result.problem}", width) + "\n"


def evaluation_total(results: Sequence[Result]) -> str:
    """The figures over all: shares of the faulty cases, then what is said of clean ones and failures."""
    total = figures(results)
    shares = [_number(total[name], 2) for name in MARKS]
    out = _row("mean", "", (*shares, _number(total["onset_s"], 1), *_last(total)))
    clean = _number(total["clean"], 2) or "none was judged"
    return (
        out + f"\n{total['cases']} faulty cases; false: incidents a faulty case that are not its fault\n"
        f"{total['clean_runs']} clean runs; incidents in each: {clean}\n"
        f"{total['failed']} failed; onset s is the median distance from the start of the fault\n"
    )


def _last(total: Json) -> tuple[str, str]:
    return _number(total["false"], 2), _number(total["seconds"], 1)


def evaluation_markdown(results: Sequence[Result]) -> Iterator[str]:
    """The same as a table of Markdown, and one of the figures."""
    yield "# Evaluation\n\n| case | kind | " + " | ".join(_HEADS) + " |\n"
    yield "| --- " * (len(_HEADS) + 2) + "|\n"
    for result in results:
        case = evaluation_case(result)
        values = (markdown(case["case"]), markdown(case["kind"] or "?"), *_values(case))
        yield "| " + " | ".join(values) + " |\n"
    failed = [result for result in results if result.problem is not None]
    yield "".join(f"\n- failed: {markdown(r.name)}: {markdown(r.problem or '')}" for r in failed)
    yield ("\n" if failed else "") + "\n| figure | value |\n| --- | --- |\n"
    for name, value in figures(results).items():
        yield f"| {name} | {'' if value is None else value} |\n"


def _values(case: Json) -> tuple[str, ...]:
    """The cells of a case: yes or - for a mark, nothing where it was not asked."""
    marks = ("" if case[name] is None else "yes" if case[name] else "-" for name in MARKS)
    onset = "" if case["onset_s"] is None else f"{case['onset_s']:+.1f}"
    return (*marks, onset, _number(case["false"], 0) or "?", _number(case["seconds"], 1))


def _row(name: str, kind: str, values: Sequence[str]) -> str:
    lead = "  ".join(_padded(text, width) for text, width in ((name, _CASE), (kind, _KIND)))
    return (lead + "".join(f"  {v:>{w}}" for v, w in zip(values, _WIDTHS, strict=True))).rstrip() + "\n"


def _padded(text: str, width: int) -> str:
    shown = fit(text, width)
    return shown + " " * (width - cells(shown))


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
