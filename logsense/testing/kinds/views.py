"""Checks that detectors and rankers share: the same answer, whatever form the view comes in."""

import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from logsense.schema import SERIES, View
from logsense.testing import frames
from logsense.testing.cases import besides, calm, from_table
from logsense.testing.frames import run, views_for
from logsense.testing.hostile import hostile, tainted
from logsense.testing.promise import dear, need

#: CPU seconds for ten thousand templates.
PATIENCE = 20.0
#: How much more CPU four times the rows may cost, and below how many seconds nobody minds.
STEEPEST, CHEAP = 9.0, 0.7


def empty_frame(plugin: Any) -> None:
    """A view without rows gives no rows and no exception."""
    need(run(plugin, frames.empty(calm())).height == 0, "nothing can be found where there is nothing")


def one_row(plugin: Any) -> None:
    """A view of a single record is no cause for an exception."""
    run(plugin, frames.one_record(calm()))


def one_template(plugin: Any) -> None:
    """A view of one template is no cause for an exception."""
    run(plugin, calm(templates=0))


def one_bucket(plugin: Any) -> None:
    """A run of a single bucket is no cause for an exception."""
    run(plugin, replace(calm(buckets=1), quiet=(0,)))


def no_baseline(plugin: Any) -> None:
    """A view without a baseline is no cause for an exception."""
    for _, view in views_for(plugin):
        run(plugin, replace(view, quiet=()))


def no_times(plugin: Any) -> None:
    """A run in which nothing has a time is no cause for an exception."""
    base = calm()
    run(plugin, replace(base, start=None, quiet=(), counts=base.counts.clear()))


def nulls(plugin: Any) -> None:
    """Levels, units and times may be null wherever the schema says so."""
    for _, view in views_for(plugin):
        run(plugin, frames.without_nullable(view))


def odd_times(plugin: Any) -> None:
    """Runs of 1970 and of the far future are runs like others."""
    for _, view in views_for(plugin):
        for start in (datetime(1970, 1, 1), datetime(2999, 12, 31, 23, 59)):
            run(plugin, frames.moved(view, start))


def far_baseline(plugin: Any) -> None:
    """A baseline whose buckets are no longer in the view (numbers below 0) is no cause for an exception."""
    for _, view in views_for(plugin):
        run(plugin, frames.far_baseline(view))


def later_columns(plugin: Any) -> None:
    """Columns that later versions may bring change nothing."""
    for name, view in views_for(plugin):
        _same(plugin, name, view, frames.widened, "take the columns you need by name")


def other_frames(plugin: Any) -> None:
    """Frames that it does not look at may have rows: metrics of some service, for one."""
    rows = [
        {"time": datetime(2026, 1, 2, 3, 4, i), "service": "elsewhere", "metric": "load", "value": float(i)}
        for i in range(60)
    ]
    for _, view in views_for(plugin):
        run(plugin, replace(view, series=pl.concat([view.series, SERIES.of(rows)])))


def same_twice(plugin: Any) -> None:
    """The same view gives the same frame twice."""
    for name, view in views_for(plugin):
        _same(plugin, name, view, lambda view: view, "two calls differ: no randomness without a fixed seed")


def rows_shuffled(plugin: Any) -> None:
    """The order of a view's rows changes nothing but the last digits of sums."""
    for name, view in views_for(plugin):
        same = frames.alike(run(plugin, view), run(plugin, frames.shuffled(view)))
        need(same, f"{name}: sort before relying on an order of rows")


def in_chunks(plugin: Any) -> None:
    """Frames put together of many pieces give what frames of one piece give."""
    for name, view in views_for(plugin):
        same = frames.alike(run(plugin, view), run(plugin, frames.chunked(view)))
        need(same, f"{name}: do not rely on how a frame lies in memory")


def _same(plugin: Any, name: str, view: View, change: Callable[[View], View], why: str) -> None:
    need(run(plugin, view).equals(run(plugin, change(view))), f"{name}: {why}")


def view_unchanged(plugin: Any) -> None:
    """The view is as it was before the call."""
    for name, view in views_for(plugin):
        mine = frames.copied(view)
        before = pickle.dumps(frames.copied(mine))
        run(plugin, mine)
        # Copied again: what is compared must not depend on buffers that polars may have put in order.
        need(before == pickle.dumps(frames.copied(mine)), f"{name}: a view is shared: copy before changing")


def hostile_text(plugin: Any) -> None:
    """Templates and services of escapes, markup and broken regexes are text like any other."""
    for services in (False, True):
        run(plugin, hostile(services=services))
        if callable(example := getattr(plugin, "example", None)):
            run(plugin, tainted(example(), services=services))


@dear
def many_templates(plugin: Any) -> None:
    """Ten thousand templates take seconds of CPU, not minutes."""
    spent = _spent(plugin, _crowd(10_000))
    need(spent < PATIENCE, f"{spent:.0f} s for 10,000 templates: work on columns")


@dear
def linear_time(plugin: Any) -> None:
    """Four times the templates take about four times the CPU."""
    large = _spent(plugin, _crowd(8_000))
    for _ in range(3):  # another process may have slowed one of the two: only what holds three times counts
        if large < CHEAP:
            return
        small = _spent(plugin, _crowd(2_000))
        if large < STEEPEST * small:
            return
        large = _spent(plugin, _crowd(8_000))
    need(
        False,
        f"{small:.2f} s of CPU for 2,000 templates, {large:.2f} s for 8,000: join, do not loop over pairs",
    )


def _spent(plugin: Any, view: View) -> float:
    begun = time.process_time()
    run(plugin, view)
    return time.process_time() - begun


def _crowd(templates: int) -> View:
    """Templates that are each seen once, all of them errors."""
    n = np.zeros((templates, 60))
    n[np.arange(templates), np.arange(templates) % 60] = 1
    texts = [f"error {i:x} of its own kind" for i in range(templates)]
    return from_table(n, ["alpha"] * templates, texts, ["ERROR"] * templates)


def even() -> View:
    """Ten messages that come five times in each bucket for ever, with the same numbers, steps and metrics."""
    texts = [f"step {chr(97 + i)} done" for i in range(10)]
    view = besides(from_table(np.full((10, 100), 5.0), ["alpha"] * 10, texts, ["INFO"] * 10))
    return replace(
        view,
        values=view.values.with_columns(pl.exclude("bucket").first()),
        steps=view.steps.with_columns(
            pl.exclude("bucket", "template", "next_template").first().over("template", "next_template")
        ),
        series=view.series.with_columns(pl.col("value").first().over("service", "metric")),
    )


RUNS = (
    empty_frame,
    one_row,
    one_template,
    one_bucket,
    no_baseline,
    no_times,
    nulls,
    odd_times,
    far_baseline,
    later_columns,
    other_frames,
    same_twice,
    rows_shuffled,
    in_chunks,
    view_unchanged,
    hostile_text,
)
DEAR = (many_templates, linear_time)
