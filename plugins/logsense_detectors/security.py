"""Guessed passwords, scans that get through, data taken in bulk."""

from datetime import datetime

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View, safe
from logsense_detectors.grid import LN10, anomalies, duration, number, quiet_of, quote, texts
from logsense_detectors.tails import nb_upper

LEAST_QUIET = 8
#: Variance = mean + dispersion times mean squared: who fails once is likely to fail again.
DISPERSION = 2.0
#: Actors are shown in at most so many characters.
SHOWN = 60
Row = dict[str, object]


class Security:
    """What an intruder does, as far as logs show it.

    Finds: an address (a user, where no addresses are logged) that fails to log in again and again and then
    succeeds for the first time; a scanner that is given what only scanners ask for; one actor that takes far
    more data than others.
    Misses: guessing that never succeeds and scans that are refused (noise on any public host); a success at
    the first try; attempts spread over so many addresses that each fails less than ``least`` times; a user
    who was there before (a service whose password was wrong for a while looks the same).
    Cost: O(rows of ATTEMPTS and DEEDS).
    Source: negative binomial on the failures before a success, whose mean is that of the quiet time's
    successes, at least ``mean``: of people who forget a password one in a thousand tries ten times.
    Bonferroni over all successes.

    Args:
        least: fewer failures before a success, or fewer exports, are nobody's business.
        mean: least mean assumed of failures before a success.
        shared: an address that succeeds as more users than this is a proxy or an office: only failures of the
            user that succeeded count.
        chronic: taking that spans more than this share of the run is how things are.
        alone: most decades for one who takes much but did not break in: it may be a nightly job.
        at_least: lowest score told.
    """

    name = "security"
    finds = ("security",)

    def __init__(
        self,
        *,
        least: int = 10,
        mean: float = 0.5,
        shared: int = 3,
        chronic: float = 0.6,
        alone: float = 4.0,
        at_least: float = 2.0,
    ) -> None:
        self.least = least
        self.mean = mean
        self.shared = shared
        self.chronic = chronic
        self.alone = alone
        self.at_least = at_least

    def fit(self, view: View) -> "Security":
        """Learn which buckets are quiet; everything is judged against its own past."""
        quiet = quiet_of(view, least=LEAST_QUIET)
        self.quiet_: list[int] = quiet.tolist() if quiet is not None else []
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security"."""
        if not self.quiet_ or view.start is None:
            return ANOMALIES.empty()
        broken_in, rows = self._guessed(view)
        rows += self._taken(view, broken_in)
        return anomalies(view, self.name, rows)

    def _guessed(self, view: View) -> tuple[set[str], list[Row]]:
        """Who broke in, and two rows for each such success: the failures before it, and itself."""
        tries = view.attempts
        if not tries.height:
            return set(), []
        by = ["service", "act"]
        proxy = pl.col("names") > self.shared
        judged = tries.with_columns(
            calm=self._calm(view, pl.col("time")),
            fails=pl.when(proxy).then("same").otherwise("failed").cast(pl.Float64),
        )
        quiet = pl.col("fails") * pl.col("calm")
        runs = (pl.col("n") * (pl.col("calm") | pl.col("time").is_null())).cast(pl.Float64)
        # Of the quiet time's successes, this one left out.
        mean = (quiet.sum().over(by) - quiet + 0.5) / (runs.sum().over(by) - runs + 1.0)
        judged = judged.with_columns(mean.clip(self.mean).alias("mean"), all=pl.col("n").sum().over(by))
        # Where a site answers many of the questions of scanners, an answer says nothing.
        few = (pl.col("act") == "passed") | (pl.col("all") <= self.shared)
        odd = judged.filter((pl.col("fails") >= self.least) & (pl.col("before") == 0) & few)
        odd = odd.drop_nulls(["time", "first", "last", "failed_template", "template"]).sort(
            "time", "service", "actor"
        )
        p = nb_upper(odd["fails"].to_numpy(), odd["mean"].to_numpy(), 1.0 / DISPERSION)
        scores = -p / LN10 - np.log10(np.maximum(odd["all"].to_numpy().astype(np.float64), 1.0))
        rows: list[Row] = []
        broken_in: set[str] = set()
        for one, score in zip(odd.iter_rows(named=True), scores.tolist(), strict=True):
            if score >= self.at_least:
                rows += self._attempt(view, one, score)
                broken_in |= {one["actor"], one["name"] or one["actor"]}
        return broken_in, rows

    def _attempt(self, view: View, one: Row, score: float) -> list[Row]:
        first, last, time = one["first"], one["last"], one["time"]
        assert isinstance(first, datetime) and isinstance(last, datetime) and isinstance(time, datetime)  # noqa: PT018, S101 - nulls were dropped
        fails = int(float(str(one["fails"])))
        # A scanner may be answered before it is refused.
        begin, end, early = min(first, time), max(last, time), time < first
        length = max((end - begin).total_seconds(), 1.0) * 1e6
        usual = self._usual(view, str(one["service"]), str(one["failed_template"])) * length / view.width
        who, name = _short(one["actor"]), _short(one["name"]) if one["name"] is not None else ""
        login = one["act"] == "passed"
        what = "failed log-ins" if login else "refused probes"
        whose = f" for {name}" if name and login and int(str(one["same"])) * 2 >= fails else ""
        source = f" from {who}" if one["how"] == "address" else f" of {who}"
        seen = f"{fails:,} in {duration(length)}"
        begun = f"{fails:,} {what}{whose}{source} in {duration(length)} (usually {number(usual)} by all)"
        got = f"a success{f' as {name}' if name and not whose else ''}" if login else "an answer"
        then, when = f"{'after' if early else 'then'} {got}", "before" if early else "after"
        common: Row = {"kind": "security", "service": one["service"], "score": score, "end": end}
        expected = f"{number(float(str(one['mean'])))} before a success"
        return [
            {
                **common,
                "template": one["failed_template"],
                "start": begin,
                "observed": f"{seen}, {then}",
                "expected": expected,
                "sentence": f"{safe(str(one['service']))}: {begun}, {then}{self._next(view, one, time)}",
            },
            {
                **common,
                "template": one["template"],
                "start": time,
                "observed": f"1 {when} {fails:,} failures",
                "expected": expected,
                "sentence": f"{safe(str(one['service']))}: {who} {'succeeds' if login else 'is answered'}"
                f"{f' as {name}' if name else ''} {when} {fails:,} {what} in {duration(length)}",
            },
        ]

    def _usual(self, view: View, service: str, template: str) -> float:
        """Records of a series in a quiet bucket, on average."""
        mine = view.counts.filter((pl.col("service") == service) & (pl.col("template") == template))
        return float(mine.filter(pl.col("bucket").is_in(self.quiet_))["n"].sum()) / len(self.quiet_)

    def _next(self, view: View, one: Row, time: datetime) -> str:
        """What the actor did after it got in, in words; empty where nothing is known."""
        who = pl.col("actor").is_in([str(one["actor"])])
        done = view.deeds.filter(
            who & (pl.col("last") >= time) & pl.col("act").is_in(["elevated", "commanded", "took"])
        )
        if not done.height:
            return ""
        told = _once(view, done.group_by("service", "template", "actor", "how").agg(pl.sum("n")))
        top = told.sort("named", "n", "service", "template", descending=[True, True, False, False]).row(
            0, named=True
        )
        return f"; next: {safe(top['service'])} '{quote(texts(view).get(top['template'], ''))}' ×{top['n']:,}"

    def _taken(self, view: View, broken_in: set[str]) -> list[Row]:
        """Actors that took far more than the others, and more than their own quiet time explains."""
        took = view.deeds.filter(pl.col("act") == "took")
        if not took.height:
            return []
        calm = pl.col("n").filter(pl.col("bucket").is_in(self.quiet_)).sum()
        each = took.group_by("service", "template", "actor", "how").agg(
            pl.sum("n"), calm.alias("calm"), pl.min("first"), pl.max("last"), pl.col("bucket").n_unique()
        )
        series = ["service", "template", "how"]
        rest = (pl.col("n").sum().over(series) - pl.col("n")) / (pl.len().over(series) - 1).clip(
            lower_bound=1
        )
        share = pl.col("calm") * view.buckets / len(self.quiet_)
        short = (pl.col("last") - pl.col("first")).dt.total_microseconds() <= (
            self.chronic * view.buckets * view.width
        )
        each = each.with_columns(mean=pl.max_horizontal(rest, share, pl.lit(1.0)), all=pl.len().over(series))
        odd = _once(view, each.filter((pl.col("n") >= self.least) & short))
        odd = odd.sort("first", "service", "template", "actor")
        p = nb_upper(odd["n"].to_numpy(), odd["mean"].to_numpy(), 1.0 / DISPERSION)
        scores = -p / LN10 - np.log10(odd["all"].to_numpy().astype(np.float64))
        words, rows = texts(view), []
        for one, decades in zip(odd.iter_rows(named=True), scores.tolist(), strict=True):
            score = decades if one["actor"] in broken_in else min(decades, self.alone)
            if score < self.at_least:
                continue
            length = duration(max((one["last"] - one["first"]).total_seconds(), 1.0) * 1e6)
            text, who = quote(words.get(one["template"], "")), _short(one["actor"])
            what = f"'{text}' ×{one['n']:,} by {who} in {length}"
            rows.append(
                {
                    "kind": "security",
                    "service": one["service"],
                    "template": one["template"],
                    "start": one["first"],
                    "end": one["last"],
                    "score": score,
                    "observed": f"{one['n']:,} in {length}",
                    "expected": number(one["mean"]),
                    "sentence": f"{safe(one['service'])}: {what}, {number(one['mean'])} usual for one actor",
                }
            )
        return rows

    def _calm(self, view: View, time: pl.Expr) -> pl.Expr:
        """Whether a time lies in a quiet bucket."""
        bucket = (time - pl.lit(view.start)).dt.total_microseconds() // view.width
        return bucket.cast(pl.Int64).is_in(self.quiet_).fill_null(value=False)


def _once(view: View, each: pl.DataFrame) -> pl.DataFrame:
    """Of rows that tell the same of an address and of its user, that of the user; with a column named."""
    users = view.deeds.filter(pl.col("how") == "user").select("service", "template").unique()
    named = each.join(users.with_columns(named=pl.lit(value=True)), on=["service", "template"], how="left")
    named = named.with_columns(pl.col("named").fill_null(value=False))
    if "first" not in each.columns:
        return named
    by = ["service", "template", "first", "last", "n"]
    return named.sort(*by, "how", "actor", descending=[*[False] * 5, True, False]).unique(
        by, keep="first", maintain_order=True
    )


def _short(actor: object) -> str:
    """An actor for a sentence: safe, and no longer than can be read."""
    return safe(str(actor))[:SHOWN]
