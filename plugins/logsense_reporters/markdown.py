"""The report as the draft of a post-mortem: cause, timeline and evidence filled in, the rest asked for."""

from collections.abc import Iterator

from logsense.api import Analysis, Incident
from logsense_reporters.kit import Kit
from logsense_reporters.quiet import normal_words

TO_FILL = (
    ("Impact on users", "Who noticed, and how? How many, for how long?"),
    ("Resolution", "What ended it?"),
    ("What went well, what went wrong, where we were lucky", ""),
    ("Action items", "Prevent · detect sooner · limit the damage, each with an owner."),
)
#: Symptoms and changes listed unless more is asked for.
LISTED = 10


class Markdown:
    """One section an incident, with the fields of a post-mortem. No colours; width changes nothing."""

    name = "markdown"

    def __init__(self, *, kit: Kit) -> None:
        self.kit = kit

    def write(
        self, analysis: Analysis, *, width: int, color: bool, verbose: int, explain: bool = False
    ) -> Iterator[str]:
        """The document, a piece an incident."""
        del width, color
        yield "\n".join(self.head(analysis)) + "\n"
        for number, incident in enumerate(analysis.incidents, 1):
            rows = [*self.title(number, incident), *self.causes(incident, 100 if verbose else 3)]
            rows += [*self.timeline(analysis, incident), *(self.scores(incident) if explain else ())]
            rows += self.asked()
            yield "\n".join(rows) + "\n"
        yield "\n".join(self.read(analysis)) + "\n"

    def head(self, analysis: Analysis) -> list[str]:
        """What the logs cover and how many incidents were found."""
        kit, said = self.kit, ["# Incident report", ""]
        lines = kit.count(int(analysis.sources["lines"].sum()), "line")
        files = kit.count(analysis.sources.height, "file")
        span = f", {analysis.start} to {analysis.end} UTC" if analysis.start else ", without times"
        said.append(f"Logs: {files}, {lines}{span}.")
        if analysis.stopped:
            why = kit.markdown(analysis.stopped)
            said += ["", f"**Stopped early**: {why}. What follows holds for what was covered."]
        if not analysis.sources.height:
            said += ["", "**No logs were found** in what was given."]
        elif not analysis.view.quiet and not analysis.incidents:
            said += ["", "**Not judged**: there is too little here to tell what is normal."]
        elif not analysis.incidents:
            said += ["", f"**Nothing was found** that stands out from {normal_words(analysis)}."]
            for near in analysis.near_misses[:3]:
                lacking = f" ({near.lacking})" if near.lacking else ""
                said.append(f"- closest: {kit.markdown(near.sentence + lacking)}")
        return said

    def title(self, number: int, incident: Incident) -> list[str]:
        """The heading, the sentence, and a table of the fields that are known."""
        kit = self.kit
        over = incident.end is not None and not incident.ongoing
        end = f"{incident.end} UTC" if over else "still going at the end of the logs"
        end = end if incident.start or incident.ongoing else "not known"
        known = [
            (
                "Severity",
                incident.severity + (f" ({incident.why_severity})" if incident.why_severity else ""),
            ),
            ("Kind", incident.kind),
            ("Began", f"{incident.start} UTC" if incident.start else "not known"),
            ("Ended", end),
            ("Services", ", ".join(incident.services)),
            ("Where it sits", ", ".join(f"{c.service} ({c.score:.0%})" for c in incident.components[:3])),
            ("Id", incident.id),
        ]
        if incident.start and incident.end:
            known.insert(4, ("Lasted", kit.between(incident.start, incident.end)))
        rows = [f"| {name} | {kit.markdown(value)} |" for name, value in known if value]
        head = f"## {number}. {kit.markdown(incident.summary)}"
        return ["", head, "", "| | |", "| --- | --- |", *rows]

    def causes(self, incident: Incident, most: int) -> list[str]:
        """The causes with their lines, then what followed."""
        kit, out = self.kit, ["", "### Cause", ""]
        for cause in incident.causes[:most]:
            said = f"**{kit.markdown(cause.kind)}** in {kit.markdown(cause.service)} ({cause.score:.0%})"
            out += [f"{cause.rank}. {said}: {kit.markdown(cause.summary)}", ""]
            lines = [f"{line.source}:{line.line}  {line.text}" for line in cause.evidence]
            out += [*("   " + row for row in kit.fence(lines)), ""] if lines else []
        if not incident.causes:
            out += ["No cause stands out.", ""]
        if incident.symptoms:
            out += ["### What followed", ""]
        for symptom in incident.symptoms[:LISTED]:
            what = f"{symptom.kind} in {symptom.service} ×{symptom.count:,}: {symptom.template}"
            out.append(f"- {kit.markdown(what)}")
        return out

    def timeline(self, analysis: Analysis, incident: Incident) -> list[str]:
        """What is known to have happened, in order of time."""
        if incident.start is None:
            return []
        kit, last = self.kit, incident.end or incident.start
        events = [
            (change.time, f"{change.kind} of {change.service}: {change.evidence.text}")
            for change in analysis.changes
            if change.time <= last
        ][-LISTED:]
        events.append((incident.start, "it begins"))
        events += [
            (c.start, f"{c.kind} in {c.service}: {c.template}") for c in incident.causes[:LISTED] if c.start
        ]
        events += [(incident.end, "its last sign")] if incident.end and not incident.ongoing else []
        rows = [
            f"| {moment} | {kit.markdown(text)} |"
            for moment, text in sorted(events, key=lambda event: event[0])
        ]
        return ["", "### Timeline", "", "| Time (UTC) | |", "| --- | --- |", *rows]

    def scores(self, incident: Incident) -> list[str]:
        """What the scores are made of: a table for the incident and each cause."""
        out = ["", "### What the scores are made of"]
        made = [("Incident", incident.terms)]
        made += [(f"Cause {c.rank}: {c.kind} in {c.service}", c.terms) for c in incident.causes]
        for title, terms in made:
            rows = [
                f"| {s.part} | {s.decades} | {self.kit.markdown(s.name)} | {self.kit.markdown(s.why)} |"
                for s in self.kit.shares(terms)
            ]
            head = ["", "| part of the score | decades | term | why |", "| ---: | ---: | --- | --- |"]
            out += ["", f"**{self.kit.markdown(title)}**", *head, *rows]
        return out

    def asked(self) -> list[str]:
        """What logs cannot tell and people must fill in."""
        out = []
        for title, question in TO_FILL:
            out += ["", f"### {title}", "", f"_To be filled in. {question}_".replace(" _", "_")]
        return out

    def read(self, analysis: Analysis) -> list[str]:
        """What was read and what could not be."""
        kit, out = self.kit, ["", "## What this rests on", ""]
        how = analysis.view.how or "no quiet time was found"
        out.append(f"- Normal is: {kit.markdown(how)}.")
        rows = analysis.skipped.select("source", "reason").iter_rows()
        out += [f"- Not read: {kit.markdown(source)}: {kit.markdown(reason)}" for source, reason in rows]
        out += [
            f"- Muted as {one.verdict.says}: {kit.markdown(one.incident.summary)}" for one in analysis.muted
        ]
        out += [f"- Not judged: {kit.markdown(f'{n.source}: {n.reason}')}" for n in analysis.not_judged]
        out += [
            f"- Failed: {kit.markdown(f'{f.plugin} {f.version}: {f.reason}')}"
            for f in analysis.plugins_failed
        ]
        return out + [f"- {kit.markdown(note)}" for note in analysis.notes]
