"""Which metrics are resources, by the words of their names; the words are data (resources.toml)."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent / "resources.toml"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z]+\d*|%")


@dataclass(frozen=True)
class Family:
    """A sort of resource: its name, what a service did when it ran short, and the sign of that (1, -1)."""

    name: str
    says: str
    sign: int
    words: frozenset[str]
    beside: frozenset[str]
    without: frozenset[str]


def family(metric: str) -> Family | None:
    """The resource that a metric measures; None for all else."""
    words = words_of(metric)
    out, families = _known()
    if words & out:
        return None
    return next(
        (
            one
            for one in families
            if words & one.words and (not one.beside or words & one.beside) and not words & one.without
        ),
        None,
    )


def families(metrics: Iterable[str]) -> dict[str, Family]:
    """The resources among these metrics."""
    told = ((metric, family(metric)) for metric in sorted(set(metrics)))
    return {metric: one for metric, one in told if one is not None}


def words_of(metric: str) -> frozenset[str]:
    """The words of a name; the values of labels in it count as well."""
    return frozenset(_WORD.findall(_CAMEL.sub(" ", metric).lower()))


@cache
def _known() -> tuple[frozenset[str], tuple[Family, ...]]:
    data = tomllib.loads(_HERE.read_text("utf-8"))
    made = tuple(
        Family(
            name=one["name"],
            says=one["says"],
            sign={"up": 1, "down": -1}[one["worse"]],
            words=frozenset(one["words"]),
            beside=frozenset(one.get("with", ())),
            without=frozenset(one.get("without", ())),
        )
        for one in data["family"]
    )
    return frozenset(data["out"]["words"]), made
