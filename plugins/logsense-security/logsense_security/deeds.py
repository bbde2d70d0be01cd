"""Requests that carry an attack and are answered, commands that call for a shell, rights in a cloud."""

from dataclasses import replace
from typing import Self

import polars as pl
from logsense.api import View

from logsense_security.knowledge import techniques
from logsense_security.telling import Row, anomalies, fresh, quiet_of, quote, row, spans, surprise

#: Act, technique, what is said, which column of actors it is told by, and how much rarer it is, in decades.
ACTS = (
    ("injected", "T1190", "requests that carry an attack are answered, of", "address", 1.0),
    ("commanded", "T1059.004", "a command that runs what was fetched or opens a shell, by", "user", 2.0),
    ("enrolled", "T1136.003", "a cloud account is made, from", "address", 1.0),
    ("granted", "T1098.003", "a cloud account is given rights, from", "address", 1.0),
    ("keyed", "T1098.001", "a cloud key is made, from", "address", 1.0),
    ("blinded", "T1562.008", "the log of a cloud is switched off, from", "address", 2.5),
)
#: Decades more where one actor does it so often: nobody mistypes an injection ten times.
OFTEN, MORE = 10, 1.0


class Deeds:
    """Attacks in requests that are answered, and raised rights used for a shell, by actors who are new to it.

    Finds: SQL, shell and template injection that gets an answer (T1190); sudo that runs a download or opens a
    shell to elsewhere, also where its template has other commands (T1059.004); accounts, rights and keys that
    are made in a cloud, and its trail switched off (T1136.003, T1098, T1562.008).
    Misses: injections in bodies, which no access log holds, and in queries where the log's format folds them
    away (the common access log: the path alone is seen); what the actor does in the quiet time, too.
    Cost: O(rows of DEEDS).
    Source: Good 1953 for the rate of such deeds by anybody; how much rarer they are is judged (``ACTS``).

    Args:
        startup: share of the run at its start in which new deeds are expected.
        chronic: what spans more than this share of the run is how things are.
        actors: more actors than this who are answered: the site answers anything, and an answer says nothing.
        at_least: lowest score told.
    """

    name = "deeds"

    def __init__(
        self, *, startup: float = 0.05, chronic: float = 0.6, actors: int = 3, at_least: float = 2.0
    ) -> None:
        self.startup = startup
        self.chronic = chronic
        self.actors = actors
        self.at_least = at_least

    @staticmethod
    def example() -> View:
        """An address that nobody has seen before sends three SQL injections, and gets answers."""
        from logsense.testing import calm  # here: only the kit asks for it

        view = calm()
        at = view.counts.filter(pl.col("bucket") == 60).row(0, named=True)
        sent = {"act": "injected", "actor": "198.51.100.9", "how": "address", "n": 3}
        row = {name: (at | sent)[name] for name in view.deeds.columns}
        return replace(view, deeds=pl.DataFrame([row], schema=view.deeds.schema))

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security", one an actor, service and act."""
        rows: list[Row] = []
        for act, technique, words, how, rarer in ACTS if self.quiet_ else ():
            done = view.deeds.filter((pl.col("act") == act) & (pl.col("how") == how))
            if not done.height or (act == "injected" and done["actor"].n_unique() > self.actors):
                continue
            top = pl.col("template").sort_by("n", "template", descending=[True, False]).first()
            each = done.group_by("service", "actor").agg(*spans(self.quiet_), top)
            known = done.filter(pl.col("bucket").is_in(self.quiet_))["bucket"].n_unique()
            new = fresh(each, view, self.startup, self.chronic)
            for one in new.sort("first", "service", "actor").iter_rows(named=True):
                score = surprise(known, len(self.quiet_)) + rarer + (MORE if one["n"] >= OFTEN else 0.0)
                said = f"{words} {quote(one['actor'], 60)} ×{one['n']:,}, never before"
                rows.append(row(one, techniques()[technique], score, said))
        return anomalies(self.name, rows, self.at_least)
