"""Why it was ranked so: the terms of the scores, one by one; they add up to it."""

from collections.abc import Sequence

from logsense import report
from logsense.analysis import Cause, Incident, Term
from logsense.tui.painting import Piece, wrapped

#: Cells of the share, the bar and the decades.
SHARE, BAR, DECADES = 7, 10, 7


def why(incident: Incident, cause: Cause | None, width: int) -> list[list[Piece]]:
    """The terms of the cause that is looked at, then those of the incident."""
    rows: list[list[Piece]] = []
    if cause is not None:
        what = f"CAUSE {cause.rank} "
        rows.append([("label", what), ("dim", "the share of its score that each term has, and why")])
        rows += terms(cause.terms, width)
        rows.append([])
        rows += wrapped(cause.summary, width)
        facts = [f"found by {cause.detector}"]
        facts += [f"seen {cause.observed}, expected {cause.expected}"] if cause.observed else []
        facts += [f"template {cause.template_id}"] if cause.template_id else []
        rows += wrapped(" · ".join(facts), width, role="dim")
        rows.append([])
    rows.append([("label", "INCIDENT "), ("dim", "that this is one at all")])
    rows += terms(incident.terms, width)
    if incident.why_severity:
        rows.append([])
        rows += wrapped(f"{incident.severity}: {incident.why_severity}", width, role="dim")
    return rows


def terms(made: Sequence[Term], width: int) -> list[list[Piece]]:
    """A row a term: share, a bar for it, decades, name, reason; the last row is the sum."""
    if not made:
        return [[("dim", "nothing is known of it")]]
    most = max((abs(term.value * term.weight) for term in made), default=0.0) or 1.0
    sizes = [term.value * term.weight / most for term in made]
    rows: list[list[Piece]] = []
    indent = SHARE + BAR + DECADES + 3
    for share, size in zip(report.shares(made), [*sizes, 0.0], strict=True):
        last = share.part.startswith("=")
        bar = "█" * max(round(abs(size) * BAR), 1 if abs(size) > 0.005 else 0)
        text = f"{share.name}: {share.why}" if share.why else share.name
        first, *more = report.wrap(text, max(width - indent, 16))
        rows.append(
            [
                ("head" if last else "number", f"{share.part:>{SHARE}} "),
                ("hot" if size < 0 else "good", f"{bar:<{BAR}} "),
                ("dim", f"{share.decades:>{DECADES}} "),
                ("head" if last else "", first),
            ]
        )
        rows += [[("", " " * indent), ("", row)] for row in more]
    return rows
