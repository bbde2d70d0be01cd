"""A whole run over a few lines with a plugin given as a class."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from specimens import good

from logsense.errors import UsageError
from logsense.testing import analyze_lines

START = datetime(2026, 1, 2, 3, 4)


def shop():
    """Twenty minutes of service, with trouble in three of them."""
    rows = []
    for second in range(0, 1200, 2):
        time = START + timedelta(seconds=second)
        rows.append(f"{time:%Y-%m-%dT%H:%M:%S}Z INFO served page {second} in {second % 7} ms")
        if 800 <= second < 980:
            rows.append(f"{time:%Y-%m-%dT%H:%M:%S}Z ERROR cannot write page {second}: disk full")
    return "\n".join(rows) + "\n"


def test_a_detector_that_is_given_takes_part_in_the_run():
    """What a detector that is installed nowhere finds is among the anomalies, under its own name."""
    analysis = analyze_lines({"shop/app.log": shop()}, good.Detector)
    assert "news" in analysis.anomalies["detector"].to_list()
    assert analysis.incidents
    assert not analysis.plugins_failed
    assert "news" not in analyze_lines({"shop/app.log": shop()}).anomalies["detector"].to_list()


def test_a_format_that_is_given_reads_the_file(tmp_path):
    """A declared format given by its file, or its folder, reads the lines that are its."""
    path = Path(good.__file__).with_name("good_format.toml")
    (tmp_path / "mine.toml").write_bytes(path.read_bytes())
    line = "<<2026-01-02T03:04:05.678Z>> WARN - price of 4711 changed by hand\n"
    for given in (path, tmp_path):
        analysis = analyze_lines({"a.log": line * 30}, given)
        assert "specimen-audit" in analysis.sources["format"][0]


def test_what_fails_is_named():
    """A detector that raises costs the run nothing, and is named in it."""

    class Broken(good.Detector):
        def detect(self, view):
            msg = "no such thing"
            raise LookupError(msg)

    analysis = analyze_lines({"app.log": shop()}, Broken)
    assert ["LookupError: no such thing" in one.reason for one in analysis.plugins_failed] == [True]


def test_only_what_a_run_asks_for_is_taken():
    """A reporter, and a file outside the folder, are refused in words."""
    with pytest.raises(UsageError, match="asks for no reporter"):
        analyze_lines({"app.log": ""}, good.Reporter)
    with pytest.raises(UsageError, match="outside"):
        analyze_lines({"../app.log": ""})
