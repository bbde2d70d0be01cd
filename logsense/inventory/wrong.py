"""All that is wrong in the settings of plugins: names that nothing has, keywords that nothing takes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from logsense.config import PluginSettings, Problem, refuse
from logsense.inventory.named import misnamed


def refuse_all(settings: PluginSettings, problems: Iterable[Problem] = ()) -> None:
    """ConfigError that tells these problems, and what is wrong in the settings of plugins beside them.

    problems: what was found wrong before; ``settings`` are what could be had without that. Where there are
    any, it is not sure whose code may run: then none is asked but ours.
    """
    known = list(problems)
    asked = replace(settings, load=()) if known else settings
    refuse([*known, *_told(settings, asked)])


def in_vain(settings: PluginSettings) -> list[Problem]:
    """The names in lists that say what may run, and how, that nothing has: they keep nothing out, or all.

    No code of others is run to know it: what their entries bring is taken on trust.
    """
    lists = replace(settings, order=(), keywords={})
    if not (lists.load or lists.disabled or lists.trusted):
        return []
    return list(misnamed(lists, replace(settings, load=(), trusted=())))


def _told(settings: PluginSettings, asked: PluginSettings) -> Iterator[Problem]:
    """Names that nothing has first; what keywords say of the same lines after that is nothing new."""
    odd = list(misnamed(settings, asked))
    yield from odd
    kinds = dict.fromkeys(name.partition(".")[0] for name in settings.keywords)
    if not kinds:
        return
    from logsense.host import Host  # loads Polars

    with Host(kinds=kinds, plugins=asked) as host:
        yield from (one for one in host.misfits() if one.origin not in {name.origin for name in odd})
