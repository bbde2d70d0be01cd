"""``logsense config``, ``plugins enable`` and ``disable``, and the options of settings on every command."""

import json
import stat
import tomllib

import pytest

from logsense.cli.main import COMMANDS, logsense


def written(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_show_says_where_each_value_is_from(run, own, monkeypatch):
    """Each value has its origin: an option, a variable, file and line, or default; all is TOML."""
    written(own, "[run]\nsample_lines = 500\n[detectors.rate]\nalpha = 0.01\nenabled = false\n")
    monkeypatch.setenv("LOGSENSE_TZ", "+02:00")
    done = run("config", "show", "--origin", "--threads", "2")
    assert done.code == 0
    split = [(row.partition(" = ")[0], row.rpartition("  # ")[2]) for row in done.out.splitlines()]
    rows = dict(split)
    assert (rows["threads"], rows["tz"], rows["color"]) == ("flag", "LOGSENSE_TZ", "default")
    assert (rows["sample_lines"], rows["alpha"]) == (f"{own}:2", f"{own}:4")
    assert rows["disable"] == f"{own}:5"
    shown = tomllib.loads(run("config", "show").out)
    assert shown["run"]["sample_lines"] == 500
    assert shown["detectors"]["rate"] == {"alpha": 0.01}


def test_what_show_prints_is_a_file_that_means_the_same(run, own, tmp_path):
    """The output of ``config show`` is a file of settings: read again it gives the same values."""
    written(
        own,
        '[run]\ntz = "+02:00"\nthreads = 3\n[plugins]\norder = ["a"]\n[rankers."a b"]\nx = [1, {y = 2}]\n',
    )
    first = run("config", "show").out
    again = written(tmp_path / "again.toml", first)
    assert run("config", "show", "--config", str(again)).out == first
    assert run("config", "check", str(again)).code == 2  # there is no ranker of that name


def test_show_as_json(run, own):
    """JSON has the file, and each key with its value and origin; what is not set is null."""
    written(own, "[tui]\nmouse = true\n")
    document = json.loads(run("config", "show", "--format", "json").out)
    assert document["schema"] == "logsense/config/1"
    assert document["file"] == str(own)
    rows = {row["key"]: (row["value"], row["origin"]) for row in document["settings"]}
    assert rows["tui.mouse"] == (True, f"{own}:2")
    assert rows["run.year"] == (None, "default")


def test_path_says_where_the_file_would_be(run, own, monkeypatch):
    """The path is printed whether the file exists or not; the variable and the option name another one."""
    done = run("config", "path")
    assert (done.code, done.out) == (0, f"{own}\n")
    assert "does not exist" in done.err
    written(own, "")
    assert run("config", "path").err == ""
    monkeypatch.setenv("LOGSENSE_CONFIG", "/a/b.toml")
    assert run("config", "path").out == "/a/b.toml\n"
    assert run("config", "path", "--config", "c.toml").out == "c.toml\n"


def test_check_names_what_is_wrong(run, own):
    """A good file is 0; names that no plugin has are 2, with their line and the nearest right one."""
    written(own, "[run]\nthreads = 2\n[detectors.rate]\nat_least = 2.0\n")
    done = run("config", "check", str(own))
    assert (done.code, done.out) == (0, f"{own}: 2 values, all as they should be\n")
    written(own, '[detectors.raet]\nalpha = 0.01\n[plugins]\ndisable = ["detectors.bundeld"]\n')
    done = run("config", "check", str(own))
    assert done.code == 2
    none = "nothing that is installed is called"
    assert f"{own}:1: {none} 'detectors.raet'; did you mean detectors.rate?" in done.err
    assert f"{own}:4: {none} 'detectors.bundeld'; did you mean detectors.bundled?" in done.err
    assert run("config", "check", str(own.parent / "missing.toml")).code == 2


def test_check_knows_what_each_list_may_name(run, own):
    """Names in load, trust and order are held against what is installed, each by what the list may name."""
    good = '["logsense-aiops", "detectors.bundled"]'
    written(own, f'[plugins]\nload = {good}\norder = {good}\ntrust = ["Logsense_AIOps"]\n')
    assert run("config", "check", str(own)).code == 0
    written(
        own,
        '[plugins]\nload = ["logsense-aiop"]\norder = ["detectors.rate"]\ntrust = ["detectors.bundled"]\n'
        'disable = ["rate"]\n',
    )
    done = run("config", "check", str(own))
    assert done.code == 2
    assert f"{own}:2: nothing that is installed is called 'logsense-aiop'; did you mean" in done.err
    assert f"{own}:3: nothing that is installed is called 'detectors.rate'; did you mean" in done.err
    assert f"{own}:4: distributions are trusted, not single entries: detectors.bundled is of" in done.err
    assert f"{own}:5: nothing that is installed is called 'rate'; did you mean detectors.rate?" in done.err


def test_asking_for_names_leaves_no_process(run, own, monkeypatch):
    """Plugins are asked for names of things only where a name is no entry, and hosts that ask are ended."""
    made, ended = [], []
    monkeypatch.setattr("logsense.host.Host.__enter__", lambda self: made.append(self) or self)
    monkeypatch.setattr("logsense.host.Host.__exit__", lambda self, *_: ended.append(self) or self.close())
    run("plugins", "disable", "detectors.bundled")
    assert made == []
    run("plugins", "disable", "detectors.rate")
    assert len(made) == 1
    assert made == ended


def test_check_knows_the_keywords_of_plugins(run, own):
    """A keyword that a detector does not take is named as a run would; without FILE it is one's own."""
    written(own, "[detectors.rate]\nat_leest = 2.0\n")
    done = run("config", "check")
    assert (done.code, done.out) == (2, "")
    assert f"{own}:2: detectors.rate.at_leest: rate has no keyword 'at_leest'" in done.err
    written(own, "[detectors.rate]\nat_least = 2.0\n")
    assert run("config", "check").out == f"{own}: 1 value, all as they should be\n"


def test_commands_of_config_are_told_whole(run):
    """The list of commands cuts no sentence short."""
    help_ = run("config", "--help").out
    assert "..." not in help_.partition("Commands:")[2]
    assert all(f"  {name} " in help_ for name in ("check", "path", "show"))


def test_every_command_that_loads_plugins_takes_the_options(run, own):
    """--config, --no-plugins and --strict-plugins are on every command that makes a run."""
    without = {"plugins", "config", "completion", "help"}
    for name in set(COMMANDS) - without:
        command = logsense.get_command(None, name)
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--config", "--no-plugins", "--strict-plugins"} <= options, name


def test_what_tells_of_plugins_takes_the_options(run, own):
    """The commands that tell of plugins are told of another file, or to leave strangers out, as a run is."""
    from logsense.cli.plugins import plugins

    for name, more in (
        ("list", []),
        ("check", []),
        ("info", ["--strict-plugins"]),
        ("trace", ["--strict-plugins"]),
    ):
        options = {
            option for parameter in plugins.get_command(None, name).params for option in parameter.opts
        }
        assert {"--config", "--no-plugins", *more} <= options, name


def test_a_command_reads_the_file(run, own, log, pipeline):
    """A run has the settings of the user's own file, or of --config, and options before both."""
    written(own, "[run]\nthreads = 3\nverbose = 2\n[plugins]\nseconds = 7\n")
    run("analyze", log)
    run("analyze", log, "--config", "/dev/null", "--no-plugins", "--strict-plugins")
    run("analyze", log, "--threads", "1", "-v")
    mine, other, options = (settings for _, settings in pipeline.seen)
    assert (mine.threads, mine.verbose, mine.plugins.seconds) == (3, 2, 7)
    assert (other.plugins.load, other.plugins.strict, other.plugins.seconds) == ((), True, 30)
    assert (options.threads, options.verbose) == (1, 1)


def test_a_wrong_file_stops_every_command(run, own, log, pipeline):
    """A file with a wrong key is an error of usage, named with its line, before anything is read."""
    written(own, "[run]\ntreads = 3\n")
    done = run("analyze", log)
    assert done.code == 2
    assert f"{own}:2: run.treads: there is no such key; did you mean threads?" in done.err
    assert pipeline.seen == []
    assert run("analyze", log, "--config", str(own.parent / "none.toml")).code == 2


def test_nothing_beside_the_logs_configures_anything(run, own, tmp_path, monkeypatch, pipeline):
    """Files of settings in the analysed directory, which is the working directory too, are logs at most."""
    for planted in (
        "config.toml",
        "logsense.toml",
        ".logsense.toml",
        "logsense/config.toml",
        ".config/logsense/config.toml",
    ):
        written(tmp_path / "logs" / planted, "[run]\nthreads = 7\n[plugins]\ntrust = ['x']\n")
    monkeypatch.chdir(tmp_path / "logs")
    run("analyze", ".", "--threads", "1")
    ((_, settings),) = pipeline.seen
    assert settings.plugins.trusted == ()
    assert set(settings.origins.values()) == {"flag"}


def test_disable_and_enable_keep_what_stands_in_the_file(run, own):
    """A thing is left out and let in again; remarks and other keys stay, the file is for the user alone."""
    done = run("plugins", "disable", "detectors.rate")
    assert (done.code, done.out) == (0, f"detectors.rate is left out from now on: {own}\n")
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    assert stat.S_IMODE(own.parent.stat().st_mode) == 0o700
    text = (
        "# mine\n[run]\nthreads = 2 # few\n\n[plugins] # these\ndisable = [\n'formats.bundled', # said\n]\n"
    )
    written(own, text)
    run("plugins", "disable", "detectors.rate")
    assert tomllib.loads(own.read_text())["plugins"]["disable"] == ["formats.bundled", "detectors.rate"]
    assert all(remark in own.read_text() for remark in ("# mine", "# few", "# these", "# said"))
    assert "was left out already" in run("plugins", "disable", "detectors.rate").out
    assert "runs again" in run("plugins", "enable", "detectors.rate").out
    assert tomllib.loads(own.read_text()) == tomllib.loads(text)
    assert "was not left out" in run("plugins", "enable", "detectors.rate").out


@pytest.mark.parametrize(
    "text",
    [
        "plugins = {seconds = 3}\n",
        "plugins.seconds = 3\n",
        "[plugins]\nseconds = 3\n",
        "[detectors.rate]\nalpha = 0.1\n",
    ],
)
def test_whatever_way_the_table_is_written(run, own, text):
    """A table in braces, dotted keys and a table with a header all take the name."""
    written(own, text)
    assert run("plugins", "disable", "rankers.bundled").code == 0
    content = tomllib.loads(own.read_text())
    assert content["plugins"].pop("disable") == ["rankers.bundled"]
    before = tomllib.loads(text)
    assert content == before | ({} if "plugins" in before else {"plugins": {}})


def test_a_thing_switched_off_in_its_own_table(run, own):
    """``enabled = false`` counts as left out, and is taken away by ``enable``."""
    written(own, "[detectors.rate]\nenabled = false\nalpha = 0.1\n")
    assert "already" in run("plugins", "disable", "detectors.rate").out
    assert "runs again" in run("plugins", "enable", "detectors.rate").out
    assert tomllib.loads(own.read_text()) == {"detectors": {"rate": {"alpha": 0.1}}}


@pytest.mark.parametrize(
    "verb,name,said",
    [
        ("disable", "rate", "did you mean detectors.rate?"),
        ("disable", "detectors.raet", "did you mean detectors.rate?"),
        ("disable", "rankers.bundeld", "did you mean rankers.bundled?"),
        ("enable", "reporters.jsn", "did you mean reporters.json?"),
        ("disable", "xyzzy\x1b[2J", "logsense plugins list"),
        ("disable", "logsense-aiops", "logsense itself"),
    ],
)
def test_names_that_nothing_has(run, own, verb, name, said):
    """What is not installed is refused with the nearest right name, and nothing is written."""
    done = run("plugins", verb, name)
    assert done.code == 2
    assert said in done.err
    assert "\x1b" not in done.err
    assert not own.exists()


def test_a_broken_file_is_not_written_over(run, own):
    """Where the file is wrong already, that is said and nothing is changed."""
    written(own, "[run]\ntreads = 3\n")
    assert run("plugins", "disable", "detectors.rate").code == 2
    assert own.read_text() == "[run]\ntreads = 3\n"


def test_enable_says_what_else_keeps_a_plugin_out(run, own):
    """A plugin let in again is still not loaded where ``load`` names others: that is said."""
    written(own, "[plugins]\nload = ['a']\ndisable = ['b']\n")
    done = run("plugins", "enable", "b")
    assert "b runs again" in done.out
    assert "only these are loaded: a" in done.err
