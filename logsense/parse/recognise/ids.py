"""Ids in lines: what ties records of one request together, learned from a file's first lines."""

import re

import polars as pl

from logsense.plans import IdRule

#: A rule is taken up where at least this share of the lines has such an id.
SHARE = 0.02
MOST = 3
# Names of fields that hold an id, as software at large calls them.
_NAMES = (
    r"(?:trace|request|req|correlation|transaction|txn?|session|order|job|task|message|msg|payment|user|customer|account"
    r"|conversation|flow|operation|op|call|span|invocation|execution|run|workflow|cart|booking|shipment|instance|device)"
    r"[_.-]?(?:[iI][dD]|uuid|UUID|Id)|rid|reqid|x-request-id|traceparent|jid|qid|cid|sid|uid|opID|mid|tid"
)
_FIELD = (
    rf"""(?i:(?:^|[^A-Za-z0-9_])(?<name>{_NAMES}))["']?\s?[:=]\s?["']?"""
    r"(?<id>[A-Za-z0-9][A-Za-z0-9_.:-]{2,63})"
)
# Ids whose look says what they are, without a field: kind and regex.
_BARE = (
    ("trace", r"\[[0-9A-Za-z_.-]*,([0-9a-f]{16}|[0-9a-f]{32}),[0-9a-f]{16}(?:,[a-z]*)?\]"),
    ("uuid", r"(?:^|[^0-9A-Za-z-])([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:[^0-9A-Za-z]|$)"),
    ("hex", r"(?:^|[^0-9A-Za-z-])([0-9a-f]{32}|[0-9a-f]{24})(?:[^0-9A-Za-z]|$)"),
)
# A word and a number or hex joined by "-" or "_", such as req-1f3c or job_123.
_WORDED = (
    r"(?:^|[^0-9A-Za-z_-])(?<word>req|request|blk|order|ord|txn?|trace|job|task|sess|session|attempt|container"
    r"|application|pay|cart|msg|inv|evt|event|cust|user|usr)(?<join>[_-])-?[0-9a-f]{2,}"
)
_VARIES = 2  # an id that is the same in all lines joins nothing
# A part of a piece of work is left out where as many lines name the whole.
_WHOLE, _PART = r"(?i)^(?:trace.?id|traceparent|trace)$", r"(?i)^(?:span|parent).?.*id$"
_PARENT = r"""(?:^|[^A-Za-z0-9_]){name}["']?\s?[:=]\s?["']?[0-9a-f]{{2}}-([0-9a-f]{{32}})-"""


def rules(lines: pl.Series) -> tuple[IdRule, ...]:
    """Up to three rules for ids in these lines, the most telling first. A name's case is kept."""
    total = len(lines)
    if not total:
        return ()
    least = max(2, int(SHARE * total))
    found: list[tuple[int, int, IdRule]] = []
    fields = _fields(lines)
    for name, n, distinct in _counted(fields["name"], fields["id"]):
        found.append((n, distinct, IdRule(name, _field_rule(name))))
    words = lines.str.extract_groups(_WORDED).struct.unnest()
    joined = words.select(pl.col("word") + pl.col("join")).to_series()
    for word, n, _ in _counted(joined, joined):
        pattern = rf"(?:^|[^0-9A-Za-z_-])({word}-?[0-9a-f]{{2,}}(?:[_-][0-9a-f]+)*)"
        found.append((n, _distinct(lines, pattern), IdRule(word.rstrip("_-"), pattern)))
    for kind, pattern in _BARE:
        ids = lines.str.extract(pattern)
        named = pl.any_horizontal(
            [pl.lit(value=False), *(lines.str.extract(rule.pattern) == ids for *_, rule in found)]
        )
        loose = pl.select(ids.is_not_null() & ~named.fill_null(value=False)).to_series()
        found.append((int(loose.sum()), ids.n_unique(), IdRule(kind, pattern)))
    kept = [one for one in found if one[0] >= least and one[1] >= _VARIES]
    kept.sort(key=lambda one: (-one[0], -one[1], one[2].kind))
    wholes = max((n for n, _, rule in kept if re.search(_WHOLE, rule.kind)), default=0)
    kept = [one for one in kept if not (re.search(_PART, one[2].kind) and one[0] <= wholes)]
    kept.sort(key=lambda one: not re.search(_WHOLE, one[2].kind))
    return tuple(rule for *_, rule in kept[:MOST])


def _fields(lines: pl.Series) -> pl.DataFrame:
    """Columns name and id: every field of a line that holds an id, each once a line."""
    found = pl.DataFrame({"text": lines.str.extract_all(_FIELD)}).with_row_index("row").explode("text")
    groups = pl.col("text").str.extract_groups(_FIELD).struct
    named = found.drop_nulls("text").select("row", groups.field("name"), groups.field("id"))
    return named.unique(["row", "name"], keep="first", maintain_order=True)


def _counted(names: pl.Series, ids: pl.Series) -> list[tuple[str, int, int]]:
    counted = (
        pl.DataFrame({"name": names, "id": ids})
        .drop_nulls()
        .group_by("name")
        .agg(pl.len(), pl.n_unique("id"))
    )
    return counted.sort("len", "name", descending=[True, False]).rows()


def _distinct(lines: pl.Series, pattern: str) -> int:
    return lines.str.extract(pattern).drop_nulls().n_unique()


def _field_rule(name: str) -> str:
    if name.lower() == "traceparent":  # its last part is the span's, which differs from record to record
        return _PARENT.format(name=re.escape(name))
    return (
        rf"""(?:^|[^A-Za-z0-9_]){re.escape(name)}["']?\s?[:=]\s?["']?([A-Za-z0-9][A-Za-z0-9_.:-]{{2,63}})"""
    )
