"""Small views for tests: calm ones, and ones with a single thing planted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from logsense.schema import (
    ATTEMPTS,
    CHANGES,
    COUNTS,
    EDGES,
    GAPS,
    SERIES,
    SOURCES,
    STEPS,
    TEMPLATES,
    VALUES,
    View,
)

START = datetime(2026, 1, 2, 3, 4)
WIDTH = 2_000_000
#: Kinds of findings that `planted` can plant.
PLANTS = (
    "new", "rate up", "rate down", "vanished", "silence", "severity", "value", "gap", "sequence", "forecast",
    "security",
)  # fmt: skip
#: What `planted` can plant beside: a shift of a metric, which is a finding of kind "value".
METRIC = "metric"
#: Those that can be planted larger.
SIZED = ("new", "severity", "rate up", "value", "gap", "security")
SERVICES = ("alpha", "beta", "gamma")
_QUIET = 48


def calm(*, seed: int = 0, buckets: int = 100, templates: int = 30) -> View:
    """A run in which nothing is wrong: over-dispersed counts, and one message every fifth bucket.

    The baseline is every second bucket, 48 at most.
    """
    texts, levels, n = _calm(seed, buckets, templates)
    return from_table(n, [SERVICES[i % 3] for i in range(len(texts))], texts, levels)


def planted(kind: str, *, seed: int = 0, at: int = 60, length: int = 15, size: float = 1.0) -> View:
    """`calm` with one thing wrong from bucket ``at`` on for ``length`` buckets; kind is one of `PLANTS`.

    "metric": each service has a value of cpu and one of memory a bucket, and beta's cpu is high in the fault.
    The baseline lies outside. size: how large the fault is, for the kinds in `SIZED`. Raises ValueError for
    another kind.
    """
    texts, levels, n = _calm(seed, 100, 30)
    services = [SERVICES[i % 3] for i in range(len(texts))]
    fault = slice(at, at + length)
    if kind in ("new", "severity"):
        words = ("disk full while writing", "cannot open table", "worker refused", "lost contact with peer")
        for word in words:
            texts.append(f"error: {word} <num>")
            levels.append("ERROR")
            services.append("beta")
            n = np.vstack([n, np.zeros(n.shape[1])])
            n[-1, fault] = round((2 if kind == "new" else 1) * size)
        if kind == "severity":
            n[-4:, ::20] = np.maximum(n[-4:, ::20], 1)  # they are known; now they come all at once
    elif kind == "security":
        texts.append("the audit log was cleared")
        levels.append("INFO")
        services.append("beta")
        n = np.vstack([n, np.zeros(n.shape[1])])
        n[-1, at] = 1
    elif kind == "rate up":
        n[1, fault] = np.round((n[1, fault] * 8 + 40) * size)
    elif kind == "rate down":
        n[1, fault] = 0
    elif kind == "vanished":
        n[-1, at:] = 0
    elif kind == "silence":
        n[[i for i, s in enumerate(services) if s == "beta"], at:] = 0
    elif kind not in (*PLANTS, METRIC):
        msg = f"nothing to plant for {kind!r}; known are {', '.join((*PLANTS, METRIC))}"
        raise ValueError(msg)
    view = from_table(n, services, texts, levels, quiet=range(2, min(at, _QUIET)))
    return _with_more(view, kind, fault, size)


def from_table(
    n: NDArray[np.float64],
    services: Sequence[str],
    texts: Sequence[str],
    levels: Sequence[str | None],
    *,
    quiet: Sequence[int] | range | None = None,
) -> View:
    """A view from counts: n[series, bucket], and the service, text and level of each series.

    Series of one text share a template. The records of a bucket are spread evenly over it; all stand in
    one source, in order of time.
    """
    buckets = n.shape[1] if n.ndim == 2 else 0
    ids = [f"{abs(hash_of(text)):012x}"[:12] for text in texts]
    rows = [
        _count(b, services[i], ids[i], int(n[i, b]))
        for i, b in zip(*(axis.tolist() for axis in np.nonzero(n)), strict=True)
    ]
    counts = COUNTS.of(rows).sort("bucket", "service", "template")
    line = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)
    counts = COUNTS.check(counts.with_columns(line.alias("line"), line.alias("last_line")))
    chosen = range(1, buckets, 2) if quiet is None else quiet
    return View(
        start=START,
        width=WIDTH,
        buckets=buckets,
        quiet=tuple(list(chosen)[:_QUIET]),
        how="every second bucket",
        sources=SOURCES.of(
            [
                {
                    "source": 0,
                    "path": "run.log",
                    "service": "run",
                    "format": "test",
                    "zone": "UTC",
                    "lines": counts.height,
                    "records": counts.height,
                    "in_records": counts.height,
                    "without_event": 0,
                    "skipped_lines": 0,
                }
            ]
        ),
        templates=_templates(counts, ids, texts, levels),
        counts=counts,
        values=VALUES.empty(),
        gaps=GAPS.empty(),
        steps=STEPS.empty(),
        changes=CHANGES.empty(),
        edges=EDGES.empty(),
        series=SERIES.empty(),
    )


def hash_of(text: str) -> int:
    """A number for a text that is the same in every process."""
    out = 1469598103934665603
    for byte in text.encode("utf-8", "surrogatepass"):
        out = ((out ^ byte) * 1099511628211) % (1 << 64)
    return out


def _calm(seed: int, buckets: int, templates: int) -> tuple[list[str], list[str | None], NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    words = (
        "served page",
        "read row",
        "wrote block",
        "checked cart",
        "sent mail",
        "took lock",
        "opened file",
    )
    texts = [
        f"{words[i % len(words)]} of kind {chr(97 + i % 26)}{i // 26} in <num> ms" for i in range(templates)
    ]
    means = np.geomspace(20.0, 0.3, templates)
    n = random.negative_binomial(8.0, 8.0 / (8.0 + means[:, None]), size=(templates, buckets)).astype(
        np.float64
    )
    beat = np.zeros((1, buckets))
    beat[0, ::5] = 1
    levels: list[str | None] = ["INFO"] * (templates + 1)
    return [*texts, "heartbeat of the watcher"], levels, np.vstack([n, beat])


def _count(bucket: int, service: str, template: str, n: int) -> dict[str, object]:
    begin = START + timedelta(microseconds=WIDTH * bucket)
    return {
        "bucket": bucket,
        "service": service,
        "template": template,
        "n": n,
        "source": 0,
        "line": 0,
        "last_source": 0,
        "last_line": 0,
        "first": begin + timedelta(microseconds=WIDTH // (n + 1)),
        "last": begin + timedelta(microseconds=WIDTH * n // (n + 1)),
    }


def _templates(
    counts: pl.DataFrame, ids: Sequence[str], texts: Sequence[str], levels: Sequence[str | None]
) -> pl.DataFrame:
    known = pl.DataFrame(
        {"template": ids, "text": texts, "level": levels},
        schema={"template": pl.String, "text": pl.String, "level": pl.String},
    ).unique("template", keep="first", maintain_order=True)
    seen = counts.group_by("template").agg(
        pl.col("n").sum().cast(pl.UInt64).alias("count"),
        pl.col("service").unique().sort().alias("services"),
        pl.col("first").min(),
        pl.col("last").max(),
        pl.col("source").first(),
        pl.col("line").min(),
    )
    joined = known.join(seen, on="template").with_columns(
        pl.col("level").cast(TEMPLATES.columns["level"]),
        (pl.col("count") / pl.col("count").sum()).alias("share"),
        pl.concat_list("text").alias("shapes"),
        pl.col("text").alias("example"),
    )
    return TEMPLATES.check(joined).sort("count", "template", descending=[True, False])


def _with_more(view: View, kind: str, fault: slice, grown: float) -> View:
    """Values and steps beside the counts, odd inside the fault for the kinds that are about them."""
    if kind == "forecast":
        return replace(view, values=_filling(view))
    if kind == METRIC:
        return replace(view, series=measured(view, fault, grown))
    if kind == "security":
        return replace(view, attempts=_guessed(view, fault, round(90 * grown)))
    if kind not in ("value", "gap", "sequence"):
        return view
    template = view.templates["template"][0]
    other = view.templates["template"][1]
    values, steps = [], []
    for bucket in range(view.buckets):
        odd = fault.start <= bucket < fault.stop
        jitter = 1.0 + 0.1 * ((bucket * 7) % 5)
        size = (40.0 * grown if odd and kind == "value" else 4.0) * jitter
        values.append(
            {
                "bucket": bucket,
                "service": "alpha",
                "template": template,
                "name": "took",
                "unit": "ms",
                "n": 6,
                "min": size,
                "max": size * 1.2,
                "sum": size * 6.6,
                "histogram": [{"bin": int(np.floor(8 * np.log2(size))), "n": 6}],
            }
        )
        wait = (4_000_000 * grown if odd and kind == "gap" else 20_000) * jitter
        lost = odd and kind == "sequence"
        for a, b in (("START", template), (template, "END" if lost else other), (other, "END")):
            if lost and a == other:
                continue
            steps.append(
                {
                    "bucket": bucket,
                    "service": "alpha",
                    "template": a,
                    "next_service": "alpha",
                    "next_template": b,
                    "n": 6,
                    "longest": int(wait),
                    "total": int(wait * 5),
                    "histogram": [{"bin": int(np.floor(8 * np.log2(wait))), "n": 6}],
                }
            )
    return replace(view, values=VALUES.of(values), steps=STEPS.of(steps))


def besides(view: View) -> View:
    """The view with calm values, steps and metrics beside its counts, for what looks at those."""
    return replace(_with_more(view, "value", slice(0, 0), 1.0), series=measured(view))


def measured(view: View, fault: slice | None = None, grown: float = 1.0) -> pl.DataFrame:
    """SERIES: cpu and memory of each service, a value a bucket; beta's cpu is high in the fault."""
    rows = []
    for bucket in range(view.buckets):
        for number, service in enumerate(SERVICES):
            jitter = 1.0 + 0.05 * ((bucket * 7 + number * 3) % 5)
            odd = fault is not None and fault.start <= bucket < fault.stop and service == "beta"
            for metric, usual, unit in (("cpu", 0.2, "cores"), ("memory", 300.0, "MiB")):
                high = 1.0 + 4.0 * grown if odd and metric == "cpu" else 1.0
                time = START + timedelta(microseconds=WIDTH * bucket)
                rows.append(
                    {
                        "time": time,
                        "service": service,
                        "metric": metric,
                        "value": usual * jitter * high,
                        "unit": unit,
                    }
                )
    return SERIES.of(rows)


def _guessed(view: View, fault: slice, failed: int) -> pl.DataFrame:
    """ATTEMPTS of an address that fails so often during the fault and then succeeds."""
    begin, end = (START + timedelta(microseconds=WIDTH * bucket) for bucket in (fault.start, fault.stop))
    lost, won = view.templates["template"].sort()[:2]
    row = {
        "service": "beta",
        "act": "passed",
        "actor": "192.0.2.1",
        "how": "address",
        "name": "root",
        "n": 1,
        "failed": failed,
        "same": failed,
        "before": 0,
        "names": 1,
        "failed_template": lost,
        "template": won,
        "first": begin,
        "last": end,
        "time": end,
        "source": 0,
        "line": 1,
    }
    return ATTEMPTS.of([row])


def _filling(view: View) -> pl.DataFrame:
    """VALUES of a share in use that climbs to 80 % all the time, with a jitter."""
    used = [20.0 + 0.6 * bucket + 0.5 * ((bucket * 7) % 5) for bucket in range(view.buckets)]
    rows = [
        {
            "bucket": bucket,
            "service": "alpha",
            "template": view.templates["template"][0],
            "name": "used",
            "unit": "percent",
            "n": 1,
            "min": share,
            "max": share,
            "sum": share,
            "histogram": [{"bin": int(np.floor(8 * np.log2(share))), "n": 1}],
        }
        for bucket, share in enumerate(used)
    ]
    return VALUES.of(rows)
