"""The line of every key of a TOML text, whatever way it is written."""

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logsense.config.lines import line_of, lines

TEXT = '''\
# a remark with a key = 1 [in it]
top = 1

[run]   # tz = "not this one"
tz = "a # b = c"
include = [
  "one", # remark = 2
  "[two]",
]
exclude = ["x"]
verdicts = """
tz = "neither"
"""
color = '\''
[plugins]
'\''
[plugins]
load = []
[detectors]
rate.alpha = 0.1
rate."be ta" = { low = 1, high = 2 }
[ detectors . 'silence' ]
"enabled" = false
[[mask]]
name = "a"
[[mask]]
name = "b"
[a.b.c]
"\\u0064" = 1
last = 2'''


def test_keys_tables_strings_and_lists():
    """Dotted, quoted and plain keys are found; what strings, lists and remarks hold is no key."""
    assert tomllib.loads(TEXT)
    found = lines(TEXT)
    where = {
        "top": 2, "run": 4, "run.tz": 5, "run.include": 6, "run.exclude": 10, "run.verdicts": 11,
        "run.color": 14, "plugins": 17, "plugins.load": 18, "detectors": 19, "detectors.rate.alpha": 20,
        "detectors.rate": 20, "detectors.rate.be ta": 21, "detectors.silence": 22,
        "detectors.silence.enabled": 23, "mask": 24, "mask.name": 25, "a": 28, "a.b.c": 28, "a.b.c.d": 29,
        "a.b.c.last": 30, "a.b": 28,
    }  # fmt: skip
    assert {".".join(path): line for path, line in found.items()} == where


def test_what_stands_in_braces_is_on_the_line_of_its_key():
    """A key inside a table in braces has the line of the key it belongs to; what is unknown has the first."""
    found = lines(TEXT)
    assert line_of(found, ("detectors", "rate", "be ta", "high")) == 21
    assert line_of(found, ("nothing",)) == 1


def paths(table: dict, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from paths(value, (*above, name))


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
values = st.one_of(
    st.text(max_size=20), st.integers(-9, 9), st.lists(st.text(max_size=5), max_size=3), st.booleans()
)


@settings(deadline=None)
@given(st.dictionaries(names, st.one_of(values, st.dictionaries(names, values, max_size=3)), max_size=5))
def test_every_key_of_any_text_is_found(content):
    """Whatever a file holds, every key of it is found, and no other."""
    import tomlkit

    text = tomlkit.dumps(content)
    assert set(lines(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", "a = 1"])
def test_short_texts(text):
    """An empty text has no keys; the last line needs no line feed."""
    assert dict(lines(text)) == ({("a",): 1} if "=" in text else {})
