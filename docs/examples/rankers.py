"""A ranker: what speaks of a certificate or of a clock is more likely the cause."""

from dataclasses import replace

import polars as pl

from logsense.api import ANOMALIES, Ranker, View, hookimpl
from logsense.testing import planted


class Expiry:
    """Messages of certificates and clocks: in few incidents, but then their cause.

    Finds: certificates, tokens and leases that ran out. Misses: what is told in other words.
    Cost: O(candidates). Source: one decade, from a judgement of the author; say so where it is measured.

    Args:
        decades: how much such a message counts: 1 is ten times as often a cause as others.
    """

    name = "expiry"

    def __init__(self, *, decades: float = 1.0) -> None:
        self.decades = decades

    def score(self, view: View, candidates: pl.DataFrame) -> pl.DataFrame:
        texts = candidates.join(
            view.templates.select("template", "text"), on="template", maintain_order="left"
        )
        hits = texts.filter(pl.col("text").str.contains(r"(?i)certificate|expire|clock skew"))
        return hits.select(
            "candidate",
            name=pl.lit("tells of an expiry"),
            value=pl.lit(self.decades),
            why=pl.lit("certificates, leases and clocks"),
        )


@hookimpl
def register_rankers() -> list[type[Ranker]]:
    return [Expiry]


view = planted("new")
one = view.templates.filter(pl.col("text").str.contains("disk full")).row(0, named=True)
# Frames are shared and never changed in place: with_columns gives a new one.
texts = view.templates.with_columns(text=pl.col("text").str.replace("disk full", "certificate expired"))
row = {
    "detector": "novelty", "kind": "new", "service": "beta", "template": one["template"],
    "start": one["first"], "end": one["last"], "score": 5.0, "observed": "2", "expected": "0",
    "sentence": "2 of them, never before",
}  # fmt: skip
candidates = ANOMALIES.of([row]).with_row_index("candidate")
evidence = Expiry().score(replace(view, templates=texts), candidates)
print(evidence)
assert evidence["value"].to_list() == [1.0]
assert Expiry().score(view, candidates).height == 0
