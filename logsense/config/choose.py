"""Which plugins are meant, and which of them come first: what the host asks before it imports anything."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from logsense.config.parts import PluginSettings
from logsense.naming import is_distribution


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
    return ordered((one for one in found if not barred(one, settings)), settings.order)


def ordered(found: Iterable[F], order: Sequence[str]) -> list[F]:
    """Those that ``order`` names first, in its order; the others behind them as they were.

    A name is that of a distribution or ``KIND.NAME``; where several fit the first counts.
    """
    last = len(order)
    return sorted(
        found, key=lambda one: next((at for at, name in enumerate(order) if means(name, one)), last)
    )


def barred(one: Announced, settings: PluginSettings) -> str:
    """Which list of the settings keeps a plugin out, ``disable`` or ``load``; "" where none does."""
    if any(means(name, one) for name in settings.disabled):
        return "disable"
    if one.bundled or settings.load is None:
        return ""
    return "" if any(name == one.name or means(name, one) for name in settings.load) else "load"


def means(name: str, one: Announced) -> bool:
    """Whether a name in a list of the settings is this plugin: its entry, or its distribution."""
    return name == f"{one.kind}.{one.name}" or is_distribution(name, one.distribution)
