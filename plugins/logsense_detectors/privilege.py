"""New rights, accounts and keys, and audit trails that end."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import polars as pl

from logsense.api import ANOMALIES, View, safe
from logsense_detectors.grid import anomalies, quiet_of, quote

LEAST_QUIET = 8
#: How much rarer a user new to raised rights is on a healthy day than another new thing, in decades.
RAISED = 1.0
#: Users are shown in at most so many characters.
SHOWN = 60
Row = dict[str, object]


class _Family(NamedTuple):
    name: str
    decades: float
    pattern: str
    excepted: str


@cache
def _families() -> tuple[_Family, ...]:
    text = files("logsense_detectors").joinpath("security.toml").read_text(encoding="utf-8")
    return tuple(
        _Family(
            one["name"],
            float(one["decades"]),
            "(?i)" + "|".join(f"(?:{words})" for words in one["words"]),
            f"(?i){one['except']}" if "except" in one else "",
        )
        for one in tomllib.loads(text)["family"]
    )


class Privilege:
    """Events of security that are new in this run.

    Finds: a user who acts under higher rights for the first time; new messages of audit trails that are
    cleared or stopped, of rights that are given, accounts, keys and passwords that are made, lock-outs.
    Misses: what the quiet time holds, too; rights given in words nobody knows.
    Cost: O(rows of DEEDS and COUNTS), and the words of ``security.toml`` once a template.
    Source: Good 1953 for the rate of events of a sort; how much rarer each sort is than another new message
    is judged, and stands beside its words.

    Args:
        startup: share of the run at its start in which new events are expected.
        chronic: what spans more than this share of the run is not new.
        at_least: lowest score told.
    """

    name = "privilege"
    finds = ("security",)

    def __init__(self, *, startup: float = 0.1, chronic: float = 0.6, at_least: float = 2.0) -> None:
        self.startup = startup
        self.chronic = chronic
        self.at_least = at_least

    def fit(self, view: View) -> "Privilege":
        """Learn which buckets are quiet; everything is judged against its own past."""
        quiet = quiet_of(view, least=LEAST_QUIET)
        self.quiet_: list[int] = quiet.tolist() if quiet is not None else []
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security"."""
        if not self.quiet_:
            return ANOMALIES.empty()
        rows = [*self._raised(view), *self._told(view)]
        return anomalies(view, self.name, [row for row in rows if float(str(row["score"])) >= self.at_least])

    def _span(self) -> list[pl.Expr]:
        """How often an event came, from when to when, and in how many quiet buckets."""
        bucket = pl.col("bucket")
        calm = bucket.is_in(self.quiet_).sum().alias("calm")
        return [
            pl.sum("n"),
            pl.min("first"),
            pl.max("last"),
            bucket.min().alias("begin"),
            bucket.max().alias("stop"),
            calm,
        ]

    def _raised(self, view: View) -> list[Row]:
        """Users who act under higher rights for the first time."""
        done = view.deeds.filter(pl.col("act").is_in(["elevated", "commanded"]) & (pl.col("how") == "user"))
        if not done.height:
            return []
        each = done.group_by("service", "actor").agg(
            *self._span(),
            pl.col("template").sort_by("bucket", "template").first(),
        )
        rows = []
        for one in self._fresh(view, each).sort("first", "service", "actor").iter_rows(named=True):
            known = each.filter((pl.col("service") == one["service"]) & (pl.col("calm") == 1)).height
            rows.append(
                {
                    "kind": "security",
                    "service": one["service"],
                    "template": one["template"],
                    "start": one["first"],
                    "end": one["last"],
                    "score": self._surprise(known) + RAISED,
                    "observed": f"{one['n']:,}",
                    "expected": "none",
                    "sentence": f"{safe(one['service'])}: {safe(one['actor'])[:SHOWN]} acts under higher"
                    f" rights ×{one['n']:,}, never before",
                }
            )
        return rows

    def _told(self, view: View) -> list[Row]:
        """Messages of security that are new."""
        text, rows = pl.col("text"), []
        for family in _families():
            fits = text.str.contains(family.pattern)
            if family.excepted:
                fits = fits & ~text.str.contains(family.excepted)
            mine = view.templates.filter(fits).select("template", "text")
            if not mine.height:
                continue
            counts = view.counts.join(mine, on="template")
            each = counts.group_by("service", "template", "text").agg(
                *self._span(),
            )
            # Where such things happen now and then another one is less of a surprise.
            known = counts.filter(pl.col("bucket").is_in(self.quiet_))["bucket"].n_unique()
            score = self._surprise(known) + family.decades - float(np.log10(len(_families())))
            fresh = self._fresh(view, each).sort("first", "service", "template")
            rows += [_told_row(one, family, score) for one in fresh.iter_rows(named=True)]
        return rows

    def _fresh(self, view: View, each: pl.DataFrame) -> pl.DataFrame:
        """Rows (begin, stop, calm: buckets) that no quiet bucket holds, begin late enough and do not last."""
        early = self.startup * view.buckets
        short = pl.col("stop") - pl.col("begin") <= self.chronic * view.buckets
        return each.filter((pl.col("calm") == 0) & (pl.col("begin") >= early) & short)

    def _surprise(self, known: int) -> float:
        """-log10 p that something of a sort comes that ``known`` of the quiet buckets held (Good)."""
        rate = (known + 0.5) / len(self.quiet_)
        return float(-np.log10(-np.expm1(-rate)))


def _told_row(one: Row, family: _Family, score: float) -> Row:
    n, text = f"{int(str(one['n'])):,}", quote(str(one["text"]))
    return {
        "kind": "security",
        "service": one["service"],
        "template": one["template"],
        "start": one["first"],
        "end": one["last"],
        "score": score,
        "observed": n,
        "expected": "none",
        "sentence": f"{safe(str(one['service']))}: {family.name}: '{text}' ×{n}, never before",
    }
