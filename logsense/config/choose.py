"""Which plugins are meant, and which of them come first: what the host asks before it imports anything."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from logsense.config.parts import PluginSettings


class Announced(Protocol):
    """A plugin as its distribution announces it: an entry of a kind."""

    @property
    def kind(self) -> str:
        """Of which kind."""

    @property
    def name(self) -> str:
        """The name of the entry."""

    @property
    def distribution(self) -> str:
        """Whose it is."""

    @property
    def bundled(self) -> bool:
        """Whether it is ours."""


F = TypeVar("F", bound=Announced)


def chosen(found: Iterable[F], settings: PluginSettings) -> list[F]:
    """Those that are to be loaded, first ones first. Ours need not be named by ``load``."""
    return ordered((one for one in found if _wanted(one, settings)), settings.order)


def ordered(found: Iterable[F], order: Sequence[str]) -> list[F]:
    """Those that ``order`` names first, in its order; the others behind them as they were.

    A name is that of a distribution or ``KIND.NAME``; where several fit the first counts.
    """
    places = {name: place for place, name in reversed(list(enumerate(order)))}
    last = len(places) + len(order)
    return sorted(found, key=lambda one: min(places.get(name, last) for name in names(one)))


def names(one: Announced) -> tuple[str, str]:
    """What a list of the settings may call it: its distribution, or kind and name."""
    return one.distribution, f"{one.kind}.{one.name}"


def _wanted(one: Announced, settings: PluginSettings) -> bool:
    if not set(names(one)).isdisjoint(settings.disabled):
        return False
    if one.bundled or settings.load is None:
        return True
    return not {*names(one), one.name}.isdisjoint(settings.load)
