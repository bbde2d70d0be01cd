"""Requests through three services, made by hand: the STEPS a run of them leaves, and the view they are in."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np

from logsense.schema import STEPS
from logsense.testing import from_table
from logsense.testing.cases import hash_of

#: The records of a request: service and text; and the usual gap to the next one in ms.
PATH = (
    ("web", "begin", 4),
    ("cart", "look", 6),
    ("db", "query", 9),
    ("db", "rows", 5),
    ("cart", "found", 4),
    ("web", "end", 0),
)
TEXTS = (*PATH, ("cart", "price", 3), ("cart", "could not look: nothing came back", 3), ("web", "list", 2))


def template(text):
    return text if text in ("START", "END") else f"{hash_of(text):012x}"[:12]


def usual(_rng, _bucket):
    return list(PATH)


def without(text, *, since, until=10_000, instead=None):
    """Requests whose record of this text is missing for some buckets; ``instead`` comes in its place."""

    def make(_rng, bucket):
        if not since <= bucket < until:
            return list(PATH)
        found = []
        for one in PATH:
            if one[1] != text:
                found.append(one)
            elif instead:
                found.append(instead)
        return found

    return make


def slow(text, *, since, until=10_000, ms=400):
    """Requests that take ``ms`` more to reach this text for some buckets."""

    def make(_rng, bucket):
        path = list(PATH)
        at = next(i for i, one in enumerate(path) if one[1] == text) - 1
        service, said, gap = path[at]
        path[at] = (service, said, gap + (ms if since <= bucket < until else 0))
        return path

    return make


def traced(make=usual, *, seed=0, buckets=100, rate=3.0, place=None, names=str, quiet=range(2, 50)):
    """A view of Poisson many requests a bucket (``rate``: a number, or one for each bucket).

    make(rng, bucket) gives the records of one request. place: where in the code a text is written. names
    turns a text into what is logged.
    """
    rng = np.random.default_rng(seed)
    many, gaps = Counter(), defaultdict(list)
    counts = defaultdict(lambda: np.zeros(buckets))
    for bucket, requests in enumerate(rng.poisson(rate, buckets)):
        for _ in range(requests):
            path = make(rng, bucket)
            ends = [("START", None), *((names(text), service) for service, text, _ in path), ("END", None)]
            for service, text, _ in path:
                counts[service, names(text)][bucket] += 1
            for i, ((a, from_), (b, to)) in enumerate(pairwise(ends)):
                key = (bucket, from_ or to, a, to or from_, b)
                many[key] += 1
                if from_ and to:
                    gaps[key].append(path[i - 1][2] * 1000 * float(rng.uniform(0.8, 1.2)))
    series = sorted(counts)
    view = from_table(
        np.array([counts[one] for one in series]),
        [service for service, _ in series],
        [text for _, text in series],
        ["INFO"] * len(series),
        quiet=[bucket for bucket in quiet if bucket < buckets],
    )
    where = place or (lambda _: None)
    rows = [
        {
            "bucket": bucket,
            "service": service,
            "template": template(a),
            "next_service": to,
            "next_template": template(b),
            "n": n,
            "longest": int(max(gaps[bucket, service, a, to, b], default=0)),
            "total": int(sum(gaps[bucket, service, a, to, b])),
            "histogram": bins(gaps[bucket, service, a, to, b]),
            "place": where(a),
            "next_place": where(b),
        }
        for (bucket, service, a, to, b), n in sorted(many.items())
    ]
    return replace(view, steps=STEPS.of(rows))


def bins(gaps):
    found = Counter(int(np.floor(8 * np.log2(gap))) for gap in gaps)
    return [{"bin": number, "n": n} for number, n in sorted(found.items())]
