"""What plugins register and return, held against what ``logsense.api`` promises."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from logsense import addresses, api
from logsense.errors import FrameError
from logsense.schema import ANOMALIES, SERIES

#: Kinds whose hooks return folders of declared data.
DATA = ("formats", "masks")
#: Where a kind's classes must have these methods (formats are paths).
METHODS: Mapping[str, tuple[str, ...]] = {
    "detectors": ("fit", "detect"),
    "rankers": ("score",),
    "reporters": ("write",),
    "panels": ("widget",),
    "sources": ("fetch",),
    "metrics": ("claims", "series"),
}
#: Where a kind's classes must have these texts.
TEXTS: Mapping[str, tuple[str, ...]] = {"panels": ("name", "title")}
EVIDENCE: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "candidate": pl.UInt32,
    "name": pl.String,
    "value": pl.Float64,
    "why": pl.String,
}


def thing(kind: str, registered: object) -> None:
    """FrameError where what a hook of this kind returned is not what it should be."""
    if kind in DATA:
        if not isinstance(registered, (str, Path)):
            msg = f"register_{kind} must return paths, not {type(registered).__name__}"
            raise FrameError(msg)
        return
    if kind == "commands":
        if not callable(getattr(registered, "make_context", None)):
            msg = f"register_commands must return click commands, not {type(registered).__name__}"
            raise FrameError(msg)
        return
    texts = TEXTS.get(kind, ("name",))
    missing = [m for m in METHODS[kind] if not callable(getattr(registered, m, None))]
    missing += [name for name in texts if not isinstance(getattr(registered, name, None), str)]
    schemes = getattr(registered, "schemes", ()) if kind == "sources" else ("any",)
    if not isinstance(schemes, (tuple, list)) or not schemes or not all(map(_is_scheme, schemes)):
        missing.append("schemes")
    if not isinstance(registered, type) or missing:
        wanted = ", ".join((*texts, *(("schemes",) if kind == "sources" else ()), *METHODS[kind]))
        # Not its repr: the address in memory that this may hold is another one in each run.
        what = registered.__name__ if isinstance(registered, type) else f"a {type(registered).__name__}"
        msg = f"register_{kind} must return classes with {wanted}; got {what}"
        raise FrameError(msg)


def _is_scheme(text: object) -> bool:
    """Whether an address could begin with it: in lower case, without what an address ends it with."""
    return isinstance(text, str) and addresses.scheme(f"{text}://") == text


def anomalies(frame: object, whose: str) -> pl.DataFrame:
    """The ANOMALIES frame of a detector; FrameError names column and row of what is wrong."""
    checked = ANOMALIES.check(_frame(frame, whose, "detect"), whose)
    if not checked["score"].is_finite().all():
        msg = f"{whose}: ANOMALIES.score is not finite in row {(~checked['score'].is_finite()).arg_true()[0]}"
        raise FrameError(msg)
    odd = ~checked["kind"].is_in(list(api.FINDING_KINDS))
    if odd.any():
        row = odd.arg_true()[0]
        kinds = ", ".join(api.FINDING_KINDS)
        msg = f"{whose}: ANOMALIES.kind is {checked['kind'][row]!r} in row {row}, none of {kinds}"
        raise FrameError(msg)
    return checked


def evidence(frame: object, whose: str, candidates: int) -> pl.DataFrame:
    """The frame candidate, name, value, why of a ranker; FrameError names column and row of what is wrong.

    Whole numbers of other widths, and the like, are taken where nothing of them is lost.
    """
    given = _frame(frame, whose, "score")
    missing = [name for name in EVIDENCE if name not in given.columns]
    if missing:
        msg = f"{whose}: score must return a frame with {', '.join(EVIDENCE)}; it lacks {missing[0]!r}"
        raise FrameError(msg)
    try:
        checked = given.select(pl.col(name).cast(dtype) for name, dtype in EVIDENCE.items())
    except pl.exceptions.PolarsError as error:
        msg = f"{whose}: score returned {dict(given.schema)}; it must be {dict(EVIDENCE)}"
        raise FrameError(msg) from error
    for name in EVIDENCE:
        if checked[name].null_count():
            msg = f"{whose}: score.{name} is null in row {checked[name].is_null().arg_true()[0]}"
            raise FrameError(msg)
    if not checked["value"].is_finite().all():
        row = (~checked["value"].is_finite()).arg_true()[0]
        msg = f"{whose}: score.value is {checked['value'][row]} in row {row}, not finite"
        raise FrameError(msg)
    odd = checked["candidate"] >= candidates
    if odd.any():
        row = odd.arg_true()[0]
        msg = f"{whose}: score.candidate is {checked['candidate'][row]} in row {row}, a candidate that is not"
        raise FrameError(msg)
    return checked


def series(frame: object, whose: str) -> pl.DataFrame:
    """The SERIES frame of a reader of metrics; its values need not be finite."""
    return SERIES.check(_frame(frame, whose, "series"), whose)


def claims(given: object, whose: str, files: int) -> list[bool]:
    """Yes or no of each file."""
    if not isinstance(given, list) or len(given) != files:
        raise FrameError(f"{whose}: it was asked of {files} files, and answered otherwise")
    for one in given:
        if not isinstance(one, bool):
            msg = f"{whose}: claims returned {type(one).__name__}, neither True nor False"
            raise FrameError(msg)
    return given


def words(given: object, whose: str) -> str:
    """What a source tells whoever asked; "" for nothing."""
    if not isinstance(given, str):
        msg = f"{whose}: fetch returned {type(given).__name__}, not a text"
        raise FrameError(msg)
    return given


def pieces(given: object, whose: str) -> list[str]:
    """The texts of a reporter."""
    if not isinstance(given, list) or not all(isinstance(piece, str) for piece in given):
        msg = f"{whose}: write gave what is no text"
        raise FrameError(msg)
    return given


def _frame(frame: object, whose: str, method: str) -> pl.DataFrame:
    if not isinstance(frame, pl.DataFrame):
        msg = f"{whose}: {method} returned {type(frame).__name__}, not a frame"
        raise FrameError(msg)
    return frame
