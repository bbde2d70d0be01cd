"""Keeps what a panel raises inside: Textual ends the app at the first exception, wherever it comes from.

Widgets of a panel, and those they mount, are wrapped when they are registered: what the screen asks of them
(draw, measure, may this key be used) has a harmless answer where they raise. What they raise in handlers,
timers, workers and actions arrives at ``Contained``, which knows from the traceback whose it is.
"""

from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, Protocol

from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerFailed

from logsense.host import CONTAINED

#: The attribute of a widget that says what stands around it.
MARK = "logsense_fence"


class Fence(Protocol):
    """What stands around the widgets of a panel. package: where the code of the plugin lies."""

    package: str

    @property
    def broken(self) -> bool:
        """Whether something was raised inside: nothing in there is asked any more."""

    def failed(self, hook: str, error: BaseException) -> None:
        """Something was raised inside."""


def fence_of(node: object) -> Fence | None:
    """What stands around a widget."""
    return getattr(node, MARK, None)


def fence_in(widget: Widget, fence: Fence) -> None:
    """Wrap a widget of a panel that is about to be registered. Raises where its style sheet is wrong.

    A wrong sheet would stay with the app, and every later widget of any page would fail for it.
    """
    if fence_of(widget) is not None:
        return
    for _, css, _, scope in widget._get_default_css():  # noqa: SLF001 - Textual has no public way
        sheet = Stylesheet(variables=widget.app.get_css_variables())
        sheet.add_source(css, is_default_css=True, scope=scope)
        sheet.parse()
    setattr(widget, MARK, fence)
    _wrap(widget, fence, "render_lines", "render", lambda crop: [Strip.blank(crop.width)] * crop.height)
    _wrap(widget, fence, "render_line", "render", lambda _: Strip.blank(widget.size.width))
    _wrap(widget, fence, "get_content_width", "layout", lambda *_: 1)
    _wrap(widget, fence, "get_content_height", "layout", lambda *_: 1)
    _wrap(widget, fence, "check_action", "keys", lambda *_: False)
    _wrap(widget, fence, "allow_focus", "focus", lambda: False)
    _wrap(widget, fence, "allow_focus_children", "focus", lambda: False)
    dispatch = widget._dispatch_message  # noqa: SLF001 - as above

    async def dispatched(message: Message) -> None:
        try:
            await dispatch(message)
        except CONTAINED as error:  # a plugin may raise anything; it is named on the page
            fence.failed(type(message).__name__.lower(), error)

    setattr(widget, "_dispatch_message", dispatched)  # noqa: B010 - mypy forbids to assign to a method


def _wrap(widget: Widget, fence: Fence, method: str, hook: str, instead: Callable[..., Any]) -> None:
    asked = getattr(widget, method)

    def answered(*given: Any, **named: Any) -> Any:
        if fence.broken:
            return instead(*given, **named)
        try:
            return asked(*given, **named)
        except CONTAINED as error:
            fence.failed(hook, error)
            return instead(*given, **named)

    setattr(widget, method, answered)


def whose(error: BaseException, fences: Sequence[Fence]) -> Fence | None:
    """The fence behind which an error began: by the widgets in its traceback, or the code of the plugin."""
    if isinstance(error, WorkerFailed):
        error = error.error
    trace = error.__traceback__
    found: Fence | None = None
    while trace is not None:
        found = _of_frame(trace.tb_frame, fences) or found
        trace = trace.tb_next
    return found


def _of_frame(frame: FrameType, fences: Sequence[Fence]) -> Fence | None:
    here = frame.f_locals.get("self")
    node = here.node if isinstance(here, Worker) else here
    fence = fence_of(node) if isinstance(node, DOMNode) else None
    if fence is None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        fence = next((one for one in fences if one.package == package), None)
    return fence


class Contained(MessagePump):
    """For the app and the page: an error of a panel that arrives in their own loop does not end it."""

    def fences(self) -> Sequence[Fence]:
        """The fences there are."""
        return ()

    def contain(self, hook: str, error: BaseException) -> bool:
        """Whether the error is that of a panel, which is now told."""
        fence = whose(error, self.fences())
        if fence is not None:
            fence.failed(hook, error)
        return fence is not None

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except CONTAINED as error:
            if not self.contain(type(message).__name__.lower(), error):
                raise
