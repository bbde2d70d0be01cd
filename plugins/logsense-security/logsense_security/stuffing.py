"""Log-ins that fail from many addresses, few times each."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Self

import numpy as np
import polars as pl
from logsense.api import View, safe

from logsense_security.knowledge import techniques
from logsense_security.telling import Row, anomalies, length, quiet_of, quote, row, tail

#: Widths in buckets at which addresses are counted: who has thousands of addresses has time, too.
SCALES = (1, 8, 32)
#: Fewer quiet stretches of a width say nothing of it.
LEAST_QUIET = 8
#: Least dispersion assumed of addresses that fail (variance = mean + dispersion times mean squared).
DISPERSION = 0.5
#: Odd stretches at most this many apart are one.
JOIN = 2
#: A log-in that follows within so long (µs) belongs to it.
SOON = timedelta(hours=1)
#: Half of the failures are one name's, or half of the names are tried once: which it is. Half of a stretch is
#: quiet: it is.
HALF = 0.5
#: So many log-ins, expected, tell whether log-ins work at all; below this share of them they do not.
EXPECTED, WORKS = 5.0, 0.3


class Stuffing:
    """Far more addresses than ever fail to log in, each few times: leaked passwords, or one name guessed.

    Finds: many names tried once or twice each (credential stuffing, T1110.004), one name tried by all
    (T1110.001), something between (T1110.003), and where no names are logged T1110; the log-ins that get
    through, where they are more than people who mistype explain (T1078).
    Misses: what is no more than the noise of the host's own quiet time; addresses of a proxy, which hide
    those behind it; a few addresses with many tries each (``guessing`` finds these where one succeeds).
    Cost: O(rows of DEEDS).
    Source: negative binomial on distinct addresses in a stretch of time, with the mean and the variance of
    the quiet time (moments, the dispersion at least 0.5). Bonferroni over stretches, widths and services.

    Args:
        least: fewer addresses in a stretch are nobody's business.
        times: less than this multiple of the usual is none either, however certain.
        few: where the middle address tries more often than this, single guessers come together.
        known: share of addresses, or of names, that log in at other times, too: above it people fail because
            something is broken, and no stranger tries.
        alone: most decades where nothing shows that anybody got in: such attempts are many hosts' daily life.
        at_least: lowest score told.
    """

    name = "stuffing"

    def __init__(
        self,
        *,
        least: int = 20,
        times: float = 5.0,
        few: int = 5,
        known: float = 0.25,
        alone: float = 4.0,
        at_least: float = 3.0,
    ) -> None:
        self.least = least
        self.times = times
        self.few = few
        self.known = known
        self.alone = alone
        self.at_least = at_least

    @staticmethod
    def example() -> View:
        """Two hundred addresses that nobody has seen before try a name each within one bucket."""
        from logsense.testing import calm  # here: only the kit asks for it

        view = calm()
        at = view.counts.filter(pl.col("bucket") == 60).row(0, named=True)
        at |= {"act": "failed", "n": 1, "smallest": None, "largest": None}
        who = [{"how": "address", "actor": f"2001:db8::{i:x}"} for i in range(200)]
        who += [{"how": "user", "actor": f"user{i}"} for i in range(200)]
        rows = [{name: (at | one)[name] for name in view.deeds.columns} for one in who]
        return replace(view, deeds=pl.DataFrame(rows, schema=view.deeds.schema))

    def fit(self, view: View) -> Self:
        """Learn which buckets are quiet."""
        self.quiet_ = quiet_of(view)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "security": one a service and stretch of time, and one for who got in."""
        rows: list[Row] = []
        failed = view.deeds.filter(
            (pl.col("act") == "failed") & pl.col("bucket").is_between(0, view.buckets - 1)
        )
        if not self.quiet_ or not failed.height:
            return anomalies(self.name, rows, self.at_least)
        services = failed["service"].unique().sort()
        for service in services:
            own = failed.filter(pl.col("service") == service)
            for begin, stop, score in self._odd(view, own, len(services)):
                rows += self._told(view, own, begin, stop, score)
        return anomalies(self.name, rows, self.at_least)

    def _odd(self, view: View, own: pl.DataFrame, services: int) -> list[tuple[int, int, float]]:
        """Stretches (first and last bucket, score) in which too many addresses fail; they do not overlap."""
        by_address = own.filter(pl.col("how") == "address")
        tests = services * sum(math.ceil(view.buckets / scale) for scale in SCALES)
        found: list[tuple[int, int, float]] = []
        for scale in SCALES:
            n = np.zeros(math.ceil(view.buckets / scale))
            cell = (pl.col("bucket") // scale).alias("cell")
            each = by_address.group_by(cell).agg(pl.col("actor").n_unique().alias("n"))
            n[each["cell"].to_numpy()] = each["n"].to_numpy()
            quiet = set(self.quiet_)
            # A wide stretch is hardly ever quiet as a whole; what else it holds makes the usual larger.
            share = [len(quiet.intersection(range(c * scale, (c + 1) * scale))) for c in range(len(n))]
            calm = [c for c, held in enumerate(share) if held >= HALF * scale]
            if len(calm) < LEAST_QUIET:
                continue
            mean = max(float(n[calm].mean()), 0.5)
            dispersion = max((float(n[calm].var(ddof=1)) - mean) / mean**2, DISPERSION)
            odd = np.flatnonzero(n >= max(self.least, self.times * mean))
            for at in np.split(odd, np.flatnonzero(np.diff(odd) > JOIN) + 1) if len(odd) else []:
                score = tail(float(n[at].max()), mean, dispersion) - math.log10(tests)
                begin, stop = int(at[0]) * scale, (int(at[-1]) + 1) * scale - 1
                # What a finer width has found is known already.
                if score >= self.at_least and all(stop < b or begin > s for b, s, _ in found):
                    found.append((begin, stop, score))
        return found

    def _told(self, view: View, own: pl.DataFrame, begin: int, stop: int, score: float) -> list[Row]:
        inside = own.filter(pl.col("bucket").is_between(begin, stop))
        each = inside.filter(pl.col("how") == "address").group_by("actor").agg(pl.sum("n"))
        if float(str(each["n"].median())) > self.few or self._broken(view, inside, begin, stop):
            return []
        names = inside.filter(pl.col("how") == "user").group_by("actor").agg(pl.sum("n")).sort("n", "actor")
        tries, (first, last) = int(each["n"].sum()), inside.select(pl.min("first"), pl.max("last")).row(0)
        template = inside.sort("n", "template", descending=[True, False])["template"][0]
        spent = length(first, last)
        id_, whose = _which(names, tries)
        came_in, through = self._through(view, own, each, inside)
        words = f"{tries:,} failed log-ins{whose} from {each.height:,} addresses in {spent}"
        words += f", {tries / each.height:.2g} each"
        if came_in.height:
            words += f", then {came_in.height:,} of them get{'s' if came_in.height == 1 else ''} in"
        said: Row = {
            "service": own["service"][0],
            "template": template,
            "n": tries,
            "first": first,
            "last": last,
        }
        sure = through >= 1.0
        total = min(score, self.alone) + through if sure else min(score, self.alone)
        rows = [row(said, techniques()[id_], total, safe(words))]
        if sure:
            top = came_in.sort("time", "actor").row(0, named=True)
            won: Row = {**said, "template": top["template"], "n": came_in.height, "first": top["time"]}
            who = quote(top["actor"], 60) + (
                f" as {quote(top['name'], 60)}" if top["name"] is not None else ""
            )
            get = "gets" if came_in.height == 1 else "get"
            words = f"{came_in.height:,} of {each.height:,} addresses {get} in after {tries:,} failures"
            words += f", first {who}"
            rows.append(
                row({**won, "last": came_in["time"].max()}, techniques()["T1078"], total, safe(words))
            )
        return rows

    def _broken(self, view: View, inside: pl.DataFrame, begin: int, stop: int) -> bool:
        """Whether those who fail are the service's own people: log-ins are broken, and nobody attacks."""
        passed = view.deeds.filter((pl.col("act") == "passed") & (pl.col("service") == inside["service"][0]))
        during = pl.col("bucket").is_between(begin, stop)
        for how in ("address", "user"):
            who = inside.filter(pl.col("how") == how)["actor"].unique()
            others = passed.filter((pl.col("how") == how) & ~during)["actor"].unique()
            if len(who) > 1 and who.is_in(others.implode()).sum() > self.known * len(who):
                return True
        by = passed.filter(pl.col("how") == ("address" if (passed["how"] == "address").any() else "user"))
        calm = int(by.filter(pl.col("bucket").is_in(self.quiet_))["n"].sum())
        expected = calm / len(self.quiet_) * (stop - begin + 1)
        return expected >= EXPECTED and int(by.filter(during)["n"].sum()) < WORKS * expected

    def _through(
        self, view: View, own: pl.DataFrame, each: pl.DataFrame, inside: pl.DataFrame
    ) -> tuple[pl.DataFrame, float]:
        """First log-ins of these addresses after their failures, and how much more they are than usual.

        People mistype, too: their rate is that of the quiet time.
        """
        first, last = inside.select(pl.min("first"), pl.max("last")).row(0)
        tries = view.attempts.filter(
            (pl.col("act") == "passed")
            & (pl.col("how") == "address")
            & (pl.col("service") == own["service"][0])
            & (pl.col("failed") > 0)
        ).drop_nulls(["time", "template", "actor"])
        mine = tries.filter(pl.col("time").is_between(pl.lit(first), pl.lit(last) + SOON))
        mine = mine.filter((pl.col("before") == 0) & pl.col("actor").is_in(each["actor"].implode()))
        bucket = ((pl.col("time") - pl.lit(view.start)).dt.total_microseconds() // view.width).cast(pl.Int64)
        calm = tries.filter(bucket.is_in(self.quiet_) & (pl.col("before") == 0)).height
        spent = (last - first).total_seconds() * 1e6 / view.width + 1.0
        mean = max(calm / len(self.quiet_) * spent, 0.1)
        return mine, tail(float(mine.height), mean, DISPERSION)


def _which(names: pl.DataFrame, tries: int) -> tuple[str, str]:
    """The technique, and whose passwords are tried, in words. names: actor and n, the commonest last."""
    if not names.height:
        return "T1110", ""
    top, n = names.row(-1)
    if n > HALF * int(names["n"].sum()):
        return "T1110.001", f" for {quote(top, 60)}"
    if names.height >= HALF * tries:
        return "T1110.004", f" for {names.height:,} names"
    return "T1110.003", f" for {names.height:,} names"
