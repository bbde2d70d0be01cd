"""The report for a person at a terminal: what broke, when, where and why, then the lines that prove it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from logsense.api import Analysis, Cause, Incident, Symptom, Term, Timeline
from logsense_reporters.footer import footer
from logsense_reporters.kit import Kit
from logsense_reporters.page import MEASURE, SIGNS, Page, terms
from logsense_reporters.quiet import nothing_found

#: How much is shown of an incident: causes, lines of evidence a cause, symptoms, changes.
SHOWN = (3, 2, 5, 3)
MORE = (100, 10, 100, 20)
#: Incidents shown whole; those after them in short.
WHOLE = 3

#: As much of a template as a sentence quotes at least.
QUOTED = 40

#: Writes a moment in words.
When: TypeAlias = Callable[[datetime | None], str]


class Terminal:
    """Opens on the incidents, most important first; what was read and what could not be comes after.

    Rows fit the width in cells. Words and signs carry the meaning, colour repeats it. verbose 1 shows
    every cause, symptom and line of evidence; 2 or ``explain`` also the terms each score is made of.
    """

    name = "terminal"

    def __init__(self, *, kit: Kit) -> None:
        self.kit = kit

    def write(
        self, analysis: Analysis, *, width: int, color: bool, verbose: int, explain: bool = False
    ) -> Iterator[str]:
        """The report, a piece an incident."""
        page = Page(self.kit, width=width, color=color)
        explain = explain or verbose > 1
        when = self.kit.moments(analysis.start, analysis.end)
        yield head(page, analysis)
        if analysis.stopped:
            lead = ("critical", "STOPPED EARLY  ")
            yield page.prose(
                f"{analysis.stopped}; what follows holds for what was covered.", indent=0, lead=lead
            )
        if not analysis.incidents:
            yield "\n" + nothing_found(page, analysis, explain=explain)
        for number, incident in enumerate(analysis.incidents, 1):
            picture = Picture(page, analysis, when, verbose, explain=explain)
            yield "\n" + picture.title(number, incident)
            yield picture.whole(incident) if number <= WHOLE or verbose else picture.short(incident)
        yield "\n" + footer(page, analysis, verbose, explain=explain)


def head(page: Page, analysis: Analysis) -> str:
    """What was read, how long that took, from when to when it goes; one row, or two where it is narrow."""
    kit = page.kit
    parts = [
        kit.count(analysis.sources.height, "file"),
        kit.count(int(analysis.sources["lines"].sum()), "line"),
    ]
    parts.append(kit.count(analysis.templates.height, "template"))
    parts += [f"{analysis.seconds:.1f} s"] if analysis.seconds else []
    when = "no times"
    if analysis.start and analysis.end:
        same = analysis.start.date() == analysis.end.date()
        end = f"{analysis.end:%H:%M:%S}" if same else f"{analysis.end:%Y-%m-%d %H:%M:%S}"
        when = f"{analysis.start:%Y-%m-%d %H:%M:%S} → {end} UTC"
    name, said = "logsense  ", " · ".join(parts)
    if len(name) + len(said) + len(when) + 3 <= page.width:
        return page.row(("head", name), ("dim", f"{said} · {when}"))
    return page.row(("head", name), ("dim", said)) + page.row(("dim", when), indent=len(name))


class Picture:
    """Draws the incidents of one analysis on a page."""

    def __init__(self, page: Page, analysis: Analysis, when: When, verbose: int, *, explain: bool) -> None:
        self.page, self.kit, self.analysis, self.when = page, page.kit, analysis, when
        self.causes, self.evidence, self.symptoms, self.changes = MORE if verbose else SHOWN
        self.verbose, self.explain = verbose, explain

    def title(self, number: int, incident: Incident) -> str:
        """Severity, kind, when and where, and the one sentence."""
        page, style = self.page, incident.severity
        lead = f"{SIGNS.get(style, '○')} {number} {style.upper()}  "
        what = self.kit.one_row(incident.kind) + "  "
        style = style if style in SIGNS else "head"
        top = page.row(
            (style, lead), ("head", what), ("", self.kit.span(incident, self.analysis.end, self.when))
        )
        where = self.kit.one_row(", ".join(incident.services)) or "no service named"
        out = top + page.prose(where, indent=2, style="place", rows=2, lead=("dim", "in "))
        out += page.prose(incident.summary, indent=2, style="head")
        named = self.kit.one_row(f"id {incident.id}")
        out += page.row(("dim", named), indent=2) if self.explain or self.verbose else ""
        return out + self.terms(incident.terms, 4)

    def terms(self, made: Sequence[Term], indent: int) -> str:
        """What a score is made of, where that was asked for."""
        return terms(self.page, made, indent=indent) if self.explain else ""

    def whole(self, incident: Incident) -> str:
        """All there is to say of an incident."""
        page, out = self.page, []
        if incident.why_severity:
            lead = ("dim", f"{incident.severity}: ")
            out.append(page.prose(incident.why_severity, indent=2, style="dim", lead=lead))
        if incident.timeline:
            out.append("\n" + self.timeline(incident.timeline, incident))
        out.append("\n" + page.row(("label", "WHY"), ("dim", ", best first"), indent=2))
        out += [self.cause(cause, self.evidence) for cause in incident.causes[: self.causes]]
        if not incident.causes:
            out.append(page.row(("", "no cause stands out"), indent=4))
        out.append(self.left_out(len(incident.causes) - self.causes, "cause"))
        if incident.symptoms:
            out.append(page.row(("label", "FOLLOWS"), ("dim", ", likely symptoms"), indent=2))
            out += [self.symptom(symptom) for symptom in incident.symptoms[: self.symptoms]]
            out.append(self.left_out(len(incident.symptoms) - self.symptoms, "symptom"))
        return "".join(out) + self.before(incident)

    def short(self, incident: Incident) -> str:
        """The first cause and its first line; -v shows the rest."""
        return self.cause(incident.causes[0], 1) if incident.causes else ""

    def timeline(self, timeline: Timeline, incident: Incident) -> str:
        """Two rows of bars under each other, the onset marked below."""
        size = len(timeline.total)
        width = min(self.page.width, MEASURE) - 11
        out = []
        loud = incident.severity if incident.severity in SIGNS else "mark"
        for label, values, style in (("cause", timeline.cause, loud), ("errors", timeline.errors, "mark")):
            bars = self.kit.sparkline(values, width)
            out.append(self.page.row(("dim", f"{label:<8}"), (style, bars), indent=2))
        if incident.start and size:
            at = (incident.start - timeline.start).total_seconds() * 1e6 // timeline.width
            column = self.kit.column_of(int(at), size, width)
            mark = f"▲ {self.when(incident.start)}"
            left = column if column + len(mark) <= width else max(column + 1 - len(mark), 0)
            mark = mark if left == column else f"{self.when(incident.start)} ▲"
            out.append(self.page.row(("dim", " " * left + mark), indent=10))
        return "".join(out)

    def cause(self, cause: Cause, lines: int) -> str:
        """What changed, where, the sentence with its numbers, the lines that prove it."""
        page = self.page
        text = self.kit.one_row(cause.template)
        likely = self.kit.percent(cause.score) + (", predicted" if cause.predicted else "")
        if self.explain or self.verbose:
            likely += f"  template {self.kit.one_row(cause.template_id)}" if cause.template_id else ""
            likely += f"  found by {self.kit.one_row(cause.detector)}"
        lead = (("head", f"{cause.rank} "), ("kind", self.kit.word(cause.kind)), ("", "  "),
                ("place", self.kit.one_row(cause.service)), ("dim", f"  {likely}"))  # fmt: skip
        out = [page.row(*lead, indent=4)]
        # A sentence quotes the template, cut where it is long; saying it twice helps nobody.
        if text and text[:QUOTED] not in self.kit.one_row(cause.summary):
            out.append(page.prose(f"'{text}'", indent=6, rows=2))
        # The row above has named the service already.
        out.append(page.prose(cause.summary.removeprefix(f"{cause.service}: "), indent=6))
        rows = 4 if self.verbose else 2
        out += [page.quote(e.source, e.line, e.text, indent=6, rows=rows) for e in cause.evidence[:lines]]
        return "".join(out) + self.terms(cause.terms, 6)

    def symptom(self, symptom: Symptom) -> str:
        """One row of what follows."""
        times = f" ×{symptom.count:,}" if symptom.count else ""
        where = self.kit.one_row(symptom.service)
        text = f"  '{self.kit.one_row(symptom.template)}'" if symptom.template else ""
        return self.page.row(
            ("kind", self.kit.word(symptom.kind)),
            ("", "  "),
            ("place", where),
            ("head", times),
            ("", text),
            indent=4,
        )

    def before(self, incident: Incident) -> str:
        """The changes seen before it began, the last ones: what touched it last is asked first."""
        start = incident.start
        seen = [change for change in self.analysis.changes if start is None or change.time <= start]
        if not seen:
            return self.page.row(("label", "CHANGES BEFORE"), ("", "  none seen in these logs"), indent=2)
        out = [self.page.row(("label", "CHANGES BEFORE"), indent=2)]
        for change in seen[-self.changes :]:
            ago = f" ({self.kit.between(change.time, start)} before)" if start else ""
            what = self.kit.one_row(f"{change.kind} of {change.service}")
            lead = f"{self.when(change.time)}  {what}{ago}"
            out.append(self.page.row(("", lead), indent=4))
            line = change.evidence
            out.append(self.page.quote(line.source, line.line, line.text, indent=6, rows=1))
        return "".join(out) + self.left_out(len(seen) - self.changes, "earlier change")

    def left_out(self, n: int, noun: str) -> str:
        """That there is more than what is shown."""
        return self.page.row(("dim", f"… and {self.kit.count(n, 'more ' + noun)}"), indent=4) if n > 0 else ""
