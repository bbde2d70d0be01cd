"""Steps of requests that no longer follow, or follow late."""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View, safe
from logsense_detectors import grid
from logsense_detectors.grid import Floats, anomalies, duration, number, quiet_of, quote
from logsense_detectors.lost import BY, LONGER, Hit, hits_of, summed
from logsense_detectors.steps import Steps, begun, tables

LEAST_QUIET = 8
#: Decades that the steps of a healthy service add up to now and then.
USUAL = 1.0
CAP = 30.0
#: What a run began with is usual, however short, where quiet time is so much denser there.
CALMER = 2.0


class Sequence:
    """A step under a request's id that gets lost, or comes late, where it used to follow.

    Finds: calls that no longer happen, credited to the service whose step is missing, not to the one that
    complains; waits far longer than any before, credited to both ends, or to the step that several seldom
    callers wait for. A service's steps add up.
    Misses: runs without ids in their records; a loss of less than half where the step did not always follow,
    of less than three tenths where it did; a slow-down of many that stays below the longest wait before.
    Cost: O(edges x buckets), edges at most 4,000.
    Source: share of B after A and of A before B against all that went before (binomial tail at a cautious
    share, divided by the overdispersion of the share so far: which requests come changes by itself); for gaps
    a likelihood ratio of the share of buckets with a long one, with a Pareto tail for its size. The two
    together found the faulty service of recorded faults where counts, errors and z-scores did not.

    Args:
        windows: lengths in buckets over which steps are counted.
        at_least: score from which a service's steps are an anomaly.
        join: hits at most this many buckets apart are one anomaly.
        known: share of the run that must lie before a window to judge it, or behind it: what a run began with
            is compared with what came later where nothing before it tells.
    """

    name = "sequence"
    finds = ("sequence", "gap")

    def __init__(
        self,
        *,
        windows: tuple[int, ...] = (6, 12, 24),
        at_least: float = 2.5,
        join: int = 6,
        known: tuple[float, float] = (0.3, 0.45),
    ) -> None:
        self.windows = windows
        self.at_least = at_least
        self.join = join
        self.known = known

    def fit(self, view: View) -> "Sequence":
        """Learn whether there is quiet time at all; what is usual is told by what lies before a window."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "sequence" and "gap", one a service and stretch of time."""
        if self.quiet_ is None or not view.steps.height:
            return ANOMALIES.empty()
        steps = tables(view)
        if not steps.frame.height:
            return ANOMALIES.empty()
        rows = self._rows(view, steps, turned=False)
        if view.apart:  # all that is known to be usual lies before
            return anomalies(view, self.name, rows)
        taken = [(int(str(row["low"])), int(str(row["high"]))) for row in rows]
        reach = max(self.windows)
        # A change seen from its other side is no second one.
        rows += [
            row
            for row in self._rows(view, steps, turned=True)
            if not any(
                low - reach <= int(str(row["high"])) and int(str(row["low"])) <= high + reach
                for low, high in taken
            )
        ]
        return anomalies(view, self.name, rows)

    def _rows(self, view: View, steps: Steps, *, turned: bool) -> list[dict[str, object]]:
        known = max(round(self.known[turned] * view.buckets), LEAST_QUIET)
        seen = steps.turned() if turned else steps
        hits = [hit for width in self.windows for hit in hits_of(seen, width, known)]
        if turned:  # where a log begins later than the others nothing is lost before
            heard = view.buckets - begun(view, steps.frame)
            places = np.arange(view.buckets)
            hits = [replace(hit, decades=hit.decades * (places < heard[hit.edge])) for hit in hits]
        services = {*steps.frame["service"], *steps.frame["next_service"]}
        tests = USUAL + np.log10(2.0 * len(services) * len(self.windows))
        rows: list[dict[str, object]] = []
        for kind, service in sorted({(hit.kind, hit.service) for hit in hits}):
            mine = [hit for hit in hits if (hit.kind, hit.service) == (kind, service)]
            score = np.max([summed(mine, width) for width in self.windows], axis=0) - tests
            for first, last in grid.episodes(score >= self.at_least, join=self.join):
                row = _row(view, seen, mine, score, (first, last), turned=turned)
                if view.apart or row["ends"] or not _rather_before(view, row, turned=turned):
                    rows.append(row)
        return rows


def _rather_before(view: View, row: dict[str, object], *, turned: bool) -> bool:
    """Whether a change for good leaves most of the run behind it, so that what was before it was odd.

    Unless the quiet time says otherwise: it lies mostly before.
    """
    cut = view.buckets - 1 - int(str(row["high"])) if turned else int(str(row["low"]))
    quiet = [view.buckets - 1 - bucket if turned else bucket for bucket in view.quiet]
    rest = view.buckets - cut
    calm = sum(bucket < cut for bucket in quiet)
    return cut < rest and calm * rest < CALMER * (len(quiet) - calm) * cut


def _row(
    view: View, steps: Steps, hits: list[Hit], score: Floats, when: tuple[int, int], *, turned: bool
) -> dict[str, object]:
    """The anomaly of a service over a stretch of hits; buckets count from the end where ``turned``."""
    first, last = when
    inside = slice(first, last + 1)
    best = max(hits, key=lambda hit: (float(hit.decades[inside].max()), -hit.width, -hit.edge))
    begin = int(np.flatnonzero(best.decades[inside] > 0)[0]) + first if best.decades[inside].any() else first
    window = np.arange(max(begin - best.width + 1, 0), last + 1)
    told = _told_lost if best.kind == "sequence" else _told_late
    edges = len({hit.edge for hit in hits if hit.decades[inside].any()})
    odd, ends, words = told(view, steps, best, window, edges)
    low, high = (int(odd[0]), int(odd[-1])) if len(odd) else (begin, last)
    if turned:
        low, high = view.buckets - 1 - high, view.buckets - 1 - low
    edge = steps.frame.row(best.edge, named=True)
    here = not (best.kind == "sequence" and best.forward) and best.service == edge["service"]
    times = view.counts.filter(pl.col("bucket").is_between(low, high))
    return {
        "kind": best.kind,
        "service": best.service,
        "template": edge["template" if here else "next_template"],
        "start": times["first"].min(),
        "end": times["last"].max(),
        "score": float(min(score[inside].max(), CAP)),
        "ends": ends,
        "low": low,
        "high": high,
        **words,
        "lasts": bool(words.get("lasts")) and not turned,  # seen in reverse, what came later came before
    }


def _told_lost(
    view: View, steps: Steps, hit: Hit, window: NDArray[np.intp], edges: int
) -> tuple[NDArray[np.intp], bool, dict[str, object]]:
    """The buckets of the window in which the step is missing, whether it comes back, and its words."""
    edge = steps.frame.row(hit.edge, named=True)
    whole = steps.after[edge["a"]] if hit.forward else steps.before[edge["b"]]
    n, before = steps.n[hit.edge], slice(0, max(int(window[0]), 1))
    share = n[before].sum() / max(whole[before].sum(), 1.0)
    odd = window[(whole[window] > 0) & (n[window] < 0.5 * share * whole[window])]
    if len(odd):
        window = np.arange(odd[0], odd[-1] + 1)
    seen, due = float(n[window].sum()), float(whole[window].sum() * share)
    span = duration(len(window) * view.width)
    texts = grid.texts(view)
    a, b = (quote(texts.get(edge[x], edge[x]))[:60] for x in ("template", "next_template"))
    more = f" (and {edges - 1} more of its steps)" if edges > 1 else ""
    later = slice(int(window[-1]) + 1, None)
    back = float(steps.n[hit.edge, later].sum()) > 0.5 * share * float(whole[later].sum())
    words: dict[str, object] = {
        "observed": f"{number(seen)} in {span}",
        "expected": number(round(due, 1)),
        "sentence": f"{safe(hit.service)}: the step '{a}' → '{b}' came ×{number(seen)} in {span},"
        f" {number(round(due, 1))} expected{more}",
    }
    return odd, back, words


def _told_late(
    view: View, steps: Steps, hit: Hit, window: NDArray[np.intp], edges: int
) -> tuple[NDArray[np.intp], bool, dict[str, object]]:
    """The buckets of the window with a long gap, whether gaps are short again, and the words for it."""
    edge = steps.frame.row(hit.edge, named=True)
    longest = steps.longest[hit.edge]
    most = float(longest[: max(int(window[0]), 1)].max())
    limit = max(LONGER * most, most + BY)
    odd = window[longest[window] > limit]
    window = np.arange(odd[0], odd[-1] + 1) if len(odd) else window
    span = duration(len(window) * view.width)
    text = quote(grid.texts(view).get(edge["next_template"], edge["next_template"]))
    worst = duration(float(longest[window].max()))
    more = f" (and {edges - 1} more of its steps are slow)" if edges > 1 else ""
    later = longest[int(window[-1]) + 1 :]
    back = bool((later > limit).sum() < 0.5 * ((later > 0).sum()))
    since = longest[int(window[0]) :]  # to the end of the run
    words: dict[str, object] = {
        "observed": f"{len(odd)} waits up to {worst} in {span}",
        "expected": f"up to {duration(most)}",
        "sentence": f"{safe(hit.service)}: it took up to {worst} to '{text}' in {span},"
        f" up to {duration(most)} at other times{more}",
        "lasts": bool((since > limit).sum() > 0.5 * (since > 0).sum()),
    }
    return odd, back, words
