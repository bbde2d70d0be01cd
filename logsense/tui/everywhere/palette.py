"""The palette: every action that works here by its name, the incidents by their sentence, the files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from logsense import report
from logsense.tui.page import Page

#: Files offered before anything is typed: with thousands, the actions would drown among them.
FILES = 5


@dataclass(frozen=True)
class Entry:
    """What can be chosen: a name, what it does, the call."""

    name: str
    about: str
    run: Callable[[], Any]


class Everything(Provider):
    """In place of Textual's own commands, of which none is about logs.

    Foreign text goes in as ``Content``, which is never read as markup: a plain ``str`` would be.
    """

    async def discover(self) -> Hits:
        """All that there is, before something is typed."""
        for entry in (*self._actions(), *self._incidents(), *list(self._files())[:FILES]):
            yield DiscoveryHit(Content(entry.name), entry.run, text=entry.name, help=_content(entry.about))

    async def search(self, query: str) -> Hits:
        """What fits, with the letters that made it fit marked."""
        matcher = self.matcher(query)
        for entry in (*self._actions(), *self._incidents(), *self._files()):
            # Not matcher.highlight: it reads the name as markup.
            score, places = matcher.fuzzy_search.match(query, entry.name)
            if score <= 0:
                continue
            if entry.name.lower().startswith(query.lower()):
                score *= 2  # what one begins to write is meant, whatever letters are strewn over other names
            shown = Content(entry.name)
            for place in places:
                shown = shown.stylize(matcher.match_style, place, place + 1)
            yield Hit(score, shown, entry.run, text=entry.name, help=_content(entry.about))

    def _actions(self) -> Iterator[Entry]:
        seen = set()
        # What the page is about comes first, moving about in it last.
        order = {self.screen: 0, self.app: 1}
        for active in sorted(self.screen.active_bindings.values(), key=lambda one: order.get(one.node, 2)):
            binding = active.binding
            if not active.enabled or not binding.tooltip or binding.action in seen:
                continue
            seen.add(binding.action)
            run = partial(self.app.run_action, binding.action, active.node)
            yield Entry(f"{binding.description}  ({shown_key(binding)})", binding.tooltip, run)

    def _incidents(self) -> Iterator[Entry]:
        page = self.screen
        if not isinstance(page, Page) or page.session.analysis is None:
            return
        for number, incident in enumerate(page.session.analysis.incidents, 1):
            about = f"{incident.severity} {incident.kind}, {', '.join(incident.services)}"
            run = partial(page.triage.open, f"incident/{incident.id}")
            yield Entry(report.one_row(f"#{number} {incident.summary}"), report.one_row(about), run)

    def _files(self) -> Iterator[Entry]:
        page = self.screen
        if not isinstance(page, Page) or page.session.analysis is None:
            return
        for name, lines in page.session.analysis.sources.select("path", "lines").iter_rows():
            run = partial(page.triage.open, f"lines/{name}:1")
            yield Entry(report.one_row(f"file {name}"), f"its {report.count(lines, 'line')}", run)


def shown_key(binding: Binding) -> str:
    """The key of a binding, as people write it."""
    from textual.keys import format_key

    return binding.key_display or format_key(binding.key)


def _content(text: str) -> str:
    """A text that is not markup; Textual takes a Content here, though its annotation says str."""
    return cast("str", Content(text))
