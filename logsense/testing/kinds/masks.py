"""Checks of masks: a TOML file of ``[[mask]]`` tables, or a folder of them. The samples are the test."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from logsense.mine.masks.declared import read
from logsense.testing.promise import CheckFailed, need, table

TEXTS = ("name", "pattern", "placeholder")
#: Words that state a cause: a mask that takes one of them hides why something broke.
CAUSES = (
    "connection refused", "out of memory", "no space left on device", "permission denied", "timed out",
    "certificate has expired", "killed process", "error", "failed", "exit code 137", "disk full", "panic",
)  # fmt: skip
#: Texts that no mask may stumble over.
ODD = ("", " ", "\x1b[31m", "a" * 70_000, "日本語 エラー", "\ufffd", "(unclosed [", "<num>")


def _files(given: Any) -> list[Path]:
    path = Path(given)
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def _each(given: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in _files(given):
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8")).get("mask", [])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            msg = f"{path}: cannot be read as TOML: {problem}"
            raise CheckFailed(msg) from problem
        need(isinstance(tables, list) and tables, f"{path}: there is no [[mask]]")
        for one in tables:
            yield f"{path}: {one.get('name', '?')}", one


def _masked(one: dict[str, Any], texts: list[str]) -> list[str]:
    """The texts as this mask alone leaves them: its ``to``, else its placeholder, stands in their place."""
    placed = one.get("to") or one["placeholder"].replace("$", "$$")
    out: list[str] = pl.Series(texts, dtype=pl.String).str.replace_all(one["pattern"], placed).to_list()
    return out


def loads(given: Any) -> None:
    """The file is TOML; each mask has known keys of the right types, a name, a pattern and a placeholder."""
    for path in _files(given):
        _, problems = read(path, held=True)  # as a run reads it; whether samples come out, other checks say
        need(not problems, str(problems[:1] and problems[0]))
    for where, one in _each(given):
        missing = [key for key in TEXTS if not isinstance(one.get(key), str) or not one[key]]
        need(not missing, f"{where}: {', '.join(missing)}: missing, or no text")


def regexes_linear(given: Any) -> None:
    """Patterns compile in linear time: no look-around, no back-references."""
    for where, one in _each(given):
        try:
            _masked(one, [""])
        except pl.exceptions.ComputeError as problem:
            need(False, f"{where}: pattern: {problem}")


def placeholders_shaped(given: Any) -> None:
    """A placeholder is a lower-case word in angle brackets, such as <pod>."""
    for where, one in _each(given):
        word = one["placeholder"][1:-1]
        shaped = (
            one["placeholder"] == f"<{word}>" and word.replace("_", "").isalnum() and word == word.lower()
        )
        need(shaped, f"{where}: placeholder {one['placeholder']!r}, not like <pod>")


def names_unique(given: Any) -> None:
    """Names differ."""
    names = [one["name"] for _, one in _each(given)]
    twice = sorted({name for name in names if names.count(name) > 1})
    need(not twice, f"more than one mask is called {', '.join(twice)}")


def samples_enough(given: Any) -> None:
    """Each mask has a sample with what comes out, and a near miss: no samples, no mask."""
    for where, one in _each(given):
        texts = [sample for sample in one.get("samples", []) if {"text", "masked"} <= set(sample)]
        need(texts, f"{where}: samples: one at least, with text and masked")
        need(one.get("near_misses"), f"{where}: near_misses: one text at least that must stay as it is")


def samples_masked(given: Any) -> None:
    """Samples come out as they say."""
    for where, one in _each(given):
        for sample in one.get("samples", []):
            (got,) = _masked(one, [sample["text"]])
            need(
                got == sample["masked"],
                f"{where}: {sample['text']!r} becomes {got!r}, not {sample['masked']!r}",
            )


def near_misses_stay(given: Any) -> None:
    """Near misses stay as they are."""
    for where, one in _each(given):
        near = list(one.get("near_misses", []))
        changed = [text for text, got in zip(near, _masked(one, near), strict=True) if text != got]
        need(not changed, f"{where}: masks its near miss {changed[:1]}")


def causes_stay(given: Any) -> None:
    """Words that state a cause stay as they are."""
    for where, one in _each(given):
        texts = [f"it {text} now" for text in CAUSES]
        changed = [text for text, got in zip(texts, _masked(one, texts), strict=True) if text != got]
        need(not changed, f"{where}: hides a cause: {changed[:1]}")


def masked_once(given: Any) -> None:
    """What is masked once stays: a mask does not take its own placeholder."""
    for where, one in _each(given):
        once = _masked(one, [sample["text"] for sample in one.get("samples", [])])
        need(_masked(one, once) == once, f"{where}: takes its own placeholder")


def empty_match(given: Any) -> None:
    """No pattern fits nothing: it would stand between all letters."""
    for where, one in _each(given):
        need(_masked(one, [""]) == [""], f"{where}: the pattern fits an empty text")


def odd_texts(given: Any) -> None:
    """Empty, endless and broken texts are no cause for an exception."""
    for _, one in _each(given):
        _masked(one, list(ODD))


CHECKS = table(
    loads,
    regexes_linear,
    placeholders_shaped,
    names_unique,
    samples_enough,
    samples_masked,
    near_misses_stay,
    causes_stay,
    masked_once,
    empty_match,
    odd_texts,
)
