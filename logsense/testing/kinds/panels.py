"""The checks of panels: each is shown on real screens without a terminal, on small runs.

The page of panels contains what a panel raises; here it is a failure of the check.
"""

import asyncio
import contextlib
import io
import pickle
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from logsense.analysis import Analysis
from logsense.api import hookimpl
from logsense.config import Settings
from logsense.host import Host
from logsense.schema import COUNTS, View
from logsense.testing import classes
from logsense.testing.analyses import analysis_of, busy, evil
from logsense.testing.cases import calm, planted
from logsense.testing.hostile import hostile
from logsense.testing.promise import dear, need, table

#: The sizes that every panel must work at: the smallest terminal people use, a usual one, a narrow pane.
SIZES = ((80, 24), (160, 48), (40, 10))


@dataclass
class Seen:
    """What came of showing a panel: the rows of the screen, and why it failed."""

    rows: list[str] = field(default_factory=list)
    failures: tuple[str, ...] = ()


def seen(
    panel: object, analysis: Analysis, size: tuple[int, int] = SIZES[0], keys: Sequence[str] = ()
) -> Seen:
    """Show a panel on the page of panels, press keys, and tell what stands there."""
    return asyncio.run(_seen(panel, analysis, size, keys))


async def _seen(panel: object, analysis: Analysis, size: tuple[int, int], keys: Sequence[str]) -> Seen:
    out = Seen()

    async def look(app: Any, pilot: Any) -> None:
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        page = app.screen
        strips = page._compositor.render_strips(app.size)  # noqa: SLF001 - Textual has no public way
        out.rows = ["".join(segment.text for segment in strip) for strip in strips]

    out.failures = await _shown(panel, analysis, size, look)
    return out


async def _shown(
    panel: object,
    analysis: Analysis,
    size: tuple[int, int],
    then: Callable[[Any, Any], Awaitable[None]],
) -> tuple[str, ...]:
    from logsense.tui.app import Triage
    from logsense.tui.session import Session

    plugin = SimpleNamespace(register_panels=hookimpl(lambda: [type(panel)]))
    host = Host(kinds=("panels",), objects=[("panels", "checked", plugin)], installed=False)
    session = Session(("logs",), Settings.resolve({}), analysis=analysis, reading=False, panels=host)
    app = Triage(session, at=f"panels/{getattr(panel, 'name', '')}")
    async with app.run_test(size=size) as pilot:
        for _ in range(3):
            await pilot.pause()
            await app.workers.wait_for_complete()
        await then(app, pilot)
        await pilot.pause()
        return tuple(f"{one.hook}: {one.reason}" for one in host.failures)


def _well(panel: Any, view: View, size: tuple[int, int] = SIZES[0], keys: Sequence[str] = ()) -> list[str]:
    found = seen(panel, analysis_of(view), size, keys)
    need(not found.failures, f"it failed: {'; '.join(found.failures)}")
    return found.rows


def titled(panel: Any) -> None:
    """The class has a title that people can read: one short line."""
    title = getattr(type(panel), "title", None)
    need(isinstance(title, str) and title.strip() == title != "", f"title is {title!r}")
    need(str(title).isprintable() and len(str(title)) <= 40, f"a title is one line of at most 40: {title!r}")


def draws_at_every_size(panel: Any) -> None:
    """It draws something in a small terminal, a large one and a narrow pane."""
    for size in SIZES:
        rows = _well(panel, planted("new"), size)
        need(any(row.strip() for row in rows[1:-2]), f"nothing is drawn at {size[0]}×{size[1]}")


def draws_where_nothing_is(panel: Any) -> None:
    """Runs without records, without times, of one record or one template are no cause for an exception."""
    base = calm()
    one = base.counts.head(1)
    there = base.templates.join(one, on="template", how="semi")
    for view in (
        replace(
            base, start=None, buckets=0, quiet=(), counts=COUNTS.empty(), templates=base.templates.clear()
        ),
        replace(base, start=None, quiet=(), counts=COUNTS.empty()),
        replace(base, buckets=1, quiet=(), counts=one, templates=there),
        replace(base, judged=(40, 60)),
        calm(templates=0),
    ):
        _well(panel, view)


def same_twice(panel: Any) -> None:
    """The same run is drawn the same twice, whatever the order of its rows."""
    view = planted("new")
    mixed = replace(view, counts=view.counts.sample(fraction=1.0, shuffle=True, seed=7))
    first = _well(panel, view)
    need(first == _well(panel, view), "two calls differ: no randomness without a fixed seed")
    need(first == _well(panel, mixed), "sort before relying on an order of rows")


def analysis_unchanged(panel: Any) -> None:
    """The frames are as they were."""
    view = planted("new")
    before = pickle.dumps(view)
    _well(panel, view)
    need(before == pickle.dumps(view), "an Analysis is shared by all: copy before changing")


def foreign_text(panel: Any) -> None:
    """Services and messages of escapes, markup and odd characters are text like any other."""
    for size in SIZES:
        for row in _well(panel, hostile(services=True), size):
            need(row.isprintable(), f"text of logs must go through api.safe: {row.strip()!r}")


def keys_work(panel: Any) -> None:
    """Each of its keys may be pressed at any time, has words for the help, and leaves Esc and q alone."""

    async def press(app: Any, pilot: Any) -> None:
        page, host = app.screen, app.session.panels
        focused = app.focused
        own = () if focused is None else tuple(type(focused).BINDINGS)
        for binding in own:
            action = getattr(binding, "action", "")
            need(bool(getattr(binding, "tooltip", "")), f"the help shows no key without a tooltip: {binding}")
            taken = {"escape", "q"} & set(str(getattr(binding, "key", "")).split(","))
            need(not taken, f"{', '.join(taken)} belongs to the screens: {binding}")
            for key in str(binding.key).split(","):
                await pilot.press(key)
                await pilot.pause()
                need(not host.failures, f"key {key} ({action}) failed: {host.failures[:1]}")
                if app.screen is not page:  # it asked for a place
                    await pilot.press("minus")
                    await pilot.pause()

    for view in (planted("new"), replace(calm(), start=None, counts=COUNTS.empty())):
        asyncio.run(_shown(panel, analysis_of(view), SIZES[0], press))


def stdout_silent(panel: Any) -> None:
    """Nothing is printed: the terminal belongs to the screens."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        type(panel)().widget(analysis_of(planted("new")))
    need(not out.getvalue() + err.getvalue(), "do not print")


def whole_analyses(panel: Any) -> None:
    """Runs with incidents, changes and failed plugins are drawn, hostile texts and all."""
    for analysis in (busy(), evil()):
        found = seen(panel, analysis)
        need(not found.failures, f"it failed: {'; '.join(found.failures)}")
        odd = [row for row in found.rows if not row.isprintable()]
        need(not odd, f"text of logs must go through api.safe: {odd[:1]}")


CHECKS = table(
    classes.named,
    titled,
    classes.described,
    classes.parameters_keyword_only,
    classes.parameters_stored,
    classes.typed,
    stdout_silent,
    *map(
        dear,
        (
            draws_at_every_size,
            draws_where_nothing_is,
            same_twice,
            analysis_unchanged,
            foreign_text,
            whole_analyses,
            keys_work,
        ),
    ),
    classes.light_import,
)
