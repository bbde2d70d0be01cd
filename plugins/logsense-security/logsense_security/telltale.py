"""New messages that tell of a technique."""

import math
from typing import Self

import polars as pl
from logsense.api import View

from logsense_security.knowledge import families
from logsense_security.telling import anomalies, fits, fresh, quiet_of, quote, row, spans, surprise


class Telltale:
    """A message that tells of a technique, and that the quiet time does not hold.

    Finds: sudo refused and its rules changed, setuid programs, new accounts, members of mighty groups, keys
    for SSH, audits and guards switched off, logs and histories removed, cron, services, shells that call
    home, downloads that are run, exploits that are answered (``words.toml``).
    Misses: what the quiet time holds, too; words nobody knows; a command among others of the same template
    whose example says nothing (paths are placeholders there).
    Cost: O(rows of COUNTS), and the words once a template.
    Source: Good 1953 for the rate of messages of a family; how much rarer a family is than another new
    message is judged and stands beside its words. Bonferroni over the families.

    Args:
        startup: share of the run at its start in which new messages are expected.
        chronic: what spans more than this share of the run is how things are.
        at_least: lowest score told.
    """

    name = "telltale"
    finds = ("security",)

    def __init__(self, *, startup: float = 0.05, chronic: float = 0.6, at_least: float = 2.0) -> None:
        self.startup = startup
        self.chronic = chronic
        self.at_least = at_least

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security", one a service, template and technique."""
        rows = []
        for family in families("telling") if self.quiet_ else ():
            mine = view.templates.filter(fits(family)).select("template", "text", "example")
            counts = view.counts.join(mine, on="template")
            if not counts.height:
                continue
            each = counts.group_by("service", "template", "text", "example").agg(*spans(self.quiet_))
            # Where such things happen now and then another one is less of a surprise.
            known = counts.filter(pl.col("bucket").is_in(self.quiet_))["bucket"].n_unique()
            score = surprise(known, len(self.quiet_)) + family.decades - math.log10(len(families("telling")))
            new = fresh(each, view, self.startup, self.chronic)
            for one in new.sort("first", "service", "template").iter_rows(named=True):
                said = quote(one["example"] or one["text"])
                words = f"{family.what}: '{said}' ×{one['n']:,}, never before"
                rows.append(row(one, family.technique, score, words))
        return anomalies(self.name, rows, self.at_least)
