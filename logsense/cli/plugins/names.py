"""Names that settings may call plugins by: a distribution, an entry of one, a thing that an entry brings."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from logsense.clean import safe
from logsense.errors import ConfigError

if TYPE_CHECKING:
    from logsense.config import PluginSettings
    from logsense.host import Found


def unknown(name: str) -> str:
    """Why nothing is called so, with the nearest right name; empty where something is.

    What an entry is called is known without importing it; only for the name of a thing (``detectors.rate``)
    the plugins of its kind are asked.
    """
    from logsense.host import KINDS, find

    found = [one for kind in KINDS for one in find(kind)]
    if name in _announced(found):
        return ""
    kind = name.partition(".")[0]
    things = list(_things((kind,) if kind in KINDS else ("detectors", "rankers", "reporters")))
    if name in things:
        return ""
    # "rate" alone is what many will type.
    meant = [one for one in things if one.partition(".")[2] == name]
    near = meant or get_close_matches(name, [*_announced(found), *things], n=1, cutoff=0.5)
    hint = f"did you mean {safe(' or '.join(near))}?" if near else "logsense plugins list shows what there is"
    return f"nothing that is installed is called {safe(name)!r}; {hint}"


def refuse_unknown(settings: "PluginSettings") -> None:
    """ConfigError, a row each, for names in the settings that nothing has."""
    origins = settings.origins
    named = [
        (name, origins.get(f"{name}.enabled") or origins.get("disable", "")) for name in settings.disabled
    ]
    named += [(name, origins.get(name, "")) for name in settings.keywords]
    rows = [f"{origin}: {why}" for name, origin in dict(named).items() if (why := unknown(name))]
    if rows:
        raise ConfigError("\n".join(rows))


def _announced(found: "Iterable[Found]") -> list[str]:
    from logsense.config.choose import names

    return list(dict.fromkeys(name for one in found for name in names(one)))


def _things(kinds: Iterable[str]) -> Iterable[str]:
    """The things of these kinds, whatever the settings leave out."""
    from logsense.host import DATA, Host

    classes = [kind for kind in kinds if kind not in DATA]
    host = Host(kinds=classes)
    for kind in classes:
        for loaded in getattr(host, kind)():
            yield f"{kind}.{loaded.name}"
