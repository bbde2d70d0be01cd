"""Messages that were never seen before."""

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View, error_like, safe
from logsense_detectors.grid import LN10, anomalies, number, quiet_of, quote, span
from logsense_detectors.tails import nb_upper

LEAST_QUIET = 8
CLUSTER = 3.0  # dispersion of rare messages
RECURS = 4  # what comes in so many stretches of a run comes and goes by nature
#: Trouble that fills this share of the buckets between its first and last goes on.
STEADY = 0.9


class Novelty:
    """A template that the time before, or the quiet time, does not hold.

    Finds: new messages, the more surprising the fewer new ones the quiet time brings; error-like ones
    are judged among themselves.
    Misses: what comes now and then over most of the run, or goes on over all but a seventh of it; faults that
    only repeat known messages.
    Cost: O(rows of COUNTS).
    Source: Good 1953: the rate of new kinds is the share of kinds seen in exactly one quiet bucket. A
    Pareto tail (exponent 1) for how often the new one repeats. Start-up, restarts and templates that
    span most of the run are left out: they were the false alarms of real quiet logs.

    Args:
        chronic: a template whose occurrences span more than this share of the run is not new.
        sustained: the same of trouble that goes on without a pause and lacks where its service speaks, too: a
            fault may cover most of a run.
        startup: share of a service's own time at its start in which new messages are expected.
        join: occurrences at most this many buckets apart are one anomaly.
        restart: seconds after a restart or deployment in which a service may say new things.
    """

    name = "novelty"
    finds = ("new",)

    def __init__(
        self,
        *,
        chronic: float = 0.6,
        sustained: float = 0.86,
        startup: float = 0.1,
        join: int = 10,
        restart: float = 60.0,
    ) -> None:
        self.chronic = chronic
        self.sustained = sustained
        self.startup = startup
        self.join = join
        self.restart = restart

    def fit(self, view: View) -> "Novelty":
        """Learn how many new templates a quiet bucket brings, error-like ones apart."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        if self.quiet_ is None:
            return self
        bad = view.templates.select("template", error_like(view.templates).alias("bad"))
        seen = view.counts.filter(pl.col("bucket").is_in(self.quiet_.tolist()))
        once = (
            self._after_startup(view, seen)
            .group_by("service", "template")
            .agg(pl.col("bucket").n_unique().alias("buckets"))
            .filter(pl.col("buckets") == 1)
            .join(bad, on="template", how="left")
        )
        n = len(self.quiet_)
        self.all_ = (once.height + 0.5) / n
        self.bad_ = (int(once["bad"].sum()) + 0.5) / n
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "new": one for each stretch of occurrences of each new template."""
        if self.quiet_ is None:
            return ANOMALIES.empty()
        fresh = self._new(view)
        if not fresh.height:
            return ANOMALIES.empty()
        surprise = self._surprise(fresh)
        rows = [self._row(view, row, surprise[i]) for i, row in enumerate(fresh.iter_rows(named=True))]
        return anomalies(view, self.name, rows)

    def _after_startup(self, view: View, counts: pl.DataFrame) -> pl.DataFrame:
        """COUNTS without what comes while the run, or a service that appears later, starts up.

        Trouble of a service that appears later counts: that it came may be what is wrong.
        """
        life = view.counts.group_by("service").agg(
            pl.col("first").min().alias("born"), pl.col("last").max().alias("died")
        )
        begin, end = view.counts["first"].min(), view.counts["last"].max()
        bad = view.templates.filter(error_like(view.templates))["template"].to_list()
        early = pl.lit(begin) + (pl.lit(end) - pl.lit(begin)) * self.startup
        grown = pl.col("born") + (pl.col("died") - pl.col("born")) * self.startup
        late_trouble = (pl.col("born") > early) & pl.col("template").is_in(bad)
        return counts.join(life, on="service", how="left").filter((pl.col("first") > grown) | late_trouble)

    def _new(self, view: View) -> pl.DataFrame:
        """Stretches of occurrences of new series: service, template, bad, n, begin, stop (bucket numbers)."""
        quiet = pl.Series("bucket", self.quiet_, dtype=pl.Int32) if self.quiet_ is not None else pl.Series()
        counts = view.counts.with_columns(pl.col("bucket").is_in(quiet.to_list()).alias("calm"))
        series = counts.group_by("service", "template").agg(
            pl.col("bucket").min().alias("first_bucket"),
            pl.col("bucket").max().alias("last_bucket"),
            pl.col("calm").sum().alias("calm_buckets"),
            pl.col("bucket").n_unique().alias("held"),
        )
        before = pl.col("first_bucket").map_elements(
            lambda b: int(quiet.search_sorted(b)), return_dtype=pl.Int64
        )
        # Seen in no quiet bucket; or first seen late, whatever the choice of the quiet time took in later.
        unseen = (pl.col("calm_buckets") == 0) | (before >= max(2 * LEAST_QUIET, quiet.len() // 4))
        short = (pl.col("last_bucket") - pl.col("first_bucket")) <= self.chronic * view.buckets
        series = series.join(
            self._goes_on(view, series), on=["service", "template"], how="left", maintain_order="left"
        )
        goes_on = pl.col("goes_on").fill_null(value=False)  # the quiet time may reach into what covers most
        unseen, short = unseen | goes_on, short | goes_on
        if view.apart:  # what the baseline holds is usual, whenever it came
            unseen = pl.col("calm_buckets") == 0
            short = short | pl.lit(value=view.usual is not None)  # nothing is chronic that good logs lack
        new = series.filter(unseen & short)
        counts = self._outside_startup(view, counts.join(new, on=["service", "template"]))
        stretch = (pl.col("bucket").diff() > self.join).fill_null(value=True).cum_sum()
        bad = view.templates.select("template", "text", error_like(view.templates).alias("bad"))
        stretches = (
            counts.sort("service", "template", "bucket")
            .with_columns(stretch.over("service", "template").alias("stretch"))
            .group_by("service", "template", "stretch")
            .agg(
                pl.col("n").sum(),
                pl.len().alias("buckets"),
                pl.col("bucket").min().alias("begin"),
                pl.col("bucket").max().alias("stop"),
                pl.col("first").min(),
                pl.col("last").max(),
            )
            .sort("service", "template", "stretch")
            .with_columns(
                earlier=(pl.col("buckets").cum_sum() - pl.col("buckets")).over("service", "template"),
                before=(pl.col("n").cum_sum() - pl.col("n")).over("service", "template"),
                times=pl.len().over("service", "template"),
            )
            .join(bad, on="template", how="left")
            .with_columns(pl.col("bad").fill_null(value=False), pl.col("text").fill_null(""))
        )
        if view.apart:  # what came again in the run is as new to the baseline as it was at first
            stretches = stretches.with_columns(pl.lit(0).alias("earlier"), pl.lit(0).alias("before"))
        return self._after_restarts(view, stretches).sort("first", "service", "template")

    def _goes_on(self, view: View, series: pl.DataFrame) -> pl.DataFrame:
        """Service and template of trouble over most of the run, without which its service was at times.

        Of a service that says nothing else in the time without it (it was started with its trouble, or ended
        with it) nothing shows that the trouble is not how it always is.
        """
        bad = view.templates.filter(error_like(view.templates)).select("template")
        first, last = pl.col("first_bucket"), pl.col("last_bucket")
        long = last - first + 1
        steady = series.join(bad, on="template", how="semi").filter(
            long <= self.sustained * view.buckets, pl.col("held") >= STEADY * long
        )
        spoke = view.counts.select("service", "bucket").unique()
        free = steady.join(spoke, on="service").filter(~pl.col("bucket").is_between(first, last))
        often = free.group_by("service", "template").len().filter(pl.col("len") >= LEAST_QUIET)
        return often.select("service", "template", goes_on=pl.lit(value=True))

    def _outside_startup(self, view: View, counts: pl.DataFrame) -> pl.DataFrame:
        """Without series that occur only while their service starts up."""
        late = self._after_startup(view, counts).select("service", "template").unique()
        return counts.join(late, on=["service", "template"], how="semi")

    def _after_restarts(self, view: View, stretches: pl.DataFrame) -> pl.DataFrame:
        """Without what is not error-like and begins just after its service was started or deployed."""
        starts = view.changes.filter(pl.col("kind").is_in(["deploy", "restart", "config"])).select(
            "service", "time"
        )
        if not starts.height:
            return stretches
        wait = min(self.restart * 1e6, 0.05 * view.width * view.buckets)
        near = pl.col("first") - pl.col("time")
        told = (
            stretches.join(starts, on="service")
            .filter(near.dt.total_microseconds().is_between(-wait, wait) & ~pl.col("bad"))
            .select("service", "template", "stretch")
            .unique()
        )
        return stretches.join(told, on=["service", "template", "stretch"], how="anti")

    def _surprise(self, fresh: pl.DataFrame) -> list[float]:
        """-log10 p of each stretch: that something new comes at all, and that it stays or repeats.

        Many new ones in one bucket are rarely independent (a scanner, a dump), so that their number adds
        two decades at most. A message that was never there has a rate below half a record a quiet time;
        rare messages come in clusters, hence the dispersion. What comes and goes again and again has the rate
        that it had before, and is never more surprising than what is new.
        """
        quiet = float(len(self.quiet_)) if self.quiet_ is not None else 1.0
        bad = fresh["bad"].to_numpy()
        rate = np.where(bad, min(self.bad_, self.all_), self.all_)
        first = -np.log10(-np.expm1(-rate)) - np.log10(2.0)
        together = np.minimum(np.log10(fresh.select(pl.len().over("begin", "bad"))["len"].to_numpy()), 2.0)
        spread = (fresh["stop"] - fresh["begin"] + 1).to_numpy().astype(np.float64)
        held = nb_upper(fresh["buckets"].to_numpy() - 1.0, 0.5 / quiet * spread, 1.0 / CLUSTER)
        repeats = np.maximum(np.log10(fresh["n"].to_numpy().astype(np.float64)), -held / LN10)
        earlier = fresh["earlier"].to_numpy().astype(np.float64)
        usual = (earlier + 0.5) / (fresh["begin"].to_numpy() + 1.0) * spread
        again = -nb_upper(fresh["buckets"].to_numpy().astype(np.float64), usual, 1.0 / CLUSTER) / LN10
        scores = first + together + repeats
        recurs = (earlier > 0) & (fresh["times"].to_numpy() >= RECURS)
        return list(np.where(recurs, np.minimum(scores, again), scores).tolist())

    def _row(self, view: View, row: dict[str, object], score: float) -> dict[str, object]:
        n = int(str(row["n"]))
        length = span(view, int(str(row["stop"])) - int(str(row["begin"])) + 1)
        text = quote(str(row["text"]))
        return {
            "kind": "new",
            "service": row["service"],
            "template": row["template"],
            "start": row["first"],
            "end": row["last"],
            "score": score,
            "observed": f"{number(n)} in {length}",
            "expected": "0",
            "sentence": f"{safe(str(row['service']))}: '{text}' ×{number(n)} in {length}, {_before(row)}",
        }


def _before(row: dict[str, object]) -> str:
    """How often it came before, in words."""
    return f"{row['before']:,} before that" if row["before"] else "never before"
