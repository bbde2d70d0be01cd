"""A file of settings is data: each key is checked, and what is wrong is named with its line."""

from pathlib import Path

import pytest

from logsense.config import Settings, place, usual_file
from logsense.config.file import MOST
from logsense.errors import ConfigError


@pytest.fixture
def file(tmp_path):
    """A function that writes a file of settings, and gives its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "config.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


WHOLE = """\
[run]
tz = "Europe/Berlin"
threads = 3
include = ["*.log"]
verdicts = "verdicts.toml"
[plugins]
load = ["logsense-security"]
disable = ["detectors.rate"]
trust = ["logsense-metrics"]
seconds = 5
memory = 512
strict = true
order = ["logsense-mix"]
[detectors.beyond]
alpha = 1e-4
[detectors.silence]
enabled = false
[thresholds]
incident = 8.0
join_seconds = 30
[tui]
keys = "/etc/keys.toml"
mouse = true
"""


def test_every_table_arrives(file):
    """What a file says arrives, each value with file and line; names of files are relative to it."""
    path = file(WHOLE)
    got = Settings.resolve({}, config=path)
    assert (got.tz, got.threads, got.include) == ("Europe/Berlin", 3, ("*.log",))
    assert got.verdicts == str(path.parent / "verdicts.toml")
    plugins = got.plugins
    assert (plugins.load, plugins.trusted, plugins.order) == (
        ("logsense-security",),
        ("logsense-metrics",),
        ("logsense-mix",),
    )
    assert (plugins.seconds, plugins.memory, plugins.strict, plugins.trace) == (5, 512, True, False)
    assert plugins.disabled == ("detectors.rate", "detectors.silence")
    assert plugins.keywords == {"detectors.beyond": {"alpha": 1e-4}}
    assert plugins.origins["detectors.beyond.alpha"] == f"{path}:15"
    assert plugins.origins["detectors.beyond"] == f"{path}:14"
    assert plugins.origins["disable"] == f"{path}:8"
    assert (got.thresholds.incident, got.thresholds.join_seconds, got.thresholds.join_buckets) == (8.0, 30, 5)
    assert (got.screens.keys, got.screens.mouse) == ("/etc/keys.toml", True)
    assert got.origins["tz"] == f"{path}:2"
    assert got.origins["thresholds.incident"] == f"{path}:19"


def test_an_option_comes_before_the_environment_and_that_before_the_file(file):
    """The option wins; an empty variable counts for the plugins to load, and for nothing else."""
    path = file('[run]\ntz = "UTC"\nthreads = 2\ncolor = "always"\n[plugins]\nload = ["a"]\nseconds = 3\n')
    environ = {"LOGSENSE_TZ": "+02:00", "LOGSENSE_THREADS": "4", "LOGSENSE_COLOR": ""}
    got = Settings.resolve(environ, config=path, threads=5)
    assert (got.tz, got.threads, got.color) == ("+02:00", 5, "always")
    assert (got.origins["tz"], got.origins["threads"], got.origins["color"]) == (
        "LOGSENSE_TZ",
        "flag",
        f"{path}:4",
    )
    assert got.plugins.load == ("a",)
    assert Settings.resolve({"LOGSENSE_LOAD_PLUGINS": "b, c"}, config=path).plugins.load == ("b", "c")
    none = Settings.resolve({"LOGSENSE_LOAD_PLUGINS": ""}, config=path).plugins
    assert (none.load, none.origins["load"]) == ((), "LOGSENSE_LOAD_PLUGINS")
    options = Settings.resolve(
        {"LOGSENSE_LOAD_PLUGINS": "b"}, config=path, no_plugins=True, strict_plugins=True
    )
    assert (options.plugins.load, options.plugins.strict, options.plugins.seconds) == ((), True, 3)
    assert options.plugins.origins["load"] == options.plugins.origins["strict"] == "flag"


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"])
def test_the_conventions_on_colour_come_before_a_file(file, variable):
    """NO_COLOR and its kin are of the environment: a file does not overrule them, an option does."""
    path = file('[run]\ncolor = "always"\n')
    assert Settings.resolve({variable: "1"}, config=path).color == "auto"
    assert Settings.resolve({variable: ""}, config=path).color == "always"
    assert Settings.resolve({variable: "1"}, config=path, color="always").color == "always"


@pytest.mark.parametrize(
    "text,said",
    [
        ("[run]\ntreads = 3\n", ":2: run.treads: there is no such key; did you mean threads?"),
        ("\n[rnu]\n", ":2: rnu: there is no such table; did you mean run?"),
        ("tz = 'UTC'\n", ":1: tz: there is no such table; did you mean run.tz?"),
        ("run = 3\n", ":1: run: must be a table: [run]"),
        ("[run]\nthreads = 0\n", ":2: run.threads: is 0; it must be a whole number from 1 to 256"),
        ("[run]\nthreads = true\n", ":2: run.threads: is true; it must be a whole number"),
        ("[run]\nthreads = 2.0\n", ":2: run.threads: is 2.0; it must be a whole number"),
        ("[run]\ninclude = 'x'\n", ":2: run.include: is 'x'; it must be a list of texts"),
        ("[run]\ninclude = ['x', 3]\n", "it must be a list of texts"),
        ("[run]\ncolor = 'blue'\n", "it must be one of auto, always, never"),
        ("[run]\n\ntz = 'Mars/Olympus'\n", ":3: run.tz: is 'Mars/Olympus'; it must be a zone"),
        ("[plugins]\nstrict = 1\n", ":2: plugins.strict: is 1; it must be true or false"),
        ("[plugins]\nseconds = nan\n", "plugins.seconds: is nan; it must be a number from 0.1 to 86400"),
        ("[plugins]\nmemory = 1\n", "it must be a whole number from 64"),
        ("[detectors]\nrate = 3\n", ":2: detectors.rate: must be a table: [detectors.rate]"),
        ("detectors = 3\n", "must be tables: [detectors.NAME]"),
        ("[detectors.rate]\nenabled = 'no'\n", "enabled: is 'no'; it must be true or false"),
        ("[detectors.rate]\nsince = 2026-01-01\n", ":2: detectors.rate.since: holds a time"),
        ("[detectors.rate]\nlimits = [1, {a = inf}]\n", "detectors.rate.limits: holds a time or a number"),
        ("[thresholds]\nincident = 0\n", "thresholds.incident: is 0; it must be a number from 1 to 100"),
        ('[run]\n"a\\u001b[2Jb" = 1\n', "run.a\\x1b[2Jb: there is no such key"),
        ("[run\n", "is no TOML"),
        (b"[run]\ntz = '\xff'\n", "byte 12 is no UTF-8"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x = " + "9" * 5_000, "is no TOML"),
        ("a." * 20_000 + "b = 1", "key of 1,000 parts"),
        (b"#" * (MOST + 1), "larger than 1,048,576 bytes"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(file, text, said):
    """Unknown tables and keys, wrong types and ranges, no TOML: file, line, key, and what is right."""
    path = file(text)
    with pytest.raises(ConfigError) as caught:
        Settings.resolve({}, config=path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_all_that_is_wrong_is_named_at_once(file):
    """Every wrong line is named, and that nothing was done."""
    path = file("[run]\ntreads = 1\nthreads = 0\n[plugins]\nmemory = 'much'\n")
    with pytest.raises(ConfigError) as caught:
        Settings.resolve({}, config=path)
    *rows, last = str(caught.value).splitlines()
    assert [row.split(": ")[0] for row in rows] == [f"{path}:{line}" for line in (2, 3, 5)]
    assert last.startswith("nothing was done")


def test_which_file_is_read(tmp_path):
    """A named file comes before the variable, that before the user's own, which need not exist."""
    home = {"HOME": str(tmp_path)}
    own = tmp_path / ".config" / "logsense" / "config.toml"
    assert place(None, home) == (own, False)
    assert usual_file(None, home) is None
    own.parent.mkdir(parents=True)
    own.write_text("")
    assert usual_file(None, home) == own
    assert place(None, home | {"XDG_CONFIG_HOME": "/xdg"}) == (Path("/xdg/logsense/config.toml"), False)
    assert place(None, home | {"LOGSENSE_CONFIG": "a.toml"}) == (Path("a.toml"), True)
    assert usual_file("b.toml", home | {"LOGSENSE_CONFIG": "a.toml"}) == Path("b.toml")


@pytest.mark.parametrize(
    "environ", [{}, {"HOME": "."}, {"XDG_CONFIG_HOME": "."}, {"XDG_CONFIG_HOME": ".config", "HOME": ""}]
)
def test_never_a_file_of_the_working_directory(environ, tmp_path, monkeypatch):
    """A relative XDG_CONFIG_HOME or HOME means nothing: it would be the directory one is in."""
    for folder in (".config", "."):
        planted = tmp_path / folder / "logsense" / "config.toml"
        planted.parent.mkdir(parents=True)
        planted.write_text("[run]\nthreads = 7\n")
    monkeypatch.chdir(tmp_path)
    assert usual_file(None, environ) is None


def test_a_library_call_reads_no_file(tmp_path, monkeypatch):
    """Without ``config`` the settings of a program do not depend on whose home it runs in."""
    own = tmp_path / "logsense" / "config.toml"
    own.parent.mkdir()
    own.write_text("[run]\nthreads = 7\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LOGSENSE_CONFIG", str(own))
    monkeypatch.delenv("LOGSENSE_THREADS", raising=False)
    assert Settings.resolve().origins == {}
    assert Settings.resolve(config=usual_file()).threads == 7


@pytest.mark.parametrize("given", [3, object()])
def test_what_is_no_file_is_refused(given):
    """``config`` is the name of a file."""
    with pytest.raises(ConfigError, match="no name of a file"):
        Settings.resolve({}, config=given)


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    """A file that somebody named must exist and be one."""
    with pytest.raises(ConfigError, match="there is no configuration file"):
        Settings.resolve({}, config=tmp_path / "missing.toml")
    with pytest.raises(ConfigError, match="could not be read"):
        Settings.resolve({}, config=tmp_path)
    assert Settings.resolve({}, config="/dev/null") == Settings.resolve({})


def test_a_home_that_may_not_be_looked_into(monkeypatch, tmp_path):
    """Where the folders above one's own file may not be entered there is none; a named one is an error."""

    def denied(self, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("os.stat", denied)
    assert usual_file(None, {"HOME": str(tmp_path)}) is None
    monkeypatch.undo()
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(ConfigError, match="Permission denied; --config /dev/null"):
        Settings.resolve({}, config=tmp_path / "config.toml")
