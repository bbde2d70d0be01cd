"""Windows that somebody chose: what is suspected, and what is usual, in buckets of a view."""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from logsense.analysis import Span, Windows
from logsense.detect.baseline import LEAST, baseline
from logsense.errors import ConfigError
from logsense.schema import View

#: What the suspected window and the usual one are called where something is wrong with them.
SUSPECT, USUAL = "the suspected window", "the usual window"


def windowed(view: View, windows: Windows) -> View:
    """The view with its baseline, and with what of it is judged, as the windows say where they say anything.

    Of the suspected window every bucket it touches is judged, of the usual one those tell what is usual that
    lie in it whole: what happens at their common border is judged. ConfigError for a window that cannot be.
    """
    if windows.suspect and windows.usual:
        apart(windows.suspect, windows.usual, SUSPECT, USUAL)
    chosen = view
    if windows.suspect:
        # Only what is judged has its records in the answer; a window within --since and --until stays there.
        low, high = touched(view, windows.suspect, SUSPECT, view.judged or (0, view.buckets))
        chosen = replace(view, judged=(low, high))
    if not windows.usual:
        quiet, how = baseline(chosen)
        return replace(chosen, quiet=quiet, how=how)
    quiet = held(view, windows.usual, USUAL, least=LEAST)
    # Not the known-good logs: their real times are not those of the baseline any more.
    return replace(chosen, quiet=quiet, how=f"the window chosen: {spoken(windows.usual)}", usual=None)


def run_of(view: View) -> tuple[int, int]:
    """The buckets of the run itself: not those of known-good logs, whose times are other ones here."""
    whole = 0, view.buckets
    return (view.judged or whole) if view.seams else whole  # a seam lies where they end and the run begins


def touched(view: View, span: Span, name: str, within: tuple[int, int]) -> tuple[int, int]:
    """First bucket that a window touches, and one more than the last."""
    begin, end = _exact(view, span, name, within)
    low, high = max(int(begin // 1), within[0]), min(int(-(-end // 1)), within[1])
    _holding(view, (low, high), span, name, within)
    return low, high


def held(view: View, span: Span, name: str, *, least: int = 1) -> tuple[int, ...]:
    """The buckets that lie in a window whole, as far as the run goes; ConfigError for too few."""
    within = run_of(view)
    begin, end = _exact(view, span, name, within)
    low, high = max(int(-(-begin // 1)), within[0]), min(int(end // 1), within[1])
    if high - low < least:
        step, there = view.width / 1e6, max(high - low, 0)
        whole = f"{there} whole bucket{'s' if there != 1 else ''} of {step:g} s"
        enough = f"{step * (least + 1):g} s or more"  # wherever it begins
        msg = f"{name} ({spoken(span)}) holds {whole}; it takes {least}: give it {enough}"
        raise ConfigError(msg)
    _holding(view, (low, high), span, name, within)
    return tuple(range(low, high))


def apart(one: Span, other: Span, its: str, others: str) -> None:
    """ConfigError for two windows that overlap."""
    if one[0] < other[1] and other[0] < one[1]:
        msg = f"{its} ({spoken(one)}) and {others} ({spoken(other)}) overlap: they must lie apart"
        raise ConfigError(msg)


def spoken(span: Span) -> str:
    """A window in words: with dates where it does not begin and end on one day."""
    start, end = span
    if start.date() == end.date():
        return f"{_clock(start)} to {_clock(end)}"
    return f"{start:%Y-%m-%d} {_clock(start)} to {end:%Y-%m-%d} {_clock(end)}"


def _clock(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds" if time.microsecond else "seconds").partition("T")[2]


def _exact(view: View, span: Span, name: str, within: tuple[int, int]) -> tuple[float, float]:
    """Where a window begins and ends, in buckets; ConfigError unless it is one and meets the run."""
    if view.start is None:
        msg = "no line of these logs has a time: no window of time can be chosen"
        raise ConfigError(msg)
    start, end = span
    if start >= end:
        msg = f"{name} begins at {start} and ends at {end}: it must end after it begins"
        raise ConfigError(msg)
    step = timedelta(microseconds=view.width)
    begin, stop = (start - view.start) / step, (end - view.start) / step
    if begin >= within[1] or stop <= within[0]:
        msg = f"{name} ({start} to {end}) lies outside the run: {_possible(view, within)}"
        raise ConfigError(msg)
    return begin, stop


def _holding(view: View, buckets: tuple[int, int], span: Span, name: str, within: tuple[int, int]) -> None:
    """ConfigError where no record lies in these buckets."""
    inside = pl.col("bucket").is_between(buckets[0], buckets[1] - 1)
    if view.counts.filter(inside).is_empty():
        msg = f"{name} ({spoken(span)}) holds no records; {_possible(view, within)}"
        raise ConfigError(msg)


def _possible(view: View, within: tuple[int, int]) -> str:
    """From when to when a window may lie, in words."""
    records = view.counts.filter(pl.col("bucket").is_between(within[0], within[1] - 1))
    first, last = records["first"].min(), records["last"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return "there is no record that it could hold"
    return f"records lie between {first} and {last}"
