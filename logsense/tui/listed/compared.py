"""Rows of a comparison: what is new, gone, more, fewer in one window against another."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from logsense import report
from logsense.analysis import Span
from logsense.errors import UsageError
from logsense.schema import Level
from logsense.tui.lines import moment
from logsense.tui.painting import Piece

#: Kinds in the order in which they are shown, with their word and role. What appeared or went away comes
#: first: a burst of something new proves little about a rate, and is told by its kind, not by its score.
KINDS: Mapping[str, tuple[str, str]] = {
    "new": ("NEW", "critical"), "gone": ("GONE", "major"), "more": ("MORE", "hot"),
    "fewer": ("FEWER", "minor"), "same": ("same", "dim"),
}  # fmt: skip


def ordered(compared: pl.DataFrame, templates: pl.DataFrame, kinds: Sequence[str]) -> pl.DataFrame:
    """COMPARED, these kinds, with the text of each template: trouble before the rest, most telling first."""
    said = templates.select("template", "text", trouble=pl.col("level") >= pl.lit("WARN", Level))
    rank = pl.col("kind").replace_strict(list(KINDS), list(range(len(KINDS))), return_dtype=pl.Int32)
    rows = compared.filter(pl.col("kind").is_in(list(kinds))).join(said, on="template", how="left")
    rows = rows.with_columns(
        rank=rank, n=pl.col("n_before") + pl.col("n_after"), trouble=pl.col("trouble").fill_null(value=False)
    )
    order = ["trouble", "score", "rank", "n", "service", "template"]
    return rows.sort(order, descending=[True, True, False, True, False, False])


def row(one: Mapping[str, object], width: int) -> list[Piece]:
    """One row: the word, the service, counts and rates, the factor, the text."""
    word, role = KINDS[str(one["kind"])]
    room = 10 if width < 100 else 18
    service = report.fit(report.one_row(str(one["service"])), room)
    counts = f"{int(str(one['n_before'])):,} → {int(str(one['n_after'])):,}"
    rates = f"{_rate(one['rate_before'])} → {_rate(one['rate_after'])}/min"
    pieces: list[Piece] = [
        (role, f"{word:<5} "),
        ("place", service + " " * (room - report.cells(service) + 1)),
        ("", f"{counts:>15} "),
    ]
    pieces += [("dim", f"{rates:>22} ")] if width >= 100 else []
    return [*pieces, ("head", f"{_factor(one):>6} "), ("", report.one_row(str(one["text"] or "")))]


def _rate(value: object) -> str:
    rate = float(str(value))
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"


def _factor(one: Mapping[str, object]) -> str:
    """How many times as often; nothing where there is nothing to divide by."""
    if one["ratio"] is None or not one["n_after"]:
        return ""
    ratio = float(str(one["ratio"]))
    return f"×{ratio:,.0f}" if ratio >= 10 else f"×{ratio:.2g}" if ratio >= 1 else f"÷{1 / ratio:.2g}"


def window(text: str, here: datetime | None, incidents: Sequence[datetime | None]) -> Span | None:
    """A window as it is typed: ``10:00..10:05``, ``10:00 +5m``, empty for the one that logsense chose.

    UsageError says what can be typed.
    """
    if not text.strip():
        return None
    first, dots, last = text.partition("..")
    if not dots:
        first, _, last = text.strip().partition(" ")
    start = moment.parse(first, here, incidents)
    if isinstance(start, datetime):
        end = moment.parse(last, start, incidents) if last.strip() else start + timedelta(minutes=5)
        if isinstance(end, datetime) and end > start:
            return start, end
    msg = f"{text!r} is no window; type 10:00..10:05, or 10:00 +5m, or nothing for the one that was chosen"
    raise UsageError(msg)
