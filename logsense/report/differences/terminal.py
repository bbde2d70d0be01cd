"""The answer for a person at a terminal: findings first, a few lines each, then what was compared."""

from collections.abc import Iterator

from logsense.clean import safe
from logsense.diff import NO_LINES, Difference, Finding
from logsense.report.differences.words import QUOTED, compared, nothing, place, quoted
from logsense.report.text import cells, count, fit, wrap

#: Findings shown, and those of them with their lines, unless more is asked for.
SHOWN, WHOLE = 5, 3
#: Files left out that are named.
NAMED = 5
MORE = (100, 40)
#: Sentences are read more easily in rows of this many cells.
MEASURE = 110
STYLES = {"new": "1;31", "changed": "1;33", "more": "1;33", "fewer": "1;36", "missing": "1;36",
          "head": "1", "label": "1;34", "place": "36", "dim": "2", "mark": "33", "good": "1;32"}  # fmt: skip


def terminal(answer: Difference, *, width: int, color: bool, verbose: int) -> Iterator[str]:
    """The report, a piece a finding. Rows fit the width in cells; colour repeats what words say already."""
    page = _Page(max(width, 40), color=color)
    yield page.row(("head", "logsense diff  "), ("dim", compared(answer)))
    if answer.stopped:
        yield page.prose(f"STOPPED EARLY: {answer.stopped}", style="new")
    if not answer.findings:
        yield "\n" + page.prose(nothing(answer), style="good")
    shown, lines = MORE if verbose else (SHOWN, QUOTED)
    for finding in answer.findings[:shown]:
        yield "\n" + page.finding(finding, lines if finding.rank <= WHOLE or verbose else 1)
    yield "\n" + _footer(answer, page, verbose)


class _Page:
    """Rows of coloured pieces, none wider than the page."""

    def __init__(self, width: int, *, color: bool) -> None:
        self.width, self.color = width, color

    def row(self, *pieces: tuple[str, str], indent: int = 0) -> str:
        room, out = self.width - indent, []
        for style, text in pieces:
            part = fit(text, room)
            room -= cells(part)
            painted = self.color and style and part.strip()
            out.append(f"\x1b[{STYLES[style]}m{part}\x1b[0m" if painted else part)
            if part != text:
                break
        return (" " * indent + "".join(out)).rstrip() + "\n"

    def prose(self, text: str, *, indent: int = 0, style: str = "") -> str:
        rows = wrap(text, min(self.width, MEASURE) - indent)
        return "".join(self.row((style, row), indent=indent) for row in rows)

    def finding(self, finding: Finding, most: int) -> str:
        """Its place and kind, the sentence, the lines with their numbers."""
        score = f"{int(finding.score * 100)}%"
        word = finding.kind.upper()
        # The place is what a reader needs next: it is cut last, at its beginning.
        where = fit(place(finding), max(self.width - len(word) - 14, 16))
        out = self.row(
            ("head", f"{finding.rank} "),
            (finding.kind, word),
            ("", "  "),
            ("place", where),
            ("dim", f"  {score}"),
        )
        out += self.prose(finding.summary, indent=2)
        lines = quoted(finding, most)
        digits = max((len(str(number)) for number, _ in lines), default=1)
        for number, text in lines:
            style = "head" if number == finding.key_line else ""
            out += self.row(
                ("mark", "│ "),
                ("dim", f"{number:>{digits}}  "),
                (style, safe(text.expandtabs(4))),
                indent=2,
            )
        rest = finding.end_line - finding.line + 1 - len(lines)
        if rest > 0 and most > 1:
            out += self.row(("dim", f"… {count(rest, 'more line')}"), indent=2)
        return out

    def labelled(self, label: str, entries: list[str]) -> str:
        out, indent = "", 13
        for number, entry in enumerate(entries):
            head = label if number == 0 else ""
            first, *rest = wrap(entry, min(self.width, MEASURE) - indent)
            out += self.row(("label", f"{head:<{indent}}"), ("", first))
            out += "".join(self.row(("", row), indent=indent) for row in rest)
        return out


def _footer(answer: Difference, page: _Page, verbose: int) -> str:
    sides = [f"{side.name}: {count(side.files, 'file')}, {count(side.lines, 'line')}" for side in answer.runs]
    out = page.labelled(
        "GOOD", sides[:-1] if len(sides) < 6 or verbose else [*sides[:4], f"… and {len(sides) - 5} more"]
    )
    out += page.labelled("IN QUESTION", sides[-1:])
    failed = [f"{name}: {reason}" for name, reason, bad in answer.skipped if bad or verbose]
    out += page.labelled("NOT READ", failed)
    out += page.labelled("LEFT OUT", [] if verbose else list(_left_out(answer)))
    out += page.labelled("NOTED", list(answer.notes) if verbose else [])
    return out + page.labelled("NEXT", list(_next(answer, verbose)))


def _left_out(answer: Difference) -> Iterator[str]:
    """Metrics by name, since somebody may have wanted them compared; how many other files are no logs."""
    others = [(name, reason) for name, reason, bad in answer.skipped if not bad]
    numbers = [name for name, reason in others if reason == NO_LINES]
    if numbers:
        more = f" and {len(numbers) - NAMED:,} more (-v names them)" if len(numbers) > NAMED else ""
        yield f"{', '.join(numbers[:NAMED])}{more}: {NO_LINES}"
    rest = len(others) - len(numbers)
    if rest == 1:
        yield "1 file that is no log (-v names it)"
    elif rest:
        yield f"{rest:,} files that are no logs (-v names them)"


def _next(answer: Difference, verbose: int) -> Iterator[str]:
    """What shows more than this; nothing that is in force already."""
    there, most = len(answer.findings), MORE[0]
    if not verbose and there > SHOWN:
        yield f"-v shows {count(min(there, most) - SHOWN, 'more difference')}"
    if there > most:
        yield f"--format json has all {there:,}"
    if answer.cut:
        yield f"without --top there are {count(answer.cut, 'more difference')}"
    if answer.left_out > answer.cut:
        yield f"--all adds {answer.left_out - answer.cut:,} of low score"
