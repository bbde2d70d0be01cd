"""Settings: flags before the environment before defaults, each value checked, each error with a name."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from logsense.config import MOST_THREADS, Settings, default_threads, parse_when, zone
from logsense.errors import ConfigError

NOW = datetime(2026, 1, 2, 3, 4, 5)


def test_flags_before_environment_before_defaults():
    """A flag wins over a variable, a variable over the default, and each value says where it is from."""
    environ = {"LOGSENSE_THREADS": "3", "LOGSENSE_TZ": "Europe/Berlin", "LOGSENSE_COLOR": ""}
    settings = Settings.resolve(environ, tz="+05:30", year=None, include="*.log")
    assert (settings.threads, settings.tz, settings.color, settings.year) == (3, "+05:30", "auto", None)
    assert settings.include == ("*.log",)
    assert settings.origins == {"threads": "LOGSENSE_THREADS", "tz": "flag", "include": "flag"}


@pytest.mark.parametrize(
    "given,paths",
    [
        ("good", ("good",)),
        (Path("good"), ("good",)),
        (["a", Path("b")], ("a", "b")),
        ((), ()),
        (None, ()),
        (b"caf\xe9", ("caf\udce9",)),
    ],
)
def test_known_good_paths_are_one_or_several(given, paths):
    """``baseline`` takes a path or several, as text or as Path, and says that it was a flag."""
    settings = Settings.resolve({}, baseline=given)
    assert settings.baseline == paths
    assert settings.origins == ({} if given is None else {"baseline": "flag"})


@pytest.mark.parametrize("given", [7, [7], [None], True])
def test_known_good_paths_are_paths(given):
    """What is no path is refused with the name of the setting."""
    with pytest.raises(ConfigError, match="baseline"):
        Settings.resolve({}, baseline=given)


def test_defaults_make_sense():
    """The defaults pass their own check, and use the cores there are, up to a limit."""
    assert Settings().check() == Settings.resolve({})
    assert 1 <= default_threads() <= MOST_THREADS


@pytest.mark.parametrize(
    "flags,named",
    [
        ({"threads": 0}, "threads"),
        ({"threads": True}, "threads"),
        ({"threads": "4"}, "threads"),
        ({"year": 10}, "year"),
        ({"block_size": 1}, "block_size"),
        ({"max_lines": 0}, "max_lines"),
        ({"sample_lines": 1}, "sample_lines"),
        ({"verbose": -1}, "verbose"),
        ({"color": "blue"}, "color"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"since": "yesterday-ish"}, "since"),
        ({"until": "-2y"}, "until"),
        ({"treads": 2}, "treads"),
        ({"origins": {}}, "origins"),
    ],
)
def test_what_makes_no_sense_is_named(flags, named):
    """An unknown setting, a wrong type and a value out of range are refused with the name of the setting."""
    with pytest.raises(ConfigError, match=named):
        Settings.resolve({}, **flags)


@pytest.mark.parametrize(
    "environ,named",
    [
        ({"LOGSENSE_THREADS": "many"}, "LOGSENSE_THREADS"),
        ({"LOGSENSE_THREADS": "0"}, "LOGSENSE_THREADS"),
        ({"LOGSENSE_COLOR": "blue"}, "LOGSENSE_COLOR"),
    ],
)
def test_a_wrong_variable_is_named(environ, named):
    """An error in a value from the environment names the variable."""
    with pytest.raises(ConfigError, match=named):
        Settings.resolve(environ)


@pytest.mark.parametrize(
    "text,time",
    [
        ("2026-01-02T03:04:05Z", NOW),
        ("2026-01-02T05:04:05+02:00", NOW),
        ("2026-01-02 03:04:05", NOW),
        ("2026-01-02", datetime(2026, 1, 2)),
        ("2026-01-02T03:04:05.123456", NOW.replace(microsecond=123456)),
        ("-2h", NOW - timedelta(hours=2)),
        ("-30m", NOW - timedelta(minutes=30)),
        ("-1d", NOW - timedelta(days=1)),
        ("-90s", NOW - timedelta(seconds=90)),
        ("-1w", NOW - timedelta(weeks=1)),
        (" now ", NOW),
    ],
)
def test_times_as_typed(text, time):
    """ISO 8601 times and ages are naive UTC times."""
    assert parse_when(text, NOW) == time


@pytest.mark.parametrize(
    "text", ["", "2h", "-", "-2", "-2y", "tomorrow", "2026-13-01", "-999999999w", "12:00"]
)
def test_what_is_no_time_is_refused(text):
    """What is neither a time nor an age raises ConfigError and names the option."""
    with pytest.raises(ConfigError, match="since"):
        parse_when(text, NOW, key="since")


def test_the_window_is_read_in_the_zone_and_from_the_last_time():
    """Times without a zone are read in tz; ages count back from the last time of the logs, else from now."""
    settings = Settings.resolve({}, since="2026-01-02T03:00", until="-30m", tz="Europe/Berlin")
    assert settings.window(NOW) == (datetime(2026, 1, 2, 2, 0), NOW - timedelta(minutes=30))
    since, until = Settings.resolve({}, since="-1h").window(None)
    assert until is None
    assert abs(datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1) - since) < timedelta(minutes=1)


def test_an_empty_window_is_refused():
    """An end before the start raises ConfigError that names until."""
    with pytest.raises(ConfigError, match="until"):
        Settings.resolve({}, since="2026-01-02", until="2026-01-01").window(NOW)


@pytest.mark.parametrize(
    "text,minutes", [("+02:00", 120), ("UTC-5", -300), ("+0530", 330), ("UTC", 0), ("Asia/Kolkata", 330)]
)
def test_zones(text, minutes):
    """A zone is an IANA name or an offset."""
    assert zone(text).utcoffset(NOW) == timedelta(minutes=minutes)


def test_settings_load_no_heavy_package():
    """Importing the settings loads none of the packages that --help must not pay for."""
    heavy = ["polars", "numpy", "drain3", "sklearn"]
    code = f"import sys, logsense.config; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
