"""All settings with their values and where each comes from, for people to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

from logsense.config.keys import KEYS
from logsense.config.settings import Settings, value_of

DEFAULT = "default"


@dataclass(frozen=True)
class Row:
    """One setting. path: tables and key, as in a file; value: None where it is not set."""

    path: tuple[str, ...]
    value: object
    origin: str


def effective(settings: Settings) -> Iterator[Row]:
    """Every key, then the keywords of what plugins bring."""
    for key in KEYS:
        value, origin = value_of(settings, key)
        yield Row((key.table, key.name), value, origin or DEFAULT)
    plugins = settings.plugins
    for thing in sorted(plugins.keywords):
        for keyword, value in plugins.keywords[thing].items():
            path = (*thing.split(".", 1), keyword)
            yield Row(path, value, plugins.origins.get(f"{thing}.{keyword}", DEFAULT))
