"""New messages that tell of a technique."""

import math
from datetime import timedelta
from typing import Self

import polars as pl
from logsense.api import View

from logsense_security.knowledge import Family, families
from logsense_security.telling import Row, anomalies, fits, fresh, quiet_of, quote, row, spans, surprise

#: What spares a grave message stands at most so long before or behind it: a reboot takes minutes.
BEFORE, BEHIND = timedelta(minutes=2), timedelta(minutes=15)
#: So much quiet time (buckets, µs) must be known before a lone message may be an incident, and all its like
#: must lie in this share of the run: what comes now and then is somebody's work.
KNOWN, KNOWN_FOR, ONCE = 40, 1_800_000_000, 0.1

#: A grave message of so many decades or more is nobody's work: so much more makes its incident critical.
RAREST, CRITICAL = 4.0, 1.5


class Telltale:
    """A message that tells of a technique, and that the quiet time does not hold.

    Finds: sudo refused and its rules changed, setuid programs, new accounts, members of mighty groups, keys
    for SSH, audits and guards switched off, logs and histories removed, cron, services, shells that call
    home, downloads that are run, exploits that are answered (``words.toml``).
    Misses: what the quiet time holds, too; words nobody knows; a command among others of the same template
    whose example says nothing (paths are placeholders there).
    Cost: O(rows of COUNTS), and the words once a template.
    Source: Good 1953 for the rate of messages of a family; how much rarer a family is than another new
    message is judged and stands beside its words. Bonferroni over the families. What is grave is told by what
    it is: its score is no p-value but a judgement, given only where half an hour of quiet time is known.

    Args:
        startup: share of the run at its start in which new messages are expected.
        chronic: what spans more than this share of the run is how things are.
        grave: score of a message that is an incident alone (a stopped audit, a new member of sudo), at least.
        at_least: lowest score told.
    """

    name = "telltale"
    finds = ("security",)

    def __init__(
        self, *, startup: float = 0.05, chronic: float = 0.6, grave: float = 7.0, at_least: float = 2.0
    ) -> None:
        self.startup = startup
        self.chronic = chronic
        self.grave = grave
        self.at_least = at_least

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security", one a service, template and technique."""
        rows: list[Row] = []
        long = len(self.quiet_) >= KNOWN and len(self.quiet_) * view.width >= KNOWN_FOR
        for family in families("telling") if self.quiet_ else ():
            mine = view.templates.filter(fits(family)).select("template", "text", "example")
            counts = view.counts.join(mine, on="template")
            if not counts.height:
                continue
            each = counts.group_by("service", "template", "text", "example").agg(*spans(self.quiet_))
            # Where such things happen now and then another one is less of a surprise.
            known = counts.filter(pl.col("bucket").is_in(self.quiet_))["bucket"].n_unique()
            usual = surprise(known, len(self.quiet_)) + family.decades - math.log10(len(families("telling")))
            low, high = counts.select(pl.min("bucket"), pl.max("bucket").alias("to")).row(0)
            once = high - low <= ONCE * view.buckets
            new = fresh(each, view, self.startup, self.chronic)
            for one in new.sort("first", "service", "template").iter_rows(named=True):
                said = quote(one["example"] or one["text"])
                words = f"{family.what}: '{said}' ×{one['n']:,}, never before"
                score = usual
                if long and once and _grave(view, family, one):
                    score = max(score, self.grave + (CRITICAL if family.decades >= RAREST else 0.0))
                rows.append(row(one, family.technique, score, words))
        return anomalies(self.name, rows, self.at_least)


def _grave(view: View, family: Family, one: Row) -> bool:
    """Whether a message is an incident by what it is, and nothing near it says that it is everyday work."""
    said = pl.Series([f"{one['text']}\n{one['example'] or ''}"])
    if not family.grave or not said.str.contains(family.grave).item():
        return False
    if not family.spared:
        return True
    near = view.counts.filter(
        (pl.col("last") >= pl.lit(one["first"]) - BEFORE) & (pl.col("first") <= pl.lit(one["last"]) + BEHIND)
    )
    texts = view.templates.select("template", "text", "example")
    told = near.select("service", "template").unique().join(texts, on="template")
    told = told.unpivot(["service", "text", "example"], variable_name="where", value_name="said")
    return not bool(told["said"].str.contains(family.spared).any())
