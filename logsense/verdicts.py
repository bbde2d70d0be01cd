"""What people said of findings: real, noise, expected for a while. Text in a file of their choosing.

The file is TOML, a ``[[verdict]]`` a table. A verdict is about the first cause of an incident: its service,
its kind and the shapes of its template, which mean the same in another run. Nothing but what is asked for by
name is ever read: no file of the analysed directory is a file of verdicts by itself.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl

from logsense.analysis import Analysis, Incident, Muted, Verdict
from logsense.clean import name as clean_name
from logsense.errors import ConfigError
from logsense.schema import FINDING_KINDS
from logsense.store import atomic_write, locked

SAYS = ("real", "noise", "expected")
_HEAD = """\
# What was said of findings of logsense: each [[verdict]] is about a cause of an incident (its service, its
# kind and the shapes of its template). "noise" is not reported again, "expected" not until the end of a day
# (UTC), "real" is reported and marked. Edit it freely: order and remarks stay as they are.
"""
#: When what has no date was said.
_LONG_AGO = datetime(1970, 1, 1)
_KEYS = ("says", "kind", "service", "template", "shapes", "until", "said", "note")


def of(
    incident: Incident, says: str, templates: pl.DataFrame, *, until: date | None = None, note: str = ""
) -> Verdict:
    """The verdict on an incident: on its first cause. ConfigError where it has none."""
    if not incident.causes:
        msg = "an incident without a cause cannot be judged: there is nothing to know it by"
        raise ConfigError(msg)
    cause = incident.causes[0]
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    shapes = _shapes(cause.template_id, templates)
    return Verdict(says, cause.kind, cause.service, cause.template, shapes, until, now, note)


def _shapes(template: str | None, templates: pl.DataFrame) -> tuple[str, ...]:
    found = templates.filter(pl.col("template") == template)["shapes"].to_list() if template else []
    return tuple(found[0]) if found else ()


def applied(analysis: Analysis, file: str | None) -> Analysis:
    """The analysis with what the file's verdicts say: muted incidents apart, real ones marked.

    ConfigError names what is wrong in the file. One that does not exist yet mutes nothing; a note says so.
    """
    if file is None:
        return analysis
    path = Path(file)
    if not path.exists():
        note = f"there is no file of verdicts {clean_name(file)} yet: nothing is muted"
        return replace(analysis, notes=(*analysis.notes, note))
    verdicts, problems = read(path)
    return judged(replace(analysis, notes=(*analysis.notes, *problems)), verdicts)


def judged(analysis: Analysis, verdicts: Sequence[Verdict]) -> Analysis:
    """The analysis after these verdicts; those that held before hold no longer."""
    every = list(analysis.incidents)
    for one in sorted(analysis.muted, key=lambda one: one.place):
        every.insert(one.place, one.incident)
    kept, muted = list[Incident](), list[Muted]()
    for place, incident in enumerate(every):
        verdict = _on(incident, verdicts, analysis.view.templates)
        marked = replace(incident, verdict=verdict.says if verdict else "")
        if verdict is not None and verdict.says != "real":
            muted.append(Muted(marked, verdict, place))
        else:
            kept.append(marked)
    return replace(analysis, incidents=tuple(kept), muted=tuple(muted))


def _on(incident: Incident, verdicts: Sequence[Verdict], templates: pl.DataFrame) -> Verdict | None:
    """The newest verdict on the first cause of the incident that still holds."""
    if not incident.causes:
        return None
    cause = incident.causes[0]
    shapes = set(_shapes(cause.template_id, templates))
    for one in sorted(verdicts, key=lambda verdict: verdict.said, reverse=True):
        same = (one.kind, one.service) == (cause.kind, cause.service)
        if not same or not (shapes & set(one.shapes) if shapes or one.shapes else True):
            continue
        over = one.says == "expected" and one.until is not None and incident.start is not None
        if not (over and cast(datetime, incident.start).date() > cast(date, one.until)):
            return one
    return None


# -- the file --------------------------------------------------------------------------------------------
def read(path: Path) -> tuple[tuple[Verdict, ...], tuple[str, ...]]:
    """The verdicts of a file, and what is odd about it. ConfigError for what cannot be read as one."""
    where = clean_name(str(path))
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"the verdicts {where} could not be read: {error.strerror}"
        raise ConfigError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"the verdicts {where} are no TOML: {error}"
        raise ConfigError(msg) from error
    tables = content.get("verdict", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        msg = f"{where}: verdict must be tables, each begun by [[verdict]]"
        raise ConfigError(msg)
    odd = [f"{where}: there is no key {key!r}; it is left out" for key in content if key != "verdict"]
    verdicts = []
    for number, table in enumerate(tables, 1):
        at = f"{where}: verdict {number}"
        odd += [
            f"{at} has a key {key!r} that means nothing; it is left out" for key in table if key not in _KEYS
        ]
        verdicts.append(_verdict(table, at))
    return tuple(verdicts), tuple(odd)


def _verdict(table: Mapping[str, Any], at: str) -> Verdict:
    says = _one_of(table, "says", SAYS, at)
    until = table.get("until")
    if isinstance(until, datetime):
        until = until.date()
    if until is not None and not isinstance(until, date):
        msg = f"{at}: until is {until!r}; it must be a date such as 2026-01-31, without quotation marks"
        raise ConfigError(msg)
    if says == "expected" and until is None:
        msg = f"{at} is expected, but not until when: add until = 2026-01-31"
        raise ConfigError(msg)
    shapes = table.get("shapes", [])
    if not isinstance(shapes, list) or not all(isinstance(shape, str) for shape in shapes):
        msg = f"{at}: shapes is {shapes!r}; it must be a list of texts"
        raise ConfigError(msg)
    said = table.get("said")
    return Verdict(
        says=says,
        kind=_one_of(table, "kind", FINDING_KINDS, at),
        service=_text(table, "service", at),
        template=_text(table, "template", at, optional=True),
        shapes=tuple(shapes),
        until=until,
        said=said.replace(tzinfo=None) if isinstance(said, datetime) else _LONG_AGO,
        note=_text(table, "note", at, optional=True),
    )


def _text(table: Mapping[str, Any], key: str, at: str, *, optional: bool = False) -> str:
    value = table.get(key, "" if optional else None)
    if not isinstance(value, str):
        msg = f"{at}: {key} is {value!r}; it must be a text"
        raise ConfigError(msg)
    return value


def _one_of(table: Mapping[str, Any], key: str, values: Sequence[str], at: str) -> str:
    value = table.get(key)
    if value not in values:
        msg = f"{at}: {key} is {value!r}; it must be one of: {', '.join(values)}"
        raise ConfigError(msg)
    return str(value)


def add(path: Path, verdict: Verdict) -> tuple[Verdict, ...]:
    """Write a verdict behind the others; it takes the place of older ones on the same cause, which are given.

    What stands in the file stays as it is, remarks too. ConfigError and OutputError say what went wrong.
    """
    return _change(path, lambda one: _same(one, verdict), verdict)


def remove(path: Path, verdict: Verdict) -> None:
    """Take a verdict out of the file again."""
    _change(path, lambda one: one == verdict, None)


def _same(one: Verdict, other: Verdict) -> bool:
    shapes = set(one.shapes) & set(other.shapes) if one.shapes or other.shapes else {""}
    return (one.kind, one.service) == (other.kind, other.service) and bool(shapes)


def _change(path: Path, gone: Callable[[Verdict], bool], verdict: Verdict | None) -> tuple[Verdict, ...]:
    """Take out what is gone, which is given, and put a verdict behind the rest."""
    # tomlkit (MIT, maintained by the Poetry project) keeps remarks and order; tomllib cannot write at all.
    import tomlkit

    with locked(path):
        verdicts, _ = read(path) if path.exists() else ((), ())
        text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
        document = tomlkit.parse(text)
        tables = document.get("verdict")
        if tables is None:
            tables = tomlkit.aot()
            document.append("verdict", tables)
        for number in range(len(verdicts) - 1, -1, -1):
            if gone(verdicts[number]):
                del tables[number]
        if verdict is not None:
            tables.append(_table(verdict))
        atomic_write(path, tomlkit.dumps(document).encode())
    return tuple(one for one in verdicts if gone(one))


def _table(verdict: Verdict) -> Any:
    import tomlkit

    table = tomlkit.table()
    for key in _KEYS:
        value = getattr(verdict, key)
        if value or key in ("says", "kind", "service"):
            table.append(key, list(value) if key == "shapes" else value)
    return table
