"""JSON lines: documents from Python one by one, records of a frame all at once."""

import json
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

#: Fields of a record, in the order in which they are printed.
FIELDS = (
    "source", "line", "lines", "time", "level", "service", "logger", "host", "message",
    "template_id", "template", "params", "format",
)  # fmt: skip
# What JSON may hold as it is, but a terminal must not see as it is: DEL, C1, marks that reorder or hide.
_RAW = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def dumps(value: Mapping[str, Any], *, indent: int | None = None) -> str:
    """Strict JSON in ASCII with its newline: no NaN, every control as an escape."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=indent) + "\n"


def ndjson(records: pl.DataFrame) -> bytes:
    r"""Records as JSON lines in UTF-8, one object a row; columns the frame lacks are left out.

    Written by Polars for all rows at once. Times (``Datetime("us")``, UTC) get microseconds and a Z;
    unknown is null. Signs that a terminal would act on are ``\u`` escapes.
    """
    if records.is_empty():
        return b""
    frame = records.select(name for name in FIELDS if name in records.columns)
    frame = frame.with_columns(
        # Polars writes a Datetime with a blank and no zone; the contract wants ISO 8601 with a Z.
        pl.col(pl.Datetime("us")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
    )
    data = frame.write_ndjson().encode()
    if data.isascii() and b"\x7f" not in data:
        return data
    return _RAW.sub(lambda match: f"\\u{ord(match[0]):04x}", data.decode()).encode()
