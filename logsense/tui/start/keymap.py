"""Keys of one's own: a TOML file of ``id = "key,key"``. What is wrong in it is said, the rest is used."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from textual.keys import Keys

from logsense import clean
from logsense.errors import ConfigError
from logsense.tui import keys

_NAMED = {key.value for key in Keys}
_HELD = {"ctrl", "shift", "alt", "super", "hyper", "meta"}


@dataclass(frozen=True)
class Keymap:
    """keys: the keys by the id of what they do; remarks: what of the file was not used, and why."""

    keys: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read(path: str) -> Keymap:
    """The keys of a file; ConfigError where it cannot be read or is no TOML."""
    name = clean.name(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
        given = tomllib.loads(text)
    except OSError as error:
        msg = f"the keys of {name} could not be read: {error.strerror}"
        raise ConfigError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f'the keys of {name} are no TOML: {error}. A line of it reads: export = "o,ctrl+e"'
        raise ConfigError(msg) from error
    known = {binding.id for group in keys.groups().values() for binding in group if binding.id}
    used: dict[str, str] = {}
    remarks: list[str] = []
    for id_, value in given.items():
        problem = _problem(id_, value, known)
        if problem:
            remarks.append(f"{name}: {problem}")
        else:
            used[id_] = ",".join(part.strip() for part in value.split(","))
    return Keymap(used, tuple(remarks))


def _problem(id_: str, value: object, known: set[str]) -> str:
    """What is wrong with a line; empty where nothing is."""
    if id_ not in known:
        near = get_close_matches(id_, known, n=1)
        return f"there is no action {id_!r}" + (f"; did you mean {near[0]}?" if near else "")
    if not isinstance(value, str) or not value.strip():
        return f'{id_} must be one key or several, as in "o,ctrl+e"'
    wrong = [part.strip() for part in value.split(",") if not _is_key(part.strip())]
    return f"{id_}: there is no key {wrong[0]!r}" if wrong else ""


def _is_key(text: str) -> bool:
    *held, last = text.split("+") if text != "+" else [text]
    if not set(held) <= _HELD:
        return False
    if len(last) == 1 or text in _NAMED or last in _NAMED:
        return True
    try:
        unicodedata.lookup(last.replace("_", " "))
    except KeyError:
        return False
    return True
