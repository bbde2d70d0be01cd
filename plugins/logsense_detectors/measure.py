"""What the detectors of numbers share: VALUES as series over buckets, what their names say, and load."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import View, error_like
from logsense_detectors.grid import Floats, texts

BY = ("service", "template", "name", "unit")
#: Names that say nothing without a unit: what to call them by it.
_PLAIN = {"s": "time", "bytes": "size", "percent": "share"}
#: Names of shares, which do not say of what.
_SHARES = ("ratio", "rate", "share", "percent", "percentage", "pct")
#: (below so many seconds, seconds of the unit, its name)
_SPANS = (
    (1e-3, 1e-6, "µs"),
    (1.0, 1e-3, "ms"),
    (120.0, 1.0, "s"),
    (7200.0, 60.0, "min"),
    (172800.0, 3600.0, "h"),
)
_IDLE = re.compile(r"^(?:in|for|to|after|about|of|was|is|are|ms|secs|seconds|bytes|with|over|within|every)$")


@dataclass(frozen=True)
class Measure:
    """One number of one message: the buckets it was seen in, in order, its mean and how often in each."""

    service: str
    template: str
    name: str
    unit: str  # "" where unknown
    bucket: NDArray[np.int64]
    mean: Floats
    n: Floats
    form: str | None = None  # where it is of one form of the message alone
    of: str = ""  # the word before the name in the message, where the name is that of a share alone

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        return _PLAIN.get(self.unit, self.name) if _IDLE.match(self.name) else self.name


def measures(view: View, *, least: int) -> list[Measure]:
    """The series of VALUES seen in at least so many buckets, in order of service, template, name, unit."""
    return _series(view, view.values, BY, least)


def form_measures(view: View, *, least: int) -> list[Measure]:
    """The series of FORM_VALUES seen in at least so many buckets, in order of `BY` and form."""
    return _series(view, view.form_values, (*BY, "form"), least)


def _series(view: View, values: pl.DataFrame, by: tuple[str, ...], least: int) -> list[Measure]:
    rows = (
        values.filter((pl.col("n") > 0) & pl.col("sum").is_finite())
        .filter(pl.col("bucket").is_between(0, view.buckets - 1))
        .with_columns(pl.col("unit").fill_null(""), (pl.col("sum") / pl.col("n")).alias("mean"))
        .sort(*by, "bucket")
        .group_by(*by, maintain_order=True)
        .agg("bucket", "mean", pl.col("n").cast(pl.Float64))
        .filter(pl.col("bucket").list.len() >= least)
    )
    said = texts(view)
    return [
        Measure(
            row["service"],
            row["template"],
            row["name"],
            row["unit"],
            np.array(row["bucket"], dtype=np.int64),
            np.array(row["mean"], dtype=np.float64),
            np.array(row["n"], dtype=np.float64),
            row.get("form"),
            _of(row["name"], said.get(row["template"], "")),
        )
        for row in rows.iter_rows(named=True)
    ]


def _of(name: str, text: str) -> str:
    """The word before a name of a share in a message ("hit" of "cache hit ratio=<num>"), else nothing."""
    if name.lower() not in _SHARES:
        return ""
    before = re.search(rf"([A-Za-z]+)[ _-]{re.escape(name)}\b", text)
    return before.group(1).lower() if before else ""


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = files("logsense_detectors").joinpath("measures.toml").read_text(encoding="utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}


def says(name: str, what: str) -> bool:
    """Whether a part of a name is among the words of ``what`` in measures.toml."""
    words = _lists()[what]
    return name in words or not words.isdisjoint(re.split(r"[_.\s-]+", name))


def more_is_good(one: Measure) -> bool:
    """Whether the fall of the number is what to look at: by its name, what it is a share of, or its unit."""
    return says(one.name, "good") or says(one.of, "good") or one.unit.endswith("/s")


def measures_cost(one: Measure) -> bool:
    """Whether the number is, by its name or its unit, a state or a cost, not an amount of work or a count."""
    return any(says(word, "gauges") or says(word, "good") for word in (one.name, one.of)) or one.unit == "s"


def tells(text: str, what: str) -> bool:
    """Whether a word of a message is among the words of ``what`` in measures.toml."""
    return not _lists()[what].isdisjoint(re.findall(r"[a-z]+", text.lower()))


def loads(view: View, quiet: NDArray[np.intp]) -> tuple[Floats, dict[str, Floats]]:
    """How much livelier than in its quiet time the run is, and each service, per bucket; 1 to 5, never less.

    Records that look like errors do not count: they come of trouble, and are no work. Medians of five
    buckets; 1 where too little is said to tell.
    """
    bad = view.templates.select("template", error_like(view.templates).alias("bad"))
    calm = view.counts.join(bad, on="template", how="left").filter(~pl.col("bad").fill_null(value=False))
    calm = calm.filter(pl.col("bucket").is_between(0, view.buckets - 1))
    rows = calm.group_by("service", "bucket").agg(pl.sum("n")).sort("service", "bucket")
    every = np.zeros(view.buckets)
    out = {}
    for (service,), part in rows.group_by("service", maintain_order=True):
        n = np.zeros(view.buckets)
        n[part["bucket"].to_numpy()] = part["n"].to_numpy()
        every += n
        out[str(service)] = _livelier(n, quiet)
    return _livelier(every, quiet), out


def _livelier(n: Floats, quiet: NDArray[np.intp]) -> Floats:
    usual = float(n[quiet].mean())
    if usual < 3.0:
        return np.ones(len(n))
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(np.pad(n, 2, mode="edge"), 5), axis=1)
    return np.clip(smooth / usual, 1.0, 5.0)


def quantity(value: float, unit: str) -> str:
    """A value with its unit as a reader writes it: 340 ms, 1.4 GiB, 71 %, 12."""
    rate = unit.endswith("/s")
    base = unit.removesuffix("/s")
    if base == "s":
        text = _time(value)
    elif base == "bytes":
        text = _size(value)
    else:
        text = _short(value) + (" %" if base == "percent" else f" {base}" if base else "")
    return f"{text}/s" if rate else text


def _short(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 or x == int(x) else f"{x:.3g}"


def _time(x: float) -> str:
    steps = (
        (1e-3, 1e-6, "µs"),
        (1.0, 1e-3, "ms"),
        (120.0, 1.0, "s"),
        (7200.0, 60.0, "min"),
        (172800.0, 3600.0, "h"),
    )
    for limit, unit, name in steps:
        if abs(x) < limit:
            return f"{_short(x / unit)} {name}" if x else "0 s"
    return f"{_short(x / 86400)} d"


def _size(x: float) -> str:
    for unit, name in ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if abs(x) >= unit:
            return f"{x / unit:.3g} {name}"
    return f"{_short(x)} bytes"
