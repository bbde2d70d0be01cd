"""Decades that say that a step is lost, or comes late, where it used to follow."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logsense_detectors import grid
from logsense_detectors.grid import Floats
from logsense_detectors.steps import LEAST_STEPS, Steps
from logsense_detectors.tails import log_beta_tail

#: Of the expected steps at least this share must be missing, and the rest of the run must be sure of so many.
FEWER, LOW = 0.7, 0.02
#: Of the usual number at most this share may have come, and so many standard deviations fewer.
RARER, SIGMAS = 0.5, 3.0
#: A gap is long beyond this multiple of the longest one before, and by this many µs at least.
LONGER, BY, LEAST_GAPS = 1.5, 20_000.0, 3
#: Decades of a single step below which it adds nothing to its service.
LEAST_LOST, LEAST_LATE = 3.0, 2.0
#: Edges looked at at once, so that memory is bounded.
CHUNK = 500


@dataclass(frozen=True)
class Hit:
    """What one edge says: its decades at each bucket, over a window that ends there, for a service.

    pool: it is of a pool of rare edges.
    """

    kind: str
    service: str
    edge: int
    forward: bool
    width: int
    decades: Floats
    pool: bool = False


def summed(hits: list[Hit], width: int) -> Floats:
    """What the hits of windows of one width say together, at each bucket.

    The slowness that rare callers meet is that of the common ones: the more of the two counts.
    """
    none = np.zeros_like(hits[0].decades)
    own, pools = (
        sum((hit.decades for hit in hits if hit.width == width and hit.pool is pool), none)
        for pool in (False, True)
    )
    return np.maximum(own, pools)


def hits_of(steps: Steps, width: int, known: int) -> Iterator[Hit]:
    """Edges that say something, in chunks so that memory is bounded."""
    judged = {name: steps.frame[name].to_numpy() for name in ("forward", "backward", "waits")}
    pool = steps.frame["pool"].to_list()
    services = [steps.frame[name].to_list() for name in ("service", "next_service")]
    nodes = [steps.frame[name].to_numpy() for name in ("a", "b")]
    for low in range(0, steps.frame.height, CHUNK):
        part = np.arange(low, min(low + CHUNK, steps.frame.height))
        for forward in (True, False):
            rows = part[judged["forward" if forward else "backward"][part]]
            whole = steps.after[nodes[0][rows]] if forward else steps.before[nodes[1][rows]]
            decades = lost(steps.n[rows], whole, steps.traffic, width, known)
            for edge, row in _said(rows, decades, LEAST_LOST):
                yield Hit("sequence", services[forward][edge], edge, forward, width, row)
        rows = part[judged["waits"][part]]
        for edge, row in _said(rows, late(steps.n[rows], steps.longest[rows], width, known), LEAST_LATE):
            for service in sorted({services[0][edge], services[1][edge]}):
                yield Hit("gap", service, edge, True, width, row, pool[edge])


def _said(edges: NDArray[np.intp], decades: Floats, least: float) -> Iterator[tuple[int, Floats]]:
    """The edges with what they say, where it is something."""
    enough = np.where(decades >= least, decades, 0.0)
    for i in np.flatnonzero(enough.any(axis=1)).tolist():
        yield int(edges[i]), enough[i]


def _past(total: Floats, width: int) -> Floats:
    """Running totals as they were before the window of this width that ends at each bucket."""
    out = np.zeros_like(total)
    out[:, width + 1 :] = total[:, : -width - 1]
    return out


def _known(shape: tuple[int, ...], width: int, known: int) -> NDArray[np.bool_]:
    """Buckets whose window has enough before it."""
    out: NDArray[np.bool_] = np.broadcast_to(np.arange(shape[1]) >= known + width, shape)
    return out


def lost(n: Floats, whole: Floats, traffic: Floats, width: int, known: int) -> Floats:
    """Decades per edge and bucket that so few of the whole are this step, given all that went before.

    A share that fell only because the whole grew (another caller joined in) is no loss: the step must also
    have become rarer among all steps, whose number per bucket is ``traffic``.
    """
    if n.shape[1] <= width + 1:
        return np.zeros_like(n)
    k, m = grid.windows(n, width), grid.windows(whole, width)
    had, of = _past(np.cumsum(n, axis=1), width), _past(np.cumsum(whole, axis=1), width)
    share = had / np.maximum(of, 1.0)
    # A cautious share: its own uncertainty is taken off.
    low = share - 2.0 * np.sqrt(share * (1.0 - share) / np.maximum(of, 1.0)) - 1.0 / np.maximum(of, 1.0)
    rate = np.where(m > 0, k / np.maximum(m, 1.0), 1.0)
    fewest = np.ones_like(n)
    fewest[:, width + 1 :] = np.minimum.accumulate(rate, axis=1)[:, : -width - 1]
    look = _known(n.shape, width, known) & (had >= LEAST_STEPS) & (low > LOW) & (m >= 1)
    look &= (k < FEWER * low * m) & (rate < fewest)
    due = had * _scale(traffic, width)
    look &= (k < RARER * due) & (k + SIGMAS * np.sqrt(k + 1.0) < due)
    out = np.zeros_like(n)
    if look.any():
        tail = log_beta_tail(1.0 - np.clip(low[look], LOW, 0.999), m[look] - k[look], k[look] + 1.0)
        varies = np.maximum(_dispersion(n, whole, share, width), _dispersion(k, m, share, width))
        out[look] = -tail / grid.LN10 / varies[look]
    return out


def _scale(traffic: Floats, width: int) -> Floats:
    """How much there is to expect in a window of what was seen before it: by traffic or by time, if less."""
    before = np.maximum(_past(np.cumsum(traffic[None, :], axis=1), width), 1.0)
    buckets = np.maximum(np.arange(len(traffic)) - width, 1)[None, :]
    return np.minimum(grid.windows(traffic[None, :], width) / before, width / buckets)


def _dispersion(n: Floats, whole: Floats, share: Floats, width: int) -> Floats:
    """How much more a share varied so far than chance allows (Pearson's chi square; 1 at least).

    n, whole: of single buckets, or of windows, which tell of slow drift.
    """
    squares, had, of, seen = (
        _past(np.cumsum(one, axis=1), width)
        for one in (n * n / np.maximum(whole, 1.0), n, whole, (whole > 0).astype(np.float64))
    )
    chi = (squares - 2.0 * share * had + share * share * of) / np.maximum(share * (1.0 - share), 1e-9)
    mixed = (share > 0) & (share < 1)
    return np.where(mixed, np.maximum(chi / np.maximum(seen - 1.0, 1.0), 1.0), 1.0)


def late(n: Floats, longest: Floats, width: int, known: int) -> Floats:
    """Decades per edge and bucket that the longest gaps of its buckets became longer than all before.

    A bucket counts once however many gaps were long in it: what is slow for a moment is slow for all.
    """
    out = np.zeros_like(n)
    first = longest[:, :known].max(axis=1, initial=0.0)
    # Few edges have any gap that is long for the least there is to compare with.
    rows = np.flatnonzero(longest.max(axis=1, initial=0.0) > np.maximum(LONGER * first, first + BY))
    if n.shape[1] > width + 1 and len(rows):
        out[rows] = _late_rows(n[rows], longest[rows], width, known)
    return out


def _late_rows(n: Floats, longest: Floats, width: int, known: int) -> Floats:
    busy = (n > 0).astype(np.float64)
    m = _past(np.cumsum(busy, axis=1), width)
    most = _past(np.maximum.accumulate(longest, axis=1), width)
    limit = np.where(m >= LEAST_GAPS, np.maximum(LONGER * most, most + BY), np.inf)
    k, size = np.zeros_like(n), np.zeros_like(n)
    for back in range(min(width, n.shape[1])):
        over = np.zeros_like(n)
        over[:, back:] = np.log(np.maximum(longest[:, : n.shape[1] - back], 1.0)) - np.log(limit[:, back:])
        k += over > 0
        size += np.maximum(over, 0.0)
    z = 0.5 / (m + 1.0)
    of = np.maximum(grid.windows(busy, width), 1.0)
    q = np.clip(k / of, 0.0, 1.0)
    look = _known(n.shape, width, known) & (k > 0) & (q > z)
    out = np.zeros_like(n)
    qq, zz, kk, nn = q[look], z[look], k[look], of[look]
    rest = np.where(nn > kk, (nn - kk) * np.log((1.0 - np.minimum(qq, 1 - 1e-12)) / (1.0 - zz)), 0.0)
    out[look] = (kk * np.log(qq / zz) + rest + size[look]) / grid.LN10
    return out
