"""The techniques an analysis shows: read from the sentences of its anomalies, with lines that prove them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from logsense.api import Analysis, Evidence, safe

from logsense_security.knowledge import Technique, techniques

#: A sentence that tells of a technique names it after the service; also that of another plugin.
ID = re.compile(r": (T\d{4}(?:\.\d{3})?) ")
#: Lines looked at for who it was, and lines shown of one anomaly.
LOOKED_AT, SHOWN = 200, 2
ADDRESS = re.compile(
    r"(?:\b(?:rhost|from|src|client|sourceIPAddress)[\"']?\s*[:=]?\s*[\"']?|^)"
    r"((?:\d{1,3}\.){3}\d{1,3}\b|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7})",
    re.IGNORECASE,
)
USERS = (
    re.compile(r"\bfor (?:invalid user )?([\w.@$-]+) from\b"),
    re.compile(r"\bsudo(?:\[\d+\])?:\s+([\w.@$-]+) : "),
    re.compile(
        r"\b(?:new user: name=|user(?:Name)?[\"']?\s*[:=]\s*[\"']?|Account Name:\s+|add ')([\w.@$-]+)"
    ),
    re.compile(r"\(([\w.@$-]+)\) (?:REPLACE|BEGIN EDIT)"),
)


@dataclass(frozen=True)
class Seen:
    """A technique that was seen. count: records of it. who: addresses and users, the commonest first."""

    technique: Technique
    first: datetime | None
    last: datetime | None
    count: int
    score: float
    services: tuple[str, ...]
    who: tuple[str, ...]
    sentences: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def seen(analysis: Analysis) -> tuple[Seen, ...]:
    """What was seen, in order of time."""
    found = analysis.anomalies.filter(pl.col("kind") == "security")
    id_ = pl.col("sentence").str.extract(ID.pattern).alias("technique")
    found = found.with_columns(id_).filter(pl.col("technique").is_in(list(techniques())))
    if not found.height:
        return ()
    book = analysis.book() if analysis.book is not None else None
    each = [_seen(rows, book) for _, rows in found.group_by("technique", maintain_order=True)]
    return tuple(sorted(each, key=lambda one: (one.first is None, one.first or 0, one.technique.id)))


def _seen(rows: pl.DataFrame, book: Any) -> Seen:
    who: dict[str, int] = {}
    evidence: list[Evidence] = []
    for one in rows.iter_rows(named=True):
        lines = _lines(rows.filter(pl.col("sentence") == one["sentence"]), book, one["sentence"])
        evidence += lines[:SHOWN]
        for name in _named(line.text for line in lines):
            who[name] = who.get(name, 0) + 1
    digits = rows["observed"].str.extract(r"^([\d,]+)$").str.replace_all(",", "").cast(pl.Int64, strict=False)
    first, last = rows["start"].min(), rows["end"].max()
    return Seen(
        techniques()[str(rows["technique"][0])],
        first if isinstance(first, datetime) else None,
        last if isinstance(last, datetime) else None,
        int(digits.fill_null(1).sum()),
        float(str(rows["score"].max())),
        tuple(rows["service"].unique().sort()),
        tuple(sorted(who, key=lambda name: (-who[name], name))),
        tuple(dict.fromkeys(rows["sentence"].to_list())),
        tuple(dict.fromkeys(evidence)),
    )


def _lines(anomaly: pl.DataFrame, book: Any, sentence: str) -> list[Evidence]:
    """Lines of an anomaly; where its sentence names an address, those that hold it."""
    if book is None:
        return []
    marked = book.marked(anomaly.drop("technique"))[:LOOKED_AT]
    lines = [
        Evidence(line.source, line.line, line.time, safe(line.text))
        for line in book.lines([int(row) for row in marked])
    ]
    address = re.search(
        r"\b(?:from|of|first) ((?:\d{1,3}\.){3}\d{1,3}\b|[0-9a-f]*(?::[0-9a-f]*){2,7})", sentence
    )
    return [line for line in lines if address is None or address[1] in line.text] or lines


def _named(texts: Iterable[str]) -> list[str]:
    """Addresses and users that lines name."""
    found: list[str] = []
    for text in texts:
        found += ADDRESS.findall(text)[:1]
        found += [match[1] for one in USERS if (match := one.search(text))][:1]
    return found
