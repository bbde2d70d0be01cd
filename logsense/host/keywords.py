"""The keywords that settings give to plugins, held against what their constructors take."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from logsense.clean import safe
from logsense.config import PluginSettings, Problem
from logsense.host.load import Loaded


def given(
    kind: str, loaded: Sequence[Loaded], settings: PluginSettings, *, whole: bool
) -> tuple[list[Loaded], list[Problem]]:
    """The things of a kind, each with its keywords; and what is wrong with these, with the nearest right one.

    whole: whether these are all that is installed; only then is a name that none bears wrong.
    """
    wanted = {
        key.partition(".")[2]: (key, values)
        for key, values in settings.keywords.items()
        if key.startswith(f"{kind}.")
    }
    names = sorted({one.name for one in loaded})
    problems = [
        Problem(safe(f"there is no {key}; {_nearest(name, names)}"), _where(key, settings))
        for name, (key, _) in wanted.items()
        if name not in names and whole
    ]
    made = []
    for one in loaded:
        key, values = wanted.get(one.name, ("", {}))
        for keyword, value in values.items():
            if why := _wrong(one, f"{key}.{keyword}", keyword, value):
                problems.append(Problem(safe(why), _where(f"{key}.{keyword}", settings)))
        made.append(replace(one, keywords=dict(values)) if values else one)
    return made, problems


def _wrong(one: Loaded, key: str, keyword: str, value: object) -> str:
    """Why a keyword or its value may not be; "" where it may."""
    if keyword not in one.parameters:
        nearest = _nearest(keyword, sorted(one.parameters))
        return "" if one.open else f"{key}: {one.name} has no keyword {keyword!r}; {nearest}"
    wanted = _type(one.parameters[keyword])
    fits = wanted is None or _fits(value, one.parameters[keyword])
    return "" if fits else f"{key} is {value!r}; it must be {wanted}"


def _type(default: object) -> str | None:
    """What a keyword must be, as far as its default tells."""
    for kind, words in _TYPES.items():
        if isinstance(default, kind) and not (isinstance(default, str) and default.startswith("<")):
            of = {_OF.get(type(one)) for one in default} if isinstance(default, tuple) else set()
            return f"{words} of {of.pop()}" if len(of) == 1 and None not in of else words
    return None


#: bool comes before int, which it is one of.
_TYPES: Mapping[type, str] = {
    bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list",
}  # fmt: skip


#: What the items of a list must be, where those of its default are of one type.
_OF: Mapping[type, str] = {bool: "true or false", int: "numbers", float: "numbers", str: "texts"}


def _like(value: object, of: tuple[object, ...]) -> bool:
    """Whether an item of a list is like those of the default: anything will do where these tell nothing."""
    if not of:
        return True
    if {type(one) for one in of} <= {int, float}:
        return _fits(value, 0.0)  # whether whole numbers may be others, too, is a plugin's to judge
    return any(_fits(value, one) for one in of)


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float))
    if isinstance(default, tuple):
        return isinstance(value, (list, tuple)) and all(_like(one, default) for one in value)
    return isinstance(value, type(default))


def _where(key: str, settings: PluginSettings) -> str:
    """Where a key was written; of a table, where the first of its keys was."""
    origin = settings.origins.get(key) or next(
        (where for name, where in settings.origins.items() if name.startswith(f"{key}.")), ""
    )
    return safe(origin)


def _nearest(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(names) or 'none'}"
