"""What the detectors share: how surprising an event is, and anomalies with their technique."""

import math
from datetime import datetime

import polars as pl
from logsense.api import ANOMALIES, View, safe

from logsense_security.knowledge import Family, Technique

#: With fewer quiet buckets than this nothing is known of what is usual.
LEAST_QUIET = 8
#: Longest text of a log inside a sentence, in characters.
QUOTE = 90
Row = dict[str, object]


def quiet_of(view: View) -> list[int]:
    """The quiet buckets, none where they are too few or nothing has a time."""
    quiet = sorted({b for b in view.quiet if 0 <= b < view.buckets})
    return quiet if len(quiet) >= LEAST_QUIET and view.start is not None else []


def surprise(known: int, quiet: int) -> float:
    """-log10 p that another bucket holds an event that ``known`` of ``quiet`` buckets held.

    Source: Good 1953 (Krichevsky and Trofimov's half for what was never seen).
    """
    return -math.log10(-math.expm1(-(known + 0.5) / quiet))


def tail(n: float, mean: float, dispersion: float) -> float:
    """-log10 P(N >= n) of a negative binomial of that mean and variance mean + dispersion * mean².

    Sums the terms from n on until they no longer count, in logarithms: exact far beyond where floats end.
    """
    if n <= 0:
        return 0.0
    size = 1.0 / dispersion
    k = float(math.ceil(n))
    ratio = mean / (size + mean)
    first = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
    first += size * math.log(size / (size + mean)) + k * math.log(ratio)
    term, total = 1.0, 1.0
    while term > 1e-12 * total:
        term *= (k + size) / (k + 1.0) * ratio
        k += 1.0
        total += term
    return max(-(first + math.log(total)) / math.log(10.0), 0.0)


def fits(family: Family) -> pl.Expr:
    """Which templates tell of a family: by text or by example, whose values no placeholder hides."""
    both = pl.concat_str("text", pl.lit("\n"), pl.col("example").fill_null(""))
    said = pl.any_horizontal(*[pl.col(c).str.contains(family.pattern) for c in ("text", "example")])
    return said & ~both.str.contains(family.excepted) if family.excepted else said


def fresh(each: pl.DataFrame, view: View, startup: float, chronic: float) -> pl.DataFrame:
    """Rows (begin, stop, calm: buckets) that no quiet bucket holds, that begin late and do not last.

    A line that stands in one bucket alone disturbs no count, so that its bucket may well be taken for quiet:
    it is new all the same, unless the quiet time lies apart from the run.
    """
    short = pl.col("stop") - pl.col("begin") <= chronic * view.buckets
    alone = (pl.col("begin") == pl.col("stop")) & (not view.apart)
    new = (pl.col("calm") == 0) | alone
    return each.filter(new & (pl.col("begin") >= startup * view.buckets) & short)


def spans(quiet: list[int]) -> list[pl.Expr]:
    """How often, from when to when, and in how many quiet buckets."""
    bucket = pl.col("bucket")
    return [
        pl.sum("n"),
        pl.min("first"),
        pl.max("last"),
        bucket.min().alias("begin"),
        bucket.max().alias("stop"),
        bucket.is_in(quiet).sum().alias("calm"),
    ]


def row(one: Row, technique: Technique, score: float, words: str, **more: object) -> Row:
    """A row of ANOMALIES: the sentence begins with service and technique, so that readers can tell it."""
    service = str(one["service"])
    return {
        "kind": "security",
        "service": service,
        "template": one["template"],
        "start": one["first"],
        "end": one["last"],
        "score": score,
        "observed": f"{int(str(one.get('n', 1))):,}",
        "expected": "none",
        "sentence": f"{safe(service)}: {technique.id} {technique.name}: {words}",
        **more,
    }


def anomalies(detector: str, rows: list[Row], least: float) -> pl.DataFrame:
    """ANOMALIES of the rows that score at least so much."""
    told = [
        {name: ({"detector": detector} | one).get(name) for name in ANOMALIES.columns}
        | {"score": min(float(str(one["score"])), 300.0)}
        for one in rows
        if float(str(one["score"])) >= least
    ]
    if not told:
        return ANOMALIES.empty()
    return ANOMALIES.of(told).sort("start", "service", "template", "sentence", nulls_last=True)


def quote(text: object, most: int = QUOTE) -> str:
    """Text of a log for a sentence: safe, and no longer than can be read."""
    one = safe(str(text))
    return one if len(one) <= most else one[: most - 1] + "…"


def length(first: datetime, last: datetime) -> str:
    """A length of time for a sentence."""
    seconds = max((last - first).total_seconds(), 1.0)
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / 86400:.3g} d"
