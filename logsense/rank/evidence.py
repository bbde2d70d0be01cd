"""What proves a cause: lines, as places (source, line, time), or samples of what was measured."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from logsense.analysis import Evidence
from logsense.clean import safe
from logsense.schema import View
from logsense.signs import error_like

MOST = 3
GONE = ("vanished", "silence", "rate down")

Place = tuple[int, int, datetime | None]


def prove(view: View, row: Mapping[str, object]) -> list[Place]:
    """Up to three places for a candidate: its first records in its span, or the last of what is gone.

    One a bucket is known. Of one form of a template only its own records count; of a candidate without a
    template (a whole service) the records of trouble count first. Of failures that ended in a success the
    last place is that success; of a number that left its usual for good it is its last.
    """
    start, end = pl.lit(row["start"]), pl.lit(row["end"])
    counts = view.counts.filter(pl.col("service") == row["service"])
    if row.get("form") is not None:
        forms = view.form_values if row["kind"] == "value" else view.forms
        counts = forms.filter(*(pl.col(name) == row[name] for name in ("service", "template", "form")))
    elif row["template"] is not None:
        counts = counts.filter(pl.col("template") == row["template"])
    elif row["kind"] not in GONE:
        bad = view.templates.filter(error_like(view.templates))["template"].to_list()
        trouble = counts.filter(pl.col("template").is_in(bad))
        counts = trouble if trouble.height else counts
    if row["kind"] in GONE:
        before = counts.filter(pl.col("last") <= start)
        before = before.sort("last", "last_source", "last_line", descending=True)
        places = before.head(MOST).select("last_source", "last_line", "last").rows()
    else:
        inside = counts.filter((pl.col("last") >= start) & (pl.col("first") <= end))
        inside = inside.sort("first", "source", "line")
        late = inside.filter(pl.col("first") >= start)
        shown = late if late.height else inside
        places = shown.head(MOST).select("source", "line", "first").rows()
        if row["kind"] == "value" and row.get("lasts") and shown.height > 1:
            # That it left its usual for good shows in its first line beside its last.
            last = shown.sort("last", "last_source", "last_line").tail(1)
            places = [places[0], *last.select("last_source", "last_line", "last").rows()]
    if row["kind"] == "security":
        places = _acts(view, row) or places
        won = _success(view, row)
        alone = row["start"] == row["end"]
        places = won if won and alone else [*places[: MOST - len(won)], *won]
    return [(int(s), int(n), t if isinstance(t, datetime) else None) for s, n, t in places]


def _acts(view: View, row: Mapping[str, object]) -> list[tuple[int, int, datetime]]:
    """Where the acts stand of those whom the sentence names: others write lines of the same template.

    Of each actor and act the first, then the next buckets.
    """
    start, end = pl.lit(row["start"]), pl.lit(row["end"])
    words = {word.strip(".,;:'\"()") for word in str(row["sentence"]).split()}
    done = view.deeds.filter(
        pl.col("service") == row["service"],
        pl.col("template") == row["template"],
        pl.col("actor").is_in(words),
        pl.col("last") >= start,
        pl.col("first") <= end,
    )
    apart = done.filter(pl.col("how") == "address")  # names of users are shared, and guessed by many
    done = (
        (apart if apart.height else done)
        .sort("first", "source", "line")
        .unique(["source", "line"], maintain_order=True)
    )
    turns = done.with_columns(turn=pl.int_range(pl.len()).over("actor", "act"))
    return turns.sort("turn", "first", "source", "line").head(MOST).select("source", "line", "first").rows()


def _success(view: View, row: Mapping[str, object]) -> list[tuple[int, int, datetime]]:
    """Where the success stands that ended a candidate's failures, or that is the candidate."""
    ended = (pl.col("service") == row["service"]) & (pl.col("time") == row["end"])
    told = pl.col("template").eq(row["template"]) | pl.col("failed_template").eq(row["template"])
    found = view.attempts.filter(ended & told & (pl.col("failed") > 1)).sort("failed", descending=True)
    return found.head(1).select("source", "line", "time").rows()


def samples(view: View, row: Mapping[str, object]) -> tuple[Evidence, ...]:
    """Up to three samples of the metric a candidate names: the last before its span, the first in it.

    Their text says what was measured; source and line are where it stands, "" and 0 where that is not known.
    """
    start, end = pl.lit(row["start"]), pl.lit(row["end"])
    own = view.series.filter(pl.col("service") == row["service"], pl.col("metric") == row["metric"])
    before, since = own.filter(pl.col("time") <= start).tail(1), own.filter(pl.col("time") > start)
    inside = since.filter(pl.col("time") <= end).head(MOST)
    shown = pl.concat([before, inside]).tail(MOST) if inside.height < MOST else inside
    return tuple(
        Evidence(source or "", line or 0, time, safe(f"{service} {metric} {value:.6g}"))
        for time, service, metric, value, source, line in shown.select(
            "time", "service", "metric", "value", "source", "line"
        ).iter_rows()
    )
