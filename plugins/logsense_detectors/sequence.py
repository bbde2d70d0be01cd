"""Steps of requests that no longer follow, or follow late."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.api import ANOMALIES, View
from logsense_detectors import grid
from logsense_detectors.grid import Floats, anomalies, duration, episodes, number, quiet_of, quote
from logsense_detectors.tails import log_beta_tail

LEAST_QUIET = 8
LEAST_STEPS = 8
#: A gap is long beyond this multiple of the longest quiet one, and by this many µs at least.
LONGER, BY = 1.5, 20_000.0
CAP = 30.0
#: A step is a habit where it is seen in this share of the reference's buckets: a scan or a job is none.
HABIT = 0.15


@dataclass(frozen=True)
class Edges:
    """Steps A → B as tables edge × bucket: n, long gaps, and the sum of ln(gap / limit) of these."""

    frame: pl.DataFrame
    n: Floats
    long: Floats
    size: Floats
    limit: Floats
    quiet: Floats


class Sequence:
    """A step under a request's id that gets lost, or comes late, where it used to follow.

    Finds: calls that no longer happen, credited to the service whose step is missing, not to the one that
    complains; waits far longer than the longest of the quiet time, credited to both ends.
    Misses: runs without ids in their records. Cost: O(rows of STEPS).
    Source: share of B after A and of A before B against the quiet time (binomial tail at a cautious share);
    for gaps a likelihood ratio of the share of long ones, with a Pareto tail for their size. The two
    together found the faulty service of recorded faults where counts, errors and z-scores did not.

    Args:
        windows: lengths in buckets over which steps are counted.
        at_least: score from which a bucket counts as a hit.
        join: hits at most this many buckets apart are one anomaly.
        head: share of the run at its start that is a second reference beside the quiet time.
    """

    name = "sequence"
    finds = ("sequence", "gap")

    def __init__(
        self,
        *,
        windows: tuple[int, ...] = (3, 12, 24),
        at_least: float = 2.5,
        join: int = 6,
        head: float = 0.35,
    ) -> None:
        self.windows = windows
        self.at_least = at_least
        self.join = join
        self.head = head

    def fit(self, view: View) -> "Sequence":
        """Learn the share of each step and its longest wait from the quiet buckets."""
        self.quiet_ = quiet_of(view, least=LEAST_QUIET)
        return self

    def detect(self, view: View) -> pl.DataFrame:
        """Anomalies of kind "sequence" and "gap"."""
        if self.quiet_ is None or not view.steps.height:
            return ANOMALIES.empty()
        rows: list[dict[str, object]] = []
        # The head of the run is a second reference: a fault that crept into the quiet time hides itself
        # there completely, since one odd window among the quiet ones makes every later one usual.
        head = np.arange(1, max(round(self.head * view.buckets), LEAST_QUIET + 1))
        for reference in (self.quiet_, head):
            edges = _edges(view, reference)
            if not edges.frame.height:
                continue
            rows += self._lost(view, edges, reference) + self._late(view, edges)
        by = ["kind", "service", "template"]
        found = anomalies(view, self.name, rows).sort(
            *by, "score", "start", descending=[False] * 3 + [True, False]
        )
        return found.unique(by, keep="first", maintain_order=True).sort("start", *by)

    def _lost(self, view: View, edges: Edges, reference: NDArray[np.intp]) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for forward in (True, False):
            group = edges.frame["a" if forward else "b"].to_numpy()
            whole = np.zeros((int(group.max()) + 1, edges.n.shape[1]))
            np.add.at(whole, group, edges.n)
            score, expected = self._fallen(edges.n, whole[group], reference)
            blamed = "next_" if forward else ""
            rows += self._rows(view, edges, score, expected, blamed)
        return rows

    def _fallen(self, n: Floats, whole: Floats, reference: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """-log10 p per edge and bucket that so few of the whole are this step, and the expected number."""
        had, of = n[:, reference].sum(axis=1), whole[:, reference].sum(axis=1)
        share = had / np.maximum(of, 1.0)
        # A cautious share: the quiet time's own uncertainty is taken off.
        low = share - 2.0 * np.sqrt(share * (1.0 - share) / np.maximum(of, 1.0)) - 1.0 / np.maximum(of, 1.0)
        often = (n[:, reference] > 0).sum(axis=1) >= max(4.0, HABIT * len(reference))
        usable = (had >= LEAST_STEPS) & (low > 0.02) & often
        low = np.clip(low, 0.02, 0.999)
        best = np.zeros_like(n)
        for width in self.windows:
            k, m = grid.windows(n, width), grid.windows(whole, width)
            least = np.where(m > 0, k / np.maximum(m, 1.0), 1.0)[:, reference]
            seen = least.min(axis=1)
            look = usable[:, None] & (m >= 1) & (k < 0.7 * low[:, None] * m)
            look &= k / np.maximum(m, 1.0) < seen[:, None] * 0.999 + 1e-12
            if look.any():
                r, _ = np.nonzero(look)
                tail = log_beta_tail(1.0 - low[r], m[look] - k[look], k[look] + 1.0)
                best[look] = np.maximum(best[look], -tail / grid.LN10)
        return np.minimum(best - np.log10(max(2 * len(n) * len(self.windows), 1)), CAP), whole * share[
            :, None
        ]

    def _rows(
        self, view: View, edges: Edges, score: Floats, expected: Floats, blamed: str
    ) -> list[dict[str, object]]:
        words, rows = grid.texts(view), []
        for i in np.flatnonzero((score >= self.at_least).any(axis=1)).tolist():
            edge = edges.frame.row(i, named=True)
            service, template = edge[f"{blamed}service"], edge[f"{blamed}template"]
            if template in ("START", "END"):
                continue
            for first, last in episodes(score[i] >= self.at_least, join=self.join):
                low = max(first - min(self.windows) + 1, 0)
                seen, due = float(edges.n[i, low : last + 1].sum()), float(expected[i, low : last + 1].sum())
                span = duration((last - low + 1) * view.width)
                a, b = (quote(words.get(edge[x], edge[x]))[:60] for x in ("template", "next_template"))
                rows.append(
                    {
                        "kind": "sequence",
                        "service": service,
                        "template": template,
                        **_span(view, low, last),
                        "score": float(score[i, first : last + 1].max()),
                        "observed": f"{number(seen)} in {span}",
                        "expected": number(round(due, 1)),
                        "sentence": f"{service}: the step '{a}' → '{b}' came ×{number(seen)} in {span},"
                        f" {number(round(due, 1))} expected",
                    }
                )
        return rows

    def _late(self, view: View, edges: Edges) -> list[dict[str, object]]:
        z = 0.5 / (edges.quiet + 1.0)
        best = np.zeros_like(edges.n)
        for width in self.windows:
            k, n, size = (grid.windows(x, width) for x in (edges.long, edges.n, edges.size))
            best = np.maximum(best, _late_evidence(k, n, size, z))
        best = np.minimum(best - np.log10(max(len(z) * len(self.windows), 1)), CAP)
        words, rows = grid.texts(view), []
        for i in np.flatnonzero((best >= self.at_least).any(axis=1)).tolist():
            edge = edges.frame.row(i, named=True)
            ends = {(edge["service"], edge["template"]), (edge["next_service"], edge["next_template"])}
            for first, last in episodes((best[i] >= self.at_least) & (edges.long[i] > 0), join=self.join):
                late, span = float(edges.long[i, first : last + 1].sum()), (last - first + 1) * view.width
                for service, template in sorted(ends):
                    if template in ("START", "END"):
                        continue
                    text = quote(words.get(edge["next_template"], edge["next_template"]))
                    limit = duration(float(edges.limit[i]))
                    rows.append(
                        {
                            "kind": "gap",
                            "service": service,
                            "template": template,
                            **_span(view, first, last),
                            "score": float(best[i, first : last + 1].max()),
                            "observed": f"{number(late)} waits over {limit} in {duration(span)}",
                            "expected": "0",
                            "sentence": f"{service}: ×{number(late)} it took over {limit} to '{text}'"
                            f" in {duration(span)}, never before",
                        }
                    )
        return rows


def _span(view: View, low: int, last: int) -> dict[str, object]:
    """Times of buckets: what is missing has no record of its own to start with."""
    inside = view.counts.filter(pl.col("bucket").is_between(low, last))
    return {"start": inside["first"].min(), "end": inside["last"].max()}


def _late_evidence(k: Floats, n: Floats, size: Floats, z: Floats) -> Floats:
    """Decades that k of n gaps beyond the limit speak of a slow-down; z: the share that chance allows."""
    zz = np.broadcast_to(z[:, None], k.shape)
    q = np.clip(k / np.maximum(n, 1.0), 0.0, 1.0)
    look = (k > 0) & (q > zz)
    out = np.zeros_like(k)
    kk, nn, qq, ll = k[look], n[look], q[look], zz[look]
    rest = np.where(nn > kk, (nn - kk) * np.log((1.0 - np.minimum(qq, 1 - 1e-12)) / (1.0 - ll)), 0.0)
    out[look] = (kk * np.log(qq / ll) + rest + size[look]) / grid.LN10
    return out


def _edges(view: View, quiet: NDArray[np.intp]) -> Edges:
    """The tables of steps; only edges that the quiet time knows."""
    by = ["service", "template", "next_service", "next_template"]
    steps = view.steps.filter(pl.col("bucket").is_between(0, view.buckets - 1))
    calm = steps.filter(pl.col("bucket").is_in(quiet.tolist()))
    known = calm.group_by(by).agg(
        pl.col("n").sum().cast(pl.Float64).alias("quiet"), pl.col("longest").max().cast(pl.Float64)
    )
    known = known.filter(pl.col("quiet") >= 3).sort(by)
    everything = steps.select(by).unique().sort(by)
    frame = everything.join(known, on=by, how="left", maintain_order="left").with_columns(
        pl.struct("service", "template").rank("dense").cast(pl.Int64).sub(1).alias("a"),
        pl.struct("next_service", "next_template").rank("dense").cast(pl.Int64).sub(1).alias("b"),
        pl.col("quiet").fill_null(0.0),
        pl.max_horizontal(LONGER * pl.col("longest"), pl.col("longest") + BY)
        .fill_null(float("inf"))
        .alias("limit"),
    )
    frame = frame.with_row_index("edge")
    cells = steps.join(frame.select("edge", *by, "limit"), on=by)
    shape = (frame.height, view.buckets)
    n, late, size = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(n, (cells["edge"].to_numpy(), cells["bucket"].to_numpy()), cells["n"].to_numpy())
    gaps = (
        cells.filter(pl.col("longest") > pl.col("limit"))
        .select("edge", "bucket", "limit", "histogram")
        .explode("histogram")
        .with_columns(
            pl.col("histogram").struct.field("bin"), pl.col("histogram").struct.field("n").alias("many")
        )
        .with_columns((pl.col("bin") / 8.0 * np.log(2.0) - pl.col("limit").log()).alias("over"))
        .filter(pl.col("over") > 0)
    )
    at = (gaps["edge"].to_numpy(), gaps["bucket"].to_numpy())
    np.add.at(late, at, gaps["many"].to_numpy())
    np.add.at(size, at, (gaps["over"] * gaps["many"]).to_numpy())
    return Edges(frame, n, late, size, frame["limit"].to_numpy(), frame["quiet"].to_numpy())
