"""Files of formats and masks: what nobody would read, and what a run would leave out, is told by the kit."""

from pathlib import Path

import pytest

from logsense.testing import CheckFailed, checks_for

HERE = Path(__file__).parent / "specimens"


@pytest.mark.parametrize(
    "kind, old, new, said",
    [
        (
            "format",
            "[[near_miss]]",
            "[[near_mis]]",
            "near_mis: unknown; known are [[sample]] and [[near_miss]]",
        ),
        ("mask", "near_misses", "near_mises", "near_mises: unknown key; known are"),
        ("mask", 'text = "closed TICKET-4711 at once"', "text = 5", "samples: must be a list of { text ="),
    ],
)
def test_a_key_nobody_knows_does_not_load(tmp_path, kind, old, new, said):
    """A misspelt key, or a value of another type, is told by the check that loads, with its place."""
    text = (HERE / f"good_{kind}.toml").read_text()
    assert old in text
    path = tmp_path / f"bad_{kind}.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(CheckFailed, match="loads: ") as raised:
        checks_for(path)["loads"](path)
    assert said in str(raised.value)
    assert path.name in str(raised.value)
