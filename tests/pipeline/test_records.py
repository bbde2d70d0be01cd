"""``parse``: the records of a window, with the service of their source, and what was odd in words."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from logsense import listing, pipeline
from logsense.errors import UsageError

BACK = {"since": "-10m"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An hour of records, one a minute, each with a line that continues it."""
    path = tmp_path / "shop.log"
    rows = [f"2026-01-02 03:{minute:02}:00,000 ERROR lost {minute}\n  at shop.Pay" for minute in range(60)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def parsed(path: Path, **options: Any) -> pl.DataFrame:
    return pl.concat(list(listing.parse(str(path), **options)))


@pytest.mark.parametrize("templates", [True, False])
def test_a_window_leaves_out_what_lies_outside(log: Path, *, templates: bool) -> None:
    """--since and --until hold for records as they do for the analysis, with templates and without."""
    found = parsed(log, templates=templates, since="2026-01-02T03:10", until="2026-01-02T03:20")
    assert found["line"].to_list() == list(range(21, 41, 2))
    assert (
        found.height
        == pipeline.analyze(str(log), since="2026-01-02T03:10", until="2026-01-02T03:20")
        .templates["count"]
        .sum()
    )


def test_an_age_needs_the_end(log: Path) -> None:
    """An age counts back from the last record; while streaming that is not known, and it is said."""
    assert parsed(log, templates=True, **BACK)["line"].to_list() == list(range(99, 121, 2))
    with pytest.raises(UsageError, match="no-templates"):
        parsed(log, templates=False, **BACK)


@pytest.mark.parametrize("templates", [True, False])
def test_a_record_that_names_no_service_has_that_of_its_source(log: Path, *, templates: bool) -> None:
    """The service is the source's name without endings where no field names one."""
    assert parsed(log, templates=templates)["service"].unique().to_list() == ["shop"]


@pytest.mark.parametrize("templates", [True, False])
def test_what_was_odd_is_told_at_the_end(log: Path, *, templates: bool) -> None:
    """A packed file cut short is named, its records up to the cut are there, and the run ends with 4."""
    packed = gzip.compress(log.read_bytes() * 50, mtime=0)
    (log.parent / "cut.log.gz").write_bytes(packed[: len(packed) // 2])
    told: list[str] = []
    codes: list[int] = []

    def frames() -> Iterator[pl.DataFrame]:
        codes.append((yield from listing.parse(str(log.parent), templates=templates, tell=told.append)))

    seen = list(frames())
    assert codes == [4]
    assert any(row.startswith("cut.log.gz: ") for row in told)
    assert pl.concat(seen).filter(source="cut.log.gz").height > 0


def test_no_logs_at_all_is_told(tmp_path: Path) -> None:
    """A folder without logs gives no record, ends with 0, and says that nothing was found."""
    told: list[str] = []
    assert not list(listing.parse(str(tmp_path), tell=told.append))
    assert told == ["no logs were found in what was given"]
