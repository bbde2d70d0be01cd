"""An explanation in rows for a person, and as Markdown; and how the terms of a score are printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from logsense.analysis import Term
from logsense.clean import markdown
from logsense.report.document import Json
from logsense.report.text import fit, one_row, wrap


@dataclass(frozen=True)
class Share:
    """A term as it is printed: its part of the score, its decades, its name and why."""

    part: str
    decades: str
    name: str
    why: str

    @property
    def row(self) -> str:
        """All in one row."""
        why = f": {self.why}" if self.why else ""
        return f"{self.part}  {self.decades:>5}  {self.name}{why}"


def shares(terms: Sequence[Term]) -> list[Share]:
    """The terms, then their sum; with three digits each, the parts still add up to the sum as printed."""
    sums = [0.0]
    for term in terms:
        sums.append(sums[-1] + term.value * term.weight)
    # Rounding the running sums, not the parts, keeps what is printed true to the last digit.
    rounded = [round(total, 3) for total in sums]
    out = [
        Share(_signed(after - before, 3), _signed(term.value, 1), one_row(term.name), one_row(term.why))
        for term, (before, after) in zip(terms, pairwise(rounded), strict=True)
    ]
    decades = _signed(sum(term.value for term in terms), 1)
    return [*out, Share(f"={rounded[-1]:.3f}", decades, "decades in all", "")]


def _signed(value: float, digits: int) -> str:
    """With its sign; what rounds to nothing is +0."""
    return f"{round(value, digits) + 0.0:+.{digits}f}"


def explanation_rows(document: Json, width: int, *, color: bool = False) -> Iterator[str]:
    """The explanation for a terminal."""
    style = ("\x1b[1m", "\x1b[0m") if color else ("", "")
    for row in wrap(f"{document['what']} {document['id']}  score {document['score']}", width):
        yield f"{style[0]}{row}{style[1]}\n"
    for row in wrap(document["summary"], width - 2):
        yield f"  {row}\n"
    for label, text in _facts(document):
        yield from _labelled(label, text, width)
    yield from _terms(document["terms"], width)
    for cause in document.get("causes", ()):
        head = f"cause {cause['rank']}  {cause['kind']}  {cause['service']}  score {cause['score']}"
        yield f"\n  {style[0]}{fit(one_row(head), width - 2)}{style[1]}\n"
        for row in wrap(cause["summary"], width - 4):
            yield f"    {row}\n"
        yield from _terms(cause["terms"], width)


def explanation_markdown(document: Json) -> Iterator[str]:
    """The explanation as Markdown: facts, then a table of terms for each score."""
    yield f"# Why {document['what']} {markdown(document['id'])} has the score {document['score']}\n\n"
    yield markdown(document["summary"]) + "\n\n"
    for label, text in _facts(document):
        yield f"- {label}: {markdown(one_row(text))}\n"
    yield from _table(document["terms"])
    for cause in document.get("causes", ()):
        head = f"Cause {cause['rank']}: {cause['kind']} in {cause['service']}, score {cause['score']}"
        yield f"\n## {markdown(one_row(head))}\n\n{markdown(cause['summary'])}\n"
        yield from _table(cause["terms"])


def _facts(document: Json) -> Iterator[tuple[str, str]]:
    """What else is known, each with a label."""
    if document["what"] == "incident":
        still = ", still going on" if document["ongoing"] else ""
        yield "when", f"{document['start'] or 'not known'} to {document['end'] or '?'}{still}"
        yield "severity", f"{document['severity']}: {document['why_severity']}"
        return
    yield "template", document["template"]
    level = f", level {document['level']}" if document["level"] else ""
    yield "seen", f"×{document['count']:,} in {', '.join(document['services'])}{level}"
    if document["first"]:
        yield "from", f"{document['first']} to {document['last']}"
    example = document["example"]
    yield "example", f"{example['source']}:{example['line']}  {example['text']}"
    for found in document["anomalies"]:
        yield (
            "anomaly",
            f"{found['kind']} ({found['detector']}, {found['decades']} decades): {found['summary']}",
        )


def _labelled(label: str, text: str, width: int) -> Iterator[str]:
    for number, row in enumerate(wrap(text, width - 12, rows=3)):
        yield f"  {label if number == 0 else '':<10}{row}\n"


def _terms(terms: list[Json], width: int) -> Iterator[str]:
    for share in shares(_read(terms)):
        first, *more = wrap(share.row, width - 4, rows=2)
        yield f"    {first}\n"
        yield from (f"    {' ' * 15}{fit(row, width - 19)}\n" for row in more)


def _table(terms: list[Json]) -> Iterator[str]:
    yield "\n| part of the score | decades | term | why |\n| ---: | ---: | --- | --- |\n"
    for share in shares(_read(terms)):
        yield f"| {share.part} | {share.decades} | {markdown(share.name)} | {markdown(share.why)} |\n"


def _read(terms: list[Json]) -> list[Term]:
    return [Term(term["name"], term["value"], term["weight"], term["why"]) for term in terms]
