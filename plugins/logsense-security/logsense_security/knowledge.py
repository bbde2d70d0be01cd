"""What is known of techniques: names and tactics, and the words that tell of them (the TOML beside this)."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Technique(NamedTuple):
    """A technique of MITRE ATT&CK: its id (``T1110.001``), its name, and the tactics it serves."""

    id: str
    name: str
    tactics: tuple[str, ...]


class Family(NamedTuple):
    """Messages that tell of a technique.

    pattern, excepted, grave, spared: regexes in Rust's syntax, "" for none. what: in words. decades: how much
    rarer they are on a healthy day than another new message. samples fit the pattern, near ones do not.
    grave: those that are an incident alone, unless messages of any service that fit spared stand near.
    """

    technique: Technique
    what: str
    decades: float
    pattern: str
    excepted: str
    samples: tuple[str, ...]
    near: tuple[str, ...]
    grave: str = ""
    spared: str = ""


@cache
def techniques() -> dict[str, Technique]:
    """All techniques that are told here, by id."""
    known = _toml("techniques.toml")["technique"]
    return {id_: Technique(id_, one["name"], tuple(one["tactics"])) for id_, one in known.items()}


@cache
def families(kind: str) -> tuple[Family, ...]:
    """The families of words: ``telling`` (new ones are told) or ``surge`` (more than usual is told)."""
    return tuple(
        Family(
            techniques()[one["technique"]],
            one["what"],
            float(one.get("decades", 0.0)),
            "(?i)" + "|".join(f"(?:{words})" for words in one["words"]),
            _regex(one.get("except")),
            tuple(one["samples"]),
            tuple(one["near"]),
            _regex(one.get("grave")),
            _regex(one.get("spared")),
        )
        for one in _toml("words.toml")[kind]
    )


def _regex(pattern: str | None) -> str:
    return f"(?i){pattern}" if pattern else ""


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("logsense_security").joinpath(name).read_text(encoding="utf-8"))
