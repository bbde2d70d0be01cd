"""Attacks in requests that are answered, tools that scan, commands for a shell, rights in a cloud."""

from dataclasses import replace
from typing import NamedTuple, Self

import polars as pl
from logsense.api import View

from logsense_security.knowledge import techniques
from logsense_security.telling import Row, anomalies, fresh, quiet_of, quote, row, spans, surprise


class Deed(NamedTuple):
    """An act, its technique, what is said of it, whose it is ("address", "user").

    rarer: how much rarer it is than another new thing, in decades. least: fewer of one actor say nothing.
    """

    act: str
    technique: str
    words: str
    how: str
    rarer: float
    least: int = 1


ACTS = (
    Deed("injected", "T1190", "requests that carry an attack are answered, of", "address", 1.0),
    # A public host is asked for its banner by such tools every day; whoever means it asks more than that.
    Deed("scanned", "T1595.002", "requests of a tool that looks for holes, from", "address", 0.5, 30),
    Deed("commanded", "T1059.004", "a command that runs what was fetched or opens a shell, by", "user", 2.0),
    Deed("enrolled", "T1136.003", "a cloud account is made, from", "address", 1.0),
    Deed("granted", "T1098.003", "a cloud account is given rights, from", "address", 1.0),
    Deed("keyed", "T1098.001", "a cloud key is made, from", "address", 1.0),
    # Grave by what it is: an incident alone in any run that knows its quiet time.
    Deed("blinded", "T1562.008", "the log of a cloud is switched off, from", "address", 5.5),
)
#: Decades more where one actor does it so often (nobody mistypes an injection ten times), and where the
#: requests are those of a tool: somebody means it.
OFTEN, MORE = 10, 1.0
#: So many answers of the quiet time say what size is usual.
ENOUGH = 20
#: An answer beyond these multiples of the smallest and the largest usual one, and so many bytes more, has
#: another size (a page that repeats what it was asked is a little longer): decades more. Three of them are
#: often: each would be a chance of its own.
SMALLER, LARGER, SLACK, UNUSUAL, THRICE = 0.8, 1.25, 256.0, 2.0, 3


class Deeds:
    """Attacks in requests that are answered, and raised rights used for a shell, by actors who are new to it.

    Finds: SQL, shell and template injection and paths out of the site, in path or query, that get an answer
    (T1190), those whose answer has another size than the page ever has above all; tools that say their name
    (sqlmap, Nikto, gobuster, …) and ask for much (T1595.002); sudo that runs a download or opens a
    shell to elsewhere, also where its template has other commands (T1059.004); accounts, rights and keys that
    are made in a cloud, and its trail switched off (T1136.003, T1098, T1562.008).
    Misses: injections in bodies, which no access log holds; answers that look as always (a page that ignores
    the query, and an injection that is blind, are alike); tools that hide their name; what the actor does in
    the quiet time, too.
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
        sent: Row = {"act": "injected", "actor": "198.51.100.9", "how": "address", "n": 3}
        sent |= {"smallest": None, "largest": None}
        row = {name: (at | sent)[name] for name in view.deeds.columns}
        return replace(view, deeds=pl.DataFrame([row], schema=view.deeds.schema))

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security", one an actor, service and act."""
        rows: list[Row] = []
        for deed in ACTS if self.quiet_ else ():
            done = view.deeds.filter((pl.col("act") == deed.act) & (pl.col("how") == deed.how))
            done = self._sized(view, done)
            if not done.height or (deed.act == "injected" and done["actor"].n_unique() > self.actors):
                continue
            top = pl.col("template").sort_by("n", "template", descending=[True, False]).first()
            sizes = [pl.min("smallest"), pl.max("largest"), pl.max("odd"), pl.min("from"), pl.max("to")]
            each = done.group_by("service", "actor").agg(*spans(self.quiet_), top, *sizes)
            known = done.filter(pl.col("bucket").is_in(self.quiet_))["bucket"].n_unique()
            new = fresh(each.filter(pl.col("n") >= deed.least), view, self.startup, self.chronic)
            tools = _tools(view) if deed.act == "injected" else set[str]()
            for one in new.sort("first", "service", "actor").iter_rows(named=True):
                tool = one["actor"] in tools
                often = one["n"] >= (THRICE if one["odd"] else OFTEN)
                score = surprise(known, len(self.quiet_)) + deed.rarer + MORE * (often + tool)
                score += UNUSUAL if one["odd"] else 0.0
                whose = f"{quote(one['actor'], 60)} ×{one['n']:,}{', by a tool for that' if tool else ''}"
                said = f"{deed.words} {whose}, never before{_size(one)}"
                rows.append(row(one, techniques()[deed.technique], score, said))
        return anomalies(self.name, rows, self.at_least)

    def _sized(self, view: View, done: pl.DataFrame) -> pl.DataFrame:
        """Deeds with odd: whether the answer has another size than usual (``from`` to ``to``), null unknown.

        Those answered as always are left out: a page that ignores its query answers anything.
        """
        calm = view.deeds.filter((pl.col("act") == "asked") & pl.col("bucket").is_in(self.quiet_))
        usual = (
            calm.group_by("service", "template")
            .agg(pl.sum("n").alias("known"), pl.min("smallest").alias("from"), pl.max("largest").alias("to"))
            .filter(pl.col("known") >= ENOUGH)
        )
        sized = done.join(usual, on=["service", "template"], how="left", maintain_order="left")
        smaller = pl.col("smallest") < pl.col("from") * SMALLER - SLACK
        larger = pl.col("largest") > pl.col("to") * LARGER + SLACK
        sized = sized.with_columns((smaller | larger).alias("odd"))
        return sized.filter(pl.col("odd").fill_null(value=True))


def _tools(view: View) -> set[str]:
    """The addresses from which a tool that looks for holes asks for much."""
    scanned = next(deed for deed in ACTS if deed.act == "scanned")
    sent = view.deeds.filter((pl.col("act") == scanned.act) & (pl.col("how") == scanned.how))
    return set(sent.group_by("actor").agg(pl.sum("n")).filter(pl.col("n") >= scanned.least)["actor"])


def _size(one: Row) -> str:
    """How large the answers are and how large they usually are, where the two differ."""
    if not one["odd"]:
        return ""
    low, high, least, most = (float(str(one[name])) for name in ("smallest", "largest", "from", "to"))
    return f"; the answers have {low:,.0f} to {high:,.0f} bytes, {least:,.0f} to {most:,.0f} are usual"
