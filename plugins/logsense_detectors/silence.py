"""Messages and services that stopped."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View, error_like
from logsense_detectors.clockwork import (
    HABIT,
    SEVERAL,
    SLOW,
    TIGHT,
    Gap,
    Series,
    due_pause,
    even,
    rhythm,
    said,
)
from logsense_detectors.dropped import dropped, explained
from logsense_detectors.grid import Floats, anomalies, texts
from logsense_detectors.reloads import fallen, reloads

#: Score of an absence at most: the law of the tail is chosen, not fitted.
CAP = 15.0
#: Words of what nobody misses when it no longer comes.
PARTING = r"(?i)\b(disconnect\w*|reconnect\w*|retry\w*|re-?tries)\b"
#: Number of the level from which a record itself says that it is trouble (WARN).
LOUD = 4
#: What makes a series of COUNTS or FORMS.
SERVICE, TEMPLATE = ["service"], ["service", "template"]
FORM = [*TEMPLATE, "form"]
#: A run's start: what came in this share of it was there before.
EARLY = 0.1


@dataclass(frozen=True)
class Asked:
    """From when to when is judged, and where another recording follows on (µs)."""

    low: int
    high: int
    seams: NDArray[np.int64]


class Silence:
    """A regular message, or a whole service, that stopped for far longer than it ever paused.

    Finds: jobs, heartbeats and polls that cease for good or for a while; services that fall silent.
    Of several messages that share a template each is judged by itself, if it comes regularly (FORMS).
    Misses: daily jobs in a run of days (too few gaps); messages that came at random and are merely rare.
    Cost: O(rows of COUNTS and FORMS).
    Source: a multiple of the largest gap so far, which held on quiet logs where exponential, lognormal
    and gamma laws did not: twice after 20 regular gaps, ten times after 20 irregular ones (a service:
    five times after 50). p = (largest / gap)^10 / (gaps + 1) if regular; else
    (multiple × largest / gap)^2 / (gaps + 1), for a whole service (largest / gap)^4 / (gaps + 1).
    With 8 to 19 gaps only clockwork counts (all within a fifth of their median, or of the gap one round
    of fixed times before), from three times on; with 3 to 7 all within a twentieth, from four times on.

    Args:
        least: gaps needed before anything is said of an irregular series.
        few: gaps needed before anything is said of clockwork.
        buckets: shortest silence that is reported, in buckets.
        lived: how long the series must have gone on before, as a multiple of the silence.
    """

    name = "silence"
    finds = ("vanished", "silence")

    def __init__(self, *, least: int = 20, few: int = 3, buckets: int = 3, lived: float = 0.5) -> None:
        self.least = least
        self.few = few
        self.buckets = buckets
        self.lived = lived

    def fit(self, view: View) -> "Silence":
        """Learn which series are usual; each gap is judged by the gaps before it."""
        bad = self._trouble(view)
        self.expected_ = self._usual(view, view.counts, TEMPLATE, bad)
        self.forms_ = self._usual(view, view.forms, FORM, bad)
        self.dropped_ = dropped(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "vanished" (a template, or a form of it) and "silence" (a service)."""
        if view.start is None or not view.counts.height or view.width <= 0:
            return ANOMALIES.empty()
        rows = self._silences(view, SERVICE, "silence")
        rows += self._silences(view, TEMPLATE, "vanished")
        forms = self._silences(view, FORM, "vanished")
        rows += [form for form in forms if not any(_holds(row, form) for row in rows)]
        return anomalies(view, self.name, rows)

    def _trouble(self, view: View) -> list[str]:
        """Templates that are not missed: trouble that ends is no loss.

        Trouble without a level that comes like clockwork, all along, is what a job says: that is missed.
        """
        text, level = pl.col("text"), pl.col("level").to_physical()
        known = view.templates.with_columns(error_like(view.templates).alias("bad"))
        said = known.filter(pl.col("bad") & (level < LOUD).fill_null(value=True))["template"].to_list()
        clockwork = (pl.col("median") >= SLOW) & (pl.col("mad") <= TIGHT * pl.col("median"))
        steady = view.gaps.filter(pl.col("template").is_in(said) & (pl.col("n") >= HABIT) & clockwork)[
            "template"
        ]
        bad = known.filter(
            pl.col("bad") & ~pl.col("template").is_in(steady.to_list()) | text.str.contains(PARTING)
        )
        return bad["template"].to_list()

    def _usual(self, view: View, counts: pl.DataFrame, by: list[str], bad: list[str]) -> pl.DataFrame:
        """COUNTS (or FORMS) of what is usual: not of what was not there before."""
        counts = counts.filter(~pl.col("template").is_in(bad))
        if len(view.quiet) < SEVERAL:
            return counts
        there = pl.col("bucket").is_in(list(view.quiet)) | (pl.col("bucket") < EARLY * view.buckets)
        return counts.join(counts.filter(there).select(by).unique(), on=by, how="semi")

    def _silences(self, view: View, by: list[str], kind: str) -> list[dict[str, object]]:
        groups = (
            (self.forms_ if by == FORM else self.expected_)
            .group_by(*by, "bucket")
            .agg(pl.col("first").min(), pl.col("last").max(), pl.col("n").sum())
            .sort(*by, "bucket")
            .group_by(by, maintain_order=True)
            .agg(pl.col("first").dt.epoch("us"), pl.col("last").dt.epoch("us"), pl.col("n").mean())
            .filter(pl.col("first").list.len() > self.few)
        )
        begin, end = _epoch(view.counts["first"].min()), _epoch(view.counts["last"].max())
        asked = _judged(view)
        told, words = reloads(view), texts(view)
        gaps = view.form_gaps if by == FORM else view.gaps
        exact = {tuple(g[name] for name in by): g for g in gaps.iter_rows(named=True)}
        rows: list[dict[str, object]] = []
        for row in groups.iter_rows(named=True):
            series = Series(
                np.array(row["first"]),
                np.array(row["last"]),
                float(row["n"]),
                kind == "silence",
                exact.get(tuple(row[name] for name in by)) if kind == "vanished" else None,
                by == FORM,
            )
            gap = self._gap(series, (begin, end), asked, view.width)
            if gap is None:
                continue
            # Where records get lost on their way, some are missing by that alone, at any place of the series.
            lost = explained(self.dropped_, gap.missing) - float(np.log10(gap.n + 1))
            score = min(gap.score, lost) - float(np.log10(groups.height))
            if score >= 1.0:
                named = {name: row.get(name) for name in FORM}
                text = None if kind == "silence" else row.get("form") or words.get(row["template"], "")
                # What a configuration lost before it was due again is missing since that was read.
                fell = fallen(told, gap.begin, gap.due)
                rows.append({"kind": kind, **named} | said(gap, score, row["service"], text, fell))
        return rows

    def _gap(self, series: Series, run: tuple[int, int], asked: Asked, width: int) -> Gap | None:
        """The most surprising gap of a series; run: its first and last time (µs); asked: what is judged."""
        first, last = series.first, series.last
        gaps = np.append(first[1:] - last[:-1], run[1] - last[-1]).astype(np.float64)
        # Where one recording follows on another the rhythm starts anew: one pause of it is for nothing.
        after = np.append(first[1:], run[1])
        over = np.searchsorted(asked.seams, first, "right") < np.searchsorted(asked.seams, after, "right")
        if over.any():
            gaps = np.where(over, np.maximum(gaps - np.median(gaps), 0.0), gaps)
        positive = np.maximum(gaps, 0.0)
        largest = np.append(0.0, np.maximum.accumulate(positive)[:-1])
        n = np.append(0, np.cumsum(positive > 0)[:-1])
        # A pause must be twice as long as any before it, so that few are left to be looked at.
        tested = (gaps >= self.buckets * width) & (gaps >= 2.0 * largest) & (n >= self.few)
        tested &= (after >= asked.low) & (last < asked.high)
        best = self._open(series, run, self.buckets * width)
        for i in np.flatnonzero(tested).tolist():
            # What came for a while and ended is an episode, not a habit.
            lived, late = float(last[i] - first[0]), float(first[0] - run[0])
            if lived < self.lived * gaps[i] or rhythm(last, gaps, i, late, int(n[i])):
                continue
            score, usual = self._score(float(gaps[i]), positive[:i], series, i, width)
            if score > 0 and (best is None or score > best.score):
                stop = run[1] if i == len(gaps) - 1 else int(first[i + 1])
                best = Gap(score, int(last[i]), stop, usual, float(largest[i]), int(n[i]), series.many)
        return best

    def _open(self, series: Series, run: tuple[int, int], least: int) -> Gap | None:
        """The gap at the end of the run, judged by GAPS, which holds the pauses inside a bucket too."""
        known, last, end = series.exact, int(series.last[-1]), run[1]
        gap, late = end - last, float(series.first[0] - run[0])
        lived = last - int(series.first[0])
        if known is None or known["n"] < self.least or gap < least or lived < self.lived * gap:
            return None
        if rhythm(series.last, np.full(len(series.last), float(gap)), len(series.last) - 1, late, known["n"]):
            return None
        n, median, largest = int(known["n"]), float(known["median"]), float(known["largest"])
        if largest >= 2.0 * median or gap < 2.0 * largest:
            return None
        score = min(CAP, float(np.log10(n + 1) + 10.0 * np.log10(gap / largest)))
        return Gap(score, last, end, median, largest, n)

    def _score(self, gap: float, past: Floats, series: Series, at: int, width: int) -> tuple[float, float]:
        """Score of a gap after the ``at`` first ones, 0 if it is none, and the pause that was due (µs)."""
        past = past[past > 0]
        n, median, largest = len(past), float(np.median(past)), float(past.max())
        # Pauses within a bucket are not seen: what comes more than once a bucket is not called regular.
        slow = median >= 0.5 * width and not series.many
        fast = even(series.exact, self.least)
        due = due_pause(series.first[: at + 1], n, width) if slow else None
        largest = largest if slow or fast else series.longest(largest, n, width)
        regular = due is not None or ((slow or fast) and largest < 2.0 * max(median, 0.5 * width * fast))
        # Which of the forms of a template come is chance, unless they come like clockwork.
        if series.form and not regular:
            return 0.0, median
        if n < self.least:
            least = np.inf if due is None or series.many else 3.0 if n >= SEVERAL else 4.0
        elif regular:
            least = 2.0
        else:
            least = 5.0 if series.whole and n >= 50 else 10.0
        if gap < least * largest:
            return 0.0, median
        # What came at random pauses at random: only what goes beyond the multiple that held is counted.
        # A whole service is the union of many such series, and pauses far less at random.
        times = gap / largest
        if regular:
            beyond = 10.0 * np.log10(times)
        else:
            beyond = 4.0 * np.log10(times) if series.whole else 2.0 * np.log10(times / least)
        return min(CAP, float(np.log10(n + 1) + beyond)), due or median


def _holds(whole: dict[str, Any], form: dict[str, Any]) -> bool:
    """Whether a form's template or service is missed anyhow, for most of the time that it is."""
    if whole["service"] != form["service"] or whole["template"] not in (None, form["template"]):
        return False
    both = min(whole["end"], form["end"]) - max(whole["start"], form["start"])
    return bool(2 * both >= form["end"] - form["start"])


def _judged(view: View) -> Asked:
    low, high = view.judged or (0, view.buckets)
    start = _epoch(view.start)
    seams = [start + bucket * view.width for bucket, agree in view.seams if not agree]
    return Asked(start + low * view.width, start + high * view.width, np.array(seams, dtype=np.int64))


def _epoch(time: object) -> int:
    return int(pl.Series([time], dtype=pl.Datetime("us")).dt.epoch("us")[0])
