"""Edges that texts tell of: a service whose messages name another one."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl

from logsense.count.rows import Names
from logsense.schema import EDGES

#: Texts searched, the most frequent first; names searched for; letters of the shortest such name.
MOST_TEXTS, MOST_NAMES, SHORTEST = 5_000, 100, 3
#: Work is not believed to have taken longer than this (µs).
LONGEST_WORK = 3_600_000_000
# Rust's regexes look at no neighbour without taking it.
_BEFORE, _AFTER = "(?:^|[^a-z0-9_-])", "(?:$|[^a-z0-9_-])"
#: Who names more than this share of the others, and at least so many, watches them and does not need them.
_WATCHED, _MANY = 0.5, 5


class _Words(NamedTuple):
    words: frozenset[str]
    supervisors: tuple[str, ...]
    address: str
    address_end: str
    caller: str
    caller_end: str
    took: str
    bare: dict[str, float]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("logsense.count").joinpath("edges.toml").read_text(encoding="utf-8"))
    return _Words(
        frozenset(data["words"]),
        tuple(data["supervisors"]),
        data["address"],
        data["address_end"],
        data["caller"],
        data["caller_end"],
        data["took"],
        data["bare"],
    )


def named_edges(rows: pl.DataFrame, keys: pl.DataFrame, names: Names) -> pl.DataFrame:
    """EDGES from names of services in the examples of other services' messages.

    how is "address" where the name stands as a host or a target, else "name". The service that names is
    the caller, unless the words beside the name say that the named one is (``user=``, ``name@database``).
    n counts lines with such messages; first and last are those of the messages' templates. Supervisors
    and watchers name what they look after: that is no edge.
    """
    sought = _sought(rows)
    told = keys.sort(["n", "source", "line", "key"], descending=[True, False, False, False]).head(MOST_TEXTS)
    any_name = f"{_BEFORE}(?:{'|'.join(re.escape(name.lower()) for name in sought)}){_AFTER}"
    texts = (
        names.put(told)
        .with_columns(pl.col("message").str.to_lowercase())
        .filter(~pl.col("service").str.to_lowercase().is_in(_words().supervisors))
        .filter(pl.col("message").str.contains(any_name) if sought else pl.lit(value=False))
        .select("service", "template", "message", "n")
    )
    if not texts.height:
        return EDGES.empty()
    times = rows.group_by("service", "template").agg(pl.min("first"), pl.max("last"))
    hits = pl.concat([_mentions(texts, name) for name in sought]).join(times, on=["service", "template"])
    edges = _unwatched(hits, rows["service"].n_unique()).select(
        "n",
        "how",
        "first",
        "last",
        service=pl.when("calls").then("named").otherwise("service"),
        to=pl.when("calls").then("service").otherwise("named"),
    )
    by = ["service", "to", "how"]
    return (
        edges.group_by(by)
        .agg(pl.sum("n"), pl.min("first"), pl.max("last"))
        .select(list(EDGES.columns))
        .sort(by)
    )


def _unwatched(hits: pl.DataFrame, services: int) -> pl.DataFrame:
    """The mentions without those of services that merely watch all the others (addresses are kept)."""
    others = pl.col("named").filter(pl.col("how") == "name").n_unique().over("service")
    return hits.filter((pl.col("how") != "name") | (others < max(_MANY, _WATCHED * (services - 1))))


def _sought(rows: pl.DataFrame) -> list[str]:
    """Names of services worth looking for: those that are no ordinary words, of the loudest services."""
    loud = rows.group_by("service").agg(pl.sum("n")).sort(["n", "service"], descending=[True, False])
    return [
        name
        for name in loud["service"].to_list()
        if len(name) >= SHORTEST and name.lower() not in _words().words and re.search("[A-Za-z]{2}", name)
    ][:MOST_NAMES]


def _mentions(texts: pl.DataFrame, name: str) -> pl.DataFrame:
    """The texts (in lower case) of other services that name this one, with how it stands there."""
    words, escaped = _words(), re.escape(name.lower())
    message = pl.col("message")
    spoken = texts.filter(
        (pl.col("service").str.to_lowercase() != name.lower())
        & message.str.contains(f"{_BEFORE}{escaped}{_AFTER}")
    )
    addressed = message.str.contains(f"{words.address}{escaped}{_AFTER}") | message.str.contains(
        f"{_BEFORE}{escaped}{words.address_end}"
    )
    return spoken.select(
        "service",
        "template",
        "n",
        named=pl.lit(name),
        how=pl.when(addressed).then(pl.lit("address")).otherwise(pl.lit("name")),
        calls=message.str.contains(f"{words.caller}{escaped}{_AFTER}|{_BEFORE}{escaped}{words.caller_end}")
        & ~addressed,
    )


def durations(samples: pl.DataFrame) -> pl.DataFrame:
    """source, line and took (µs, Int64): how long the work took that a record tells of, where it says so."""
    words, name = _words(), pl.col("name").str.to_lowercase()
    bare = name.replace_strict(words.bare, default=None, return_dtype=pl.Float64)
    stated = (pl.col("unit") == "s") & name.str.contains(words.took)
    seconds = pl.when(stated).then("value").when(pl.col("unit").is_null()).then(pl.col("value") * bare)
    longest = LONGEST_WORK / 1e6
    known = samples.select("source", "line", seconds=seconds).filter(pl.col("seconds").is_between(0, longest))
    return known.group_by("source", "line").agg(took=(pl.max("seconds") * 1e6).cast(pl.Int64))
