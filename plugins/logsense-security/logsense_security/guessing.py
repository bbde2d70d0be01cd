"""Passwords that are guessed, and probes that are answered."""

import math
from datetime import datetime
from typing import Self

import polars as pl
from logsense.api import View, safe

from logsense_security.knowledge import Technique, techniques
from logsense_security.telling import Row, anomalies, length, quiet_of, quote, row, tail

#: Variance = mean + dispersion times mean squared: who fails once is likely to fail again.
DISPERSION = 2.0


class Guessing:
    """An address, or a user, that fails again and again and then succeeds for the first time.

    Finds: one name guessed at (T1110.001), many names from one address (T1110.003), and the log-in that
    follows (T1078); probes of a scanner of which one is answered (T1595.003).
    Misses: what never succeeds (noise on any public host); a success at the first try; guesses from so many
    addresses that each fails less than ``least`` times; a user who was there before.
    Cost: O(rows of ATTEMPTS).
    Source: negative binomial on the failures before a success, whose mean is that of the quiet time's other
    successes, at least ``mean``. Bonferroni over all successes.

    Args:
        least: fewer failures before a success are nobody's business.
        mean: least mean assumed of failures before a success.
        shared: an address that succeeds as more users than this is a proxy or an office: only failures of the
            user that succeeded count. Answers that more than this many scanners get say nothing.
        at_least: lowest score told.
    """

    name = "guessing"
    finds = ("security",)

    def __init__(self, *, least: int = 10, mean: float = 0.5, shared: int = 3, at_least: float = 2.0) -> None:
        self.least = least
        self.mean = mean
        self.shared = shared
        self.at_least = at_least

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security": two a success, the failures before it and itself."""
        rows: list[Row] = []
        for one in self._odd(view).iter_rows(named=True):
            score = tail(one["fails"], one["mean"], DISPERSION) - math.log10(max(one["all"], 1))
            rows += _told(one, score, _next(view, one) if score >= self.at_least else "")
        return anomalies(self.name, rows, self.at_least)

    def _odd(self, view: View) -> pl.DataFrame:
        """First successes after many failures, with ``fails``, ``mean`` (usual before one) and ``all``."""
        if not self.quiet_:
            return view.attempts.clear()
        by = ["service", "act"]
        bucket = (pl.col("time") - pl.lit(view.start)).dt.total_microseconds() // view.width
        calm = bucket.cast(pl.Int64).is_in(self.quiet_).fill_null(value=False)
        fails = pl.when(pl.col("names") > self.shared).then("same").otherwise("failed").cast(pl.Float64)
        judged = view.attempts.with_columns(fails.alias("fails"), calm.alias("calm"))
        quiet = pl.col("fails") * pl.col("calm")
        runs = (pl.col("n") * (pl.col("calm") | pl.col("time").is_null())).cast(pl.Float64)
        # Of the quiet time's successes, this one left out.
        mean = (quiet.sum().over(by) - quiet + 0.5) / (runs.sum().over(by) - runs + 1.0)
        judged = judged.with_columns(
            mean.clip(self.mean).alias("mean"), pl.col("n").sum().over(by).alias("all")
        )
        few = (pl.col("act") == "passed") | (pl.col("all") <= self.shared)
        odd = judged.filter((pl.col("fails") >= self.least) & (pl.col("before") == 0) & few)
        whole = odd.drop_nulls(["time", "first", "last", "failed_template", "template"])
        return whole.sort("time", "service", "act", "actor")


def _next(view: View, one: Row) -> str:
    """What the actor, or the user it got in as, did most after it got in; empty where nothing is known."""
    who = pl.col("actor").is_in([str(one["actor"]), str(one["name"])])
    done = view.deeds.filter(
        who & (pl.col("last") >= pl.lit(one["time"])) & pl.col("act").is_in(["elevated", "commanded", "took"])
    )
    # A line that names address and user is a row for each.
    each = done.group_by("service", "template", "how").agg(pl.sum("n")).group_by("service", "template")
    told = each.agg(pl.max("n")).join(view.templates.select("template", "text"), on="template")
    if not told.height:
        return ""
    top = told.sort("n", "service", "template", descending=[True, False, False]).row(0, named=True)
    return f"; next: {safe(top['service'])} '{quote(top['text'])}' ×{top['n']:,}"


def _told(one: Row, score: float, then_did: str) -> list[Row]:
    known, who = techniques(), quote(one["actor"], 60)
    fails, time = int(float(str(one["fails"]))), one["time"]
    login, one_name = one["act"] == "passed", _one_name(one)
    technique: Technique = known["T1595.003"]
    if login:
        technique = known["T1110.001" if one_name else "T1110.003"]
    what = "failed log-ins" if login else "refused probes"
    name = quote(one["name"], 60) if one["name"] is not None else ""
    whose = (f" for {name}" if one_name and name else " for several names") if login else ""
    source = f"from {who}" if one["how"] == "address" else f"of {who}"
    first, last = one["first"], one["last"]
    assert isinstance(first, datetime) and isinstance(last, datetime) and isinstance(time, datetime)  # noqa: PT018, S101 - nulls were dropped
    # A scanner may be answered before it is refused.
    begin, end, early = min(first, time), max(last, time), time < first
    spent = length(begin, end)
    usual = f"{float(str(one['mean'])):.2g} before a success"
    got = f"a success{f' as {name}' if name else ''}" if login else "an answer"
    then, when = f"{'after' if early else 'then'} {got}", "before" if early else "after"
    begun = f"{fails:,} {what}{whose} {source} in {spent}, {then} ({usual} is usual){then_did}"
    failed = {"service": one["service"], "template": one["failed_template"], "n": fails}
    won = {"service": one["service"], "template": one["template"], "first": time, "last": time}
    after = f"{who} gets {got} {when} {fails:,} {what} in {spent}"
    return [
        row({**failed, "first": begin, "last": end}, technique, score, begun, expected=usual),
        row(won, known["T1078"] if login else technique, score, safe(after), expected=usual),
    ]


def _one_name(one: Row) -> bool:
    """Whether most failures are those of the user that succeeded."""
    return one["how"] == "user" or int(str(one["same"])) * 2 >= int(str(one["failed"]))
