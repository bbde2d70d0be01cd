"""What the checks hold and what they let pass: plugins of unusual build, and faults that hide well."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from specimens import good, unusual

from logsense.testing import CheckFailed, calm, checks_for, from_table, planted
from logsense.testing.frames import alike, shuffled
from logsense.testing.hostile import tainted
from logsense.testing.promise import NoExample


def fails(plugin, name, error=CheckFailed):
    """What a check says of a plugin that must fail it."""
    with pytest.raises(error, match=f"^{name}: ") as told:
        checks_for(plugin)[name](plugin)
    return str(told.value)


@pytest.mark.parametrize("kind", [pytest.param(one, id=one.__name__) for one in unusual.ALL])
@pytest.mark.parametrize("made", [False, True], ids=["class", "instance"])
def test_unusual_builds_pass(kind, made):
    """Dataclasses, nested keywords, other orders and widths are no fault, as a class and as an instance."""
    plugin = kind() if made else kind
    for check in checks_for(plugin).values():
        if not (made and check.slow):  # these take long, and make an instance of a class anyway
            check(plugin)


class Loud(unusual.Mean):
    """It cries about every number. Finds: a. Misses: b. Cost: c. Source: d."""

    def fit(self, view):
        super().fit(view)
        self.usual_ = self.usual_.with_columns(pl.col("usual") / 9)
        return self


def test_calm_numbers_are_looked_at_too():
    """A detector of numbers is held to be quiet about calm ones, whether they vary or not."""
    assert "gave a score of 6 or more" in fails(Loud, "quiet_when_calm")
    assert "nothing ever changes" in fails(Loud, "quiet_without_change")


class Raw(good.Detector):
    """It finds what it can show alone. Finds: a. Misses: b. Cost: c. Source: d. at_least: e."""

    finds = ()

    def example(self):
        return replace(planted("new"), templates=planted("new").templates.with_columns(level=pl.lit(None)))

    def rows(self, view):
        said = view.templates.filter(pl.col("text").str.contains("worker refused")).select("template", "text")
        counts = view.counts.join(said, on="template").group_by("service", "template", "text")
        return counts.agg(pl.col("n").sum(), pl.col("first").min(), pl.col("last").max())

    def row(self, view, row):
        return super().row(view, row) | {"sentence": f"{row['service']} said '{row['text']}' 30 times"}


def test_what_only_an_example_shows_is_tainted():
    """A detector that finds nothing in what is planted must make the texts of its own example safe."""
    assert "through api.safe" in fails(Raw, "hostile_sentences")


class Keeps(unusual.Mean):
    """It keeps the largest mean it ever learned. Finds: a. Misses: b. Cost: c. Source: d."""

    def fit(self, view):
        before = getattr(self, "usual_", None)
        super().fit(view)
        if before is not None:
            both = pl.concat([before, self.usual_]).group_by("service", "template").agg(pl.col("usual").max())
            self.usual_ = both
        return self


def test_what_was_learned_of_numbers_is_forgotten():
    """A detector of numbers that keeps what another baseline taught it is found out."""
    assert "still there" in fails(Keeps, "fit_twice")


class Everywhere(good.Detector):
    """All the run is odd. Finds: a. Misses: b. Cost: c. Source: d. at_least: e."""

    def row(self, view, row):
        return super().row(view, row) | {"start": view.counts["first"].min()}


class More(good.Detector):
    """It says more than it shows. Finds: a. Misses: b. Cost: c. Source: d. at_least: e."""

    finds = ("new", "mix")


def test_finding_is_finding_where_it_was_planted():
    """What names the whole run did not find it; a kind that nobody can plant wants an example."""
    assert "where it was planted" in fails(Everywhere, "finds_planted")
    assert "mix cannot be planted" in fails(More, "finds_planted", NoExample)


class Faint(good.Detector):
    """It finds, and scores too low. Finds: a. Misses: b. Cost: c. Source: d. at_least: e."""

    def row(self, view, row):
        return super().row(view, row) | {"score": 1.25}


class Dumb(good.Detector):
    """It finds nothing. Finds: a. Misses: b. Cost: c. Source: d. at_least: e."""

    def detect(self, view):
        return super().detect(view).clear()


def test_how_far_off_a_detector_was_is_told():
    """Who does not find what was planted is told where that is, and the best that it gave instead."""
    said = fails(Faint, "finds_planted")
    assert "in planted('new') from bucket 60 on; the best of its 4 rows is 'new' of 'beta', score 1.2" in said
    assert "it gave no row at all" in fails(Dumb, "finds_planted")


class Leads(good.Ranker):
    """A decade for each two minutes that a candidate leads, without end."""

    def score(self, view, candidates):
        said = super().score(view, candidates).drop("value").join(candidates, on="candidate", how="inner")
        minutes = (pl.lit(candidates["start"].max()) - pl.col("start")).dt.total_minutes()
        return said.select("candidate", "name", "why", value=minutes / 2.0)


def test_rankers_judge_what_began_hours_apart():
    """Evidence that grows with the lead, without end, is found out: small views begin at once."""
    assert "settles everything alone" in fails(Leads, "scores_in_reach")


@dataclass
class Bare:
    name: str = "bare"

    def fetch(self, scheme: str, address: str, folder: object) -> None:
        """Nothing."""


def test_the_docstring_of_a_dataclass_is_nobody_s_words():
    """The signature that a dataclass gets for a docstring describes nothing."""
    assert "say in the docstring" in fails(Bare, "described")


class Open(unusual.Data):
    """It keeps a function in a slot. Finds: a. Misses: b. Cost: c. Source: d. at_least: e. levels: f."""

    __slots__ = ("how_",)

    def fit(self, view):
        self.how_ = lambda: view
        return unusual.Data.fit(self, view)


def test_slots_are_looked_into():
    """State in slots is state: what cannot be pickled there is told."""
    assert "no functions" in fails(Open, "state_plain")


class Now(good.Metrics):
    """It takes the time at which it reads for that of the sample."""

    def series(self, path):
        now = datetime.now(UTC).replace(tzinfo=None)
        return super().series(path).with_columns(time=pl.lit(now, pl.Datetime("us")))


class Infinite(good.Metrics):
    """It lets pass what is not finite where the time is a number that can be read."""

    def example(self):
        rows = [f"cpu {n / 8} {1767323040 + n}" for n in range(9)]
        return {"cpu.txt": "\n".join(["name value time", *rows]) + "\n"}

    def claims(self, name, head):
        return head.startswith("name value time")

    def series(self, path):
        rows = [line.split(" ") for line in path.read_text("utf-8", "replace").splitlines()[1:]]
        frame = pl.DataFrame(
            [row for row in rows if len(row) == 3], ["metric", "value", "time"], orient="row"
        )
        at = pl.col("time").cast(pl.Int64, strict=False) * 1_000_000
        frame = frame.select(
            time=at.cast(pl.Datetime("us")), service=pl.lit("shop"), metric="metric",
            value=pl.col("value").cast(pl.Float64, strict=False), unit=pl.lit(None, pl.String),
        )  # fmt: skip
        return frame.drop_nulls(["time", "value"])


class Mute(unusual.Document):
    """It refuses without a word."""

    def series(self, path):
        try:
            return super().series(path)
        except ValueError:
            raise ValueError from None


def test_readers_are_held_to_times_values_and_words():
    """The time of reading, a value spoilt beside a good time, and a refusal without words are told."""
    assert "is when it was read" in fails(Now, "times_plausible")
    assert "not finite" in fails(Infinite, "dirty_values")
    assert "tells nobody" in fails(Mute, "cut_short")
    assert "it raised ValueError" in fails(type("Lines", (Mute,), {"whole": False}), "cut_short")


class Guess(good.Source):
    """It asks for whatever it is given."""

    def fetch(self, scheme, address, folder):
        self.get(address, folder)


class Strange(good.Source):
    """It knows no scheme."""

    def fetch(self, scheme, address, folder):
        msg = f"{scheme}: unknown scheme"
        raise ValueError(msg)


def test_sources_are_held_to_their_own_words():
    """An empty name handed to a program, and a scheme that the source itself calls unknown, are told."""
    assert "an empty name" in fails(Guess, "empty_address")
    assert "unknown scheme" in fails(Strange, "every_scheme")


def test_last_digits_are_no_difference_and_others_are():
    """Frames are alike where floats differ in the last digits alone; text, order and height tell apart."""
    one = pl.DataFrame({"name": ["a", "b"], "score": [0.1 + 0.2, 1.0]})
    assert alike(one, one.with_columns(score=pl.Series([0.3, 1.0])))
    assert not alike(one, one.with_columns(score=pl.Series([0.3001, 1.0])))
    assert not alike(one, one.reverse())
    assert not alike(one, one.head(1))
    assert alike(shuffled(calm()).counts.sort(pl.all()), calm().counts.sort(pl.all()))


def test_tainted_views_keep_their_texts_and_join_as_before():
    """Each text still begins as it did, services agree between frames, and words are not readable as such."""
    view = from_table(np.ones((2, 9)), ["a", "b"], ["x 1", "y 2"], ["INFO"] * 2)
    odd = tainted(view, services=True)
    assert odd.templates["text"].str.slice(0, 3).sort().to_list() == ["x 1", "y 2"]
    assert odd.counts["service"].str.slice(0, 1).unique().sort().to_list() == ["a", "b"]
    assert odd.counts["service"].n_unique() == 2
    assert view.templates["text"].to_list() != odd.templates["text"].to_list()
