"""Messages and services that stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View, error_like
from logsense_detectors.grid import Floats, anomalies, duration, quote, texts

#: Score of an absence at most: the law of the tail is chosen, not fitted.
CAP = 15.0
#: Words of what nobody misses when it no longer comes.
PARTING = r"(?i)\b(disconnect\w*|reconnect\w*|retry\w*|re-?tries)\b"
#: Spread of the gaps of clockwork, as a share of their median (two seconds where stamps are whole seconds).
CLOCKWORK = 0.2


@dataclass(frozen=True)
class Gap:
    """A pause and the pauses before it: score, begin and stop (µs), usual and largest (µs), their number."""

    score: float
    begin: int
    stop: int
    usual: float
    largest: float
    n: int


class Silence:
    """A regular message, or a whole service, that stopped for far longer than it ever paused.

    Finds: jobs, heartbeats and polls that cease for good or for a while; services that fall silent.
    Misses: daily jobs in a run of days (too few gaps); messages that came at random and are merely rare.
    Cost: O(rows of COUNTS).
    Source: a multiple of the largest gap so far, which held on quiet logs where exponential, lognormal
    and gamma laws did not: twice after 20 regular gaps, ten times after 20 irregular ones (a service:
    five times after 50). p = (largest / gap)^10 / (gaps + 1) if regular; else
    (multiple × largest / gap)^2 / (gaps + 1), for a whole service (largest / gap)^4 / (gaps + 1).
    With 5 to 19 gaps only clockwork counts (gaps within a fifth of their median), from four times on.

    Args:
        least: gaps needed before anything is said of an irregular series.
        few: gaps needed before anything is said of clockwork.
        buckets: shortest silence that is reported, in buckets.
        lived: how long the series must have gone on before, as a multiple of the silence.
    """

    name = "silence"
    finds = ("vanished", "silence")

    def __init__(self, *, least: int = 20, few: int = 5, buckets: int = 3, lived: float = 0.5) -> None:
        self.least = least
        self.few = few
        self.buckets = buckets
        self.lived = lived

    def fit(self, view: View) -> "Silence":
        """Learn which series are usual; each gap is judged by the gaps before it."""
        self.expected_ = self._expected(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "vanished" (a template) and "silence" (a service, without a template)."""
        if view.start is None or not view.counts.height or view.width <= 0:
            return ANOMALIES.empty()
        horizon = view.counts["last"].max()
        rows = self._silences(view, ["service", "template"], horizon, "vanished")
        rows += self._silences(view, ["service"], horizon, "silence")
        return anomalies(view, self.name, rows)

    def _expected(self, view: View) -> pl.DataFrame:
        """COUNTS of what is usual: trouble that ends is no loss, nor is what the quiet time does not hold."""
        parting = view.templates["text"].str.contains(PARTING)
        bad = view.templates.filter(error_like(view.templates) | parting)["template"]
        counts = view.counts.filter(~pl.col("template").is_in(bad.to_list()))
        if len(view.quiet) < self.few:
            return counts
        usual = counts.filter(pl.col("bucket").is_in(list(view.quiet))).select("service", "template").unique()
        return counts.join(usual, on=["service", "template"], how="semi")

    def _silences(self, view: View, by: list[str], horizon: object, kind: str) -> list[dict[str, object]]:
        groups = (
            self.expected_.group_by(*by, "bucket")
            .agg(pl.col("first").min(), pl.col("last").max(), pl.col("n").sum())
            .sort(*by, "bucket")
            .group_by(by, maintain_order=True)
            .agg(pl.col("first").dt.epoch("us"), pl.col("last").dt.epoch("us"), pl.col("n").mean())
            .filter(pl.col("first").list.len() > self.few)
        )
        end = int(pl.Series([horizon], dtype=pl.Datetime("us")).dt.epoch("us")[0])
        words, exact = (
            texts(view),
            {(g["service"], g["template"]): g for g in view.gaps.iter_rows(named=True)},
        )
        rows: list[dict[str, object]] = []
        for row in groups.iter_rows(named=True):
            template = row.get("template")
            gap = self._gap(row, end, view.width, whole=template is None)
            open_one = self._open(exact.get((row["service"], template)), row, end, self.buckets * view.width)
            if open_one is not None and (gap is None or open_one.score > gap.score):
                gap = open_one
            if gap is None or gap.score - np.log10(groups.height) < 1.0:
                continue
            what = "all of it" if template is None else f"'{quote(words.get(str(template), ''))}'"
            silent = duration(gap.stop - gap.begin)
            usual, largest = duration(gap.usual), duration(gap.largest)
            came = f"came {gap.n + 1:,} times, {usual} apart (longest {largest})"
            rows.append(
                {
                    "kind": kind,
                    "service": row["service"],
                    "template": template,
                    "start": _time(gap.begin + gap.usual),
                    "end": _time(gap.stop),
                    "score": gap.score - np.log10(groups.height),
                    "observed": f"none for {silent}",
                    "expected": f"every {usual}, longest pause {largest}",
                    "sentence": f"{row['service']}: {what} {came}, then not for {silent}",
                }
            )
        return rows

    def _gap(self, series: Mapping[str, Any], end: int, width: int, *, whole: bool) -> Gap | None:
        """The most surprising gap of a series: first, last (µs) of its buckets, n records a bucket."""
        first, last = np.array(series["first"]), np.array(series["last"])
        gaps = np.append(first[1:] - last[:-1], end - last[-1]).astype(np.float64)
        best: Gap | None = None
        tested = np.flatnonzero(gaps >= self.buckets * width)
        for i in tested[tested >= self.few].tolist():
            past = gaps[:i]
            past = past[past > 0]
            # What came for a while and ended is an episode, not a habit.
            if len(past) < self.few or float(last[i] - first[0]) < self.lived * gaps[i]:
                continue
            score = self._score(float(gaps[i]), past, width, float(series["n"]), whole=whole)
            if score > 0 and (best is None or score > best.score):
                stop = end if i == len(gaps) - 1 else int(first[i + 1])
                best = Gap(score, int(last[i]), stop, float(np.median(past)), float(past.max()), len(past))
        return best

    def _open(
        self, known: Mapping[str, Any] | None, series: Mapping[str, Any], end: int, least: int
    ) -> Gap | None:
        """The gap at the end of the run, judged by GAPS, which holds the pauses inside a bucket too."""
        last, born = int(series["last"][-1]), int(series["first"][0])
        gap = end - last
        if known is None or known["n"] < self.least or gap < least or last - born < self.lived * gap:
            return None
        n, median, largest = int(known["n"]), float(known["median"]), float(known["largest"])
        if largest >= 2.0 * median or gap < 2.0 * largest:
            return None
        score = min(CAP, float(np.log10(n + 1) + 10.0 * np.log10(gap / largest)))
        return Gap(score, last, end, median, largest, n)

    def _score(self, gap: float, past: Floats, width: int, per_bucket: float, *, whole: bool) -> float:
        n, median, largest = len(past), float(np.median(past)), float(past.max())
        # Pauses within a bucket are not seen: what comes more than once a bucket is not called regular.
        slow = median >= 0.5 * width and per_bucket < 1.5
        largest = largest if slow else max(largest, 2.0 * width)
        regular = slow and largest < 2.0 * median
        if n >= self.least:
            least = 2.0 if regular else 5.0 if whole and n >= 50 else 10.0
        else:
            jitter = max(CLOCKWORK * median, 2e6 * (median > 8e6))
            steady = slow and median >= width and largest - float(past.min()) < jitter
            least = 4.0 if steady else np.inf
        if gap < least * largest:
            return 0.0
        # What came at random pauses at random: only what goes beyond the multiple that held is counted.
        times = gap / largest
        # A whole service is the union of many such series, and pauses far less at random.
        if regular:
            beyond = 10.0 * np.log10(times)
        else:
            beyond = 4.0 * np.log10(times) if whole else 2.0 * np.log10(times / least)
        return min(CAP, float(np.log10(n + 1) + beyond))


def _time(microseconds: float) -> datetime:
    stamp: datetime = pl.Series([int(microseconds)]).cast(pl.Datetime("us"))[0]
    return stamp
