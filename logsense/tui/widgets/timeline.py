"""Counts over the whole run, the windows that are compared in it, and a cursor that says what stood where.

textual-plot 0.10.1 was looked at: it draws curves on axes in a canvas of many rows. Counts side by side, one
row each, say as much in a row as a curve does in six, and need no second package: left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from logsense import report
from logsense.tui.keys import TIMELINE
from logsense.tui.painting import Painted, Piece, width_of

#: Buckets from the first to the one after the last.
Span: TypeAlias = tuple[int, int]

#: Cells that names of rows take.
NAMES = 9
SUSPECT, USUAL = "suspect", "normal"


@dataclass(frozen=True)
class Axis:
    """How buckets lie in time. start: of the first; width: µs of each; buckets: how many."""

    start: datetime
    width: int
    buckets: int

    def time(self, bucket: int) -> datetime:
        """When a bucket begins."""
        return self.start + timedelta(microseconds=bucket * self.width)

    def bucket(self, time: datetime) -> int:
        """The bucket that holds a moment; the nearest where none does."""
        at = (time - self.start) // timedelta(microseconds=self.width)
        return min(max(at, 0), max(self.buckets - 1, 0))


@dataclass(frozen=True)
class Track:
    """One row: its name, a count a bucket, the role in which it is drawn."""

    name: str
    values: tuple[int, ...]
    role: str


@dataclass(frozen=True)
class Marks:
    """Where it began, and when; the suspected window; the normal one, or the buckets that are normal."""

    onset: int | None = None
    began: datetime | None = None
    suspect: Span | None = None
    usual: Span | None = None
    quiet: tuple[int, ...] = ()


class Timeline(Painted, can_focus=True):
    """Rows of counts over the whole width, marks of the windows, a ruler, what stands at the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = list(TIMELINE)
    DEFAULT_CSS = "Timeline { height: auto; }"
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Moved(Message):
        """A window was moved. which: suspect or usual."""

        timeline: "Timeline"
        which: str
        span: Span

        @property
        def control(self) -> "Timeline":
            """The timeline it is about."""
            return self.timeline

    def __init__(self, *, name: str = "") -> None:
        super().__init__(id=name or None)
        self.axis: Axis | None = None
        self.tracks: tuple[Track, ...] = ()
        self.marks = Marks()
        self.short = False

    def show(self, axis: Axis | None, tracks: Sequence[Track], marks: Marks) -> None:
        """What to draw. The cursor goes to the onset where that is another one."""
        moved = marks.onset is not None and marks.onset != self.marks.onset
        self.axis, self.tracks, self.marks = axis, tuple(tracks), marks
        if moved and marks.onset is not None:
            self.cursor = marks.onset
        self.refresh(layout=True)

    # -- drawing -------------------------------------------------------------------------------------
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """The tracks, the windows, the ruler; what stands at the cursor where there is room."""
        return len(self.tracks) + (2 if self.short else 3) if self.axis else 1

    def render_line(self, y: int) -> Strip:
        """One row."""
        return self.paint(self.row(y, self.size.width), self.size.width)

    def row(self, y: int, width: int) -> list[Piece]:
        """One row as pieces."""
        axis, columns = self.axis, max(width - NAMES, 8)
        if axis is None or not axis.buckets:
            return [("dim", "no line has a time: what happened when is not known")] if y == 0 else []
        if y < len(self.tracks):
            return self._track(self.tracks[y], axis, columns)
        rest = y - len(self.tracks)
        if rest == 0:
            return self._windows(axis, columns)
        if rest == 1 and not (self.short and self.has_focus):
            return [("", " " * NAMES), *self._ruler(axis, columns)]
        return self._said(axis, columns)

    def _track(self, track: Track, axis: Axis, columns: int) -> list[Piece]:
        values = [sum(track.values[left:right]) for left, right in parts(axis.buckets, columns)]
        bars = report.sparkline(values, columns)
        at = column(self.cursor, axis.buckets, columns)
        return [
            ("dim", track.name.ljust(NAMES)),
            (track.role, bars[:at]),
            ("found", bars[at : at + 1]),
            (track.role, bars[at + 1 :]),
        ]

    def _windows(self, axis: Axis, columns: int) -> list[Piece]:
        """A sign and a word for each window; the suspect one lies over the normal one."""
        marks, pieces = self.marks, parts(axis.buckets, columns)
        signs = [""] * columns
        usual = set(range(*marks.usual)) if marks.usual else set(marks.quiet)
        for at, (left, right) in enumerate(pieces):
            if usual.intersection(range(left, right)):
                signs[at] = USUAL
            if marks.suspect and left < marks.suspect[1] and right > marks.suspect[0]:
                signs[at] = SUSPECT
        text = ["▔" if sign == SUSPECT else "─" if sign == USUAL else " " for sign in signs]
        told = [_write(word, signs, text) for word in (USUAL, SUSPECT)]
        # What found no room for its word beside its sign is explained before the row.
        name = "windows" if told[0] or USUAL not in signs else f"─{USUAL}"
        return [("dim", name.ljust(NAMES)), *_joined(signs, text)]

    def _ruler(self, axis: Axis, columns: int) -> list[Piece]:
        """From when to when, and where it began."""
        when = report.moments(axis.time(0), axis.time(axis.buckets))
        first, last = when(axis.time(0)), when(axis.time(axis.buckets))
        if self.marks.onset is None:
            return [("dim", first + " " * max(columns - len(first) - len(last), 1) + last)]
        at = column(self.marks.onset, axis.buckets, columns)
        began = when(self.marks.began or axis.time(self.marks.onset))
        mark, left = f"▲ {began}", at
        if at + len(mark) > columns:
            mark, left = f"{began} ▲", at - len(mark) + 1
        head = first if len(first) < left else ""
        tail = last if left + len(mark) + len(last) < columns else ""
        room = columns - left - len(mark) - len(tail)
        return [
            ("dim", head + " " * (left - len(head))),
            ("mark", mark),
            ("dim", " " * max(room, 0) + tail),
        ]

    def _said(self, axis: Axis, columns: int) -> list[Piece]:
        """The time at the cursor and what was counted there."""
        left, right = parts(axis.buckets, columns)[column(self.cursor, axis.buckets, columns)]
        when = report.moments(axis.time(0), axis.time(axis.buckets))
        pieces: list[Piece] = [
            ("head" if self.has_focus else "dim", "at".ljust(NAMES)),
            ("head" if self.has_focus else "", f"{when(axis.time(left))} → {when(axis.time(right))}  "),
        ]
        for track in self.tracks:
            n = sum(track.values[left:right])
            pieces += [("dim", f" {track.name} "), (track.role if n else "dim", f"{n:,}")]
        return pieces if width_of(pieces) <= columns + NAMES else pieces[:-2]

    @property
    def said(self) -> str:
        """All of it as text."""
        height = self.get_content_height(self.size, self.size, self.size.width)
        return "\n".join("".join(text for _, text in self.row(y, self.size.width)) for y in range(height))

    def watch_cursor(self) -> None:
        """What stands there is said."""
        self.refresh()

    def on_focus(self) -> None:
        """Keys go here now, and that is seen."""
        self.refresh()

    def on_blur(self) -> None:
        """As ``on_focus``."""
        self.refresh()

    # -- actions -------------------------------------------------------------------------------------
    @property
    def _step(self) -> int:
        """Buckets of a column."""
        columns = max(self.size.width - NAMES, 8)
        return max(self.axis.buckets // columns, 1) if self.axis else 1

    def action_look(self, by: int) -> None:
        """Put the cursor so many columns on."""
        if self.axis is not None:
            self.cursor = min(max(self.cursor + by * self._step, 0), max(self.axis.buckets - 1, 0))

    def border(self, which: str, side: str) -> None:
        """Put the start or the end of a window at the cursor."""
        if self.axis is None:
            return
        at = self.cursor
        first, last = self._span(which) or (at, at + self._step)
        if side == "start":
            span = (at, last if last > at else at + last - first)
        else:
            end = at + self._step
            span = (first if first < end else end - (last - first), end)
        self._move(which, span)

    def slide(self, which: str, by: int) -> None:
        """Move a window so many columns; it keeps its length."""
        span = self._span(which)
        if span is None or self.axis is None:
            return
        shift = by * self._step
        shift = max(shift, -span[0]) if by < 0 else min(shift, self.axis.buckets - span[1])
        if shift:
            self._move(which, (span[0] + shift, span[1] + shift))

    def _span(self, which: str) -> Span | None:
        marks = self.marks
        return marks.suspect if which == "suspect" else marks.usual or longest(marks.quiet, marks.suspect)

    def _move(self, which: str, span: Span) -> None:
        buckets = self.axis.buckets if self.axis else 0
        inside = (max(span[0], 0), min(span[1], buckets))
        if inside[0] < inside[1]:
            self.post_message(self.Moved(self, which, inside))


def parts(size: int, columns: int) -> list[Span]:
    """The buckets that each column stands for; where there are fewer than columns, each has several."""
    if size >= columns:
        return [(at * size // columns, (at + 1) * size // columns) for at in range(columns)]
    return [(at * size // columns, at * size // columns + 1) for at in range(columns)]


def column(bucket: int, size: int, columns: int) -> int:
    """The first column that stands for a bucket."""
    bucket = min(max(bucket, 0), max(size - 1, 0))
    if size >= columns:
        return ((bucket + 1) * columns - 1) // max(size, 1)
    return -(-bucket * columns // max(size, 1))


def longest(quiet: Sequence[int], without: Span | None) -> Span | None:
    """The longest stretch from the first quiet bucket to the last one that does not touch a window."""
    inside = [bucket for bucket in quiet if bucket >= 0]
    if not inside:
        return None
    span = (min(inside), max(inside) + 1)
    if without is None or without[0] >= span[1] or without[1] <= span[0]:
        return span
    sides = ((span[0], min(span[1], without[0])), (max(span[0], without[1]), span[1]))
    best = max(sides, key=lambda side: side[1] - side[0])
    return best if best[0] < best[1] else None


def _write(word: str, signs: list[str], text: list[str]) -> bool:
    """Put a word into the longest run of its sign, or behind or before one; False where there is no room."""
    runs, begun = list[Span](), -1
    for at, sign in enumerate([*signs, ""]):
        if sign == word and begun < 0:
            begun = at
        elif sign != word and begun >= 0:
            runs.append((begun, at))
            begun = -1
    size = len(word)
    runs.sort(key=lambda run: run[0] - run[1])
    inside = (first + (last - first - size) // 2 for first, last in runs if last - first >= size + 2)
    beside = (at for run in runs for at in (run[1] + 1, run[0] - size - 1) if _blank(text, at, size))
    at = next(inside, next(beside, -1))
    if at < 0:
        return False
    text[at : at + size] = word
    signs[at : at + size] = [word] * size
    return True


def _blank(text: Sequence[str], at: int, size: int) -> bool:
    """Whether there is room for a word, with a blank before and behind it."""
    room = text[max(at - 1, 0) : at + size + 1]
    return at >= 0 and at + size <= len(text) and set(room[1:-1] if at else room[:-1]) == {" "}


def _joined(signs: Sequence[str], text: Sequence[str]) -> list[Piece]:
    """Cells with their signs as pieces."""
    roles = {SUSPECT: "hot", USUAL: "good", "": ""}
    pieces: list[Piece] = []
    for sign, cell in zip(signs, text, strict=True):
        role = roles[sign]
        if pieces and pieces[-1][0] == role:
            pieces[-1] = (role, pieces[-1][1] + cell)
        else:
            pieces.append((role, cell))
    return pieces
