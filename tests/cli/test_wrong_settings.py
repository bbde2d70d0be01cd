"""What is wrong in the settings of plugins, how it is told, and how plugins may be spelt."""

import tomllib

import pytest


def written(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def security(tmp_path, monkeypatch):
    """A distribution logsense-security with a detector, as far as its metadata go."""
    info = tmp_path / "site" / "logsense_security-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: logsense-security\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[logsense.detectors]\nsecurity = none_such\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))


def test_a_distribution_in_any_spelling_is_shown_as_it_calls_itself(run, own, security):
    """Lists of the settings may spell a distribution in any way; what is printed is its own name."""
    name = '["Logsense_Security"]'
    written(own, f"[plugins]\nload = {name}\ndisable = {name}\ntrust = {name}\norder = {name}\n")
    assert run("config", "check").code == 0
    shown = tomllib.loads(run("config", "show").out)["plugins"]
    for key in ("load", "disable", "trust", "order"):
        assert shown[key] == ["logsense-security"]
    listed = run("plugins", "list").out
    assert "security" in listed
    assert "disabled, of what these register" not in listed


def test_disable_and_enable_take_any_spelling(run, own, security):
    """What is written is the name as known; a spelling of old in the file is found and taken off."""
    done = run("plugins", "disable", "Logsense.Security")
    assert done.out.startswith("logsense-security is left out from now on")
    assert tomllib.loads(own.read_text())["plugins"]["disable"] == ["logsense-security"]
    written(own, '[plugins]\ndisable = ["Logsense_Security"]\n')
    assert "was left out already" in run("plugins", "disable", "logsense-security").out
    assert "runs again" in run("plugins", "enable", "logsense-security").out
    assert tomllib.loads(own.read_text())["plugins"]["disable"] == []
    assert "logsense itself" in run("plugins", "disable", "Logsense_AIOps").err


ALL_WRONG = """\
[run]
treads = 3
tz = "Mars/Olympus"
[plugins]
disable = ["detectors.bundeld"]
seconds = "ten"
[detectors.raet]
alpha = 0.01
[detectors.rate]
at_leest = 2.0
at_least = "much"
[reporters.json]
indnt = 2
[sources.kubernets]
timeout = 3
"""


def test_check_tells_all_that_is_wrong_at_once(run, own, log, pipeline):
    """Keys, types, zones, names and keywords of all kinds in one ordered list; a run stops with the same."""
    written(own, ALL_WRONG)
    done = run("config", "check")
    assert (done.code, done.out) == (2, "")
    *rows, last = done.err.removeprefix("logsense: ").splitlines()
    assert [row.split(": ")[0] for row in rows] == [f"{own}:{n}" for n in (2, 3, 5, 6, 7, 10, 11, 13, 14)]
    assert last == "nothing was done: mend or remove these lines"
    for said in (
        "run.treads: there is no such key; did you mean threads?",
        "run.tz: is 'Mars/Olympus'; it must be a zone such as Europe/Berlin",
        "called 'detectors.bundeld'; did you mean detectors.bundled?",
        "plugins.seconds: is 'ten'; it must be a number from 0.1 to 86400",
        "called 'detectors.raet'; did you mean detectors.rate?",
        "detectors.rate.at_leest: rate has no keyword 'at_leest'; did you mean at_least?",
        "detectors.rate.at_least is 'much'; it must be a number",
        "reporters.json.indnt: json has no keyword 'indnt'",
        "called 'sources.kubernets'",
    ):
        assert said in done.err
    stopped = run("analyze", log)
    assert (stopped.code, stopped.err) == (2, done.err)
    assert pipeline.seen == []


def test_a_run_tells_keywords_of_all_kinds_at_once(run, own, log):
    """Where keywords alone are wrong a run stops with all of them, of whatever kind they are."""
    written(own, "[detectors.rate]\nat_leest = 2.0\n[reporters.json]\nindnt = 2\n[rankers.onset]\nx = 1\n")
    checked = run("config", "check")
    assert checked.err.count(f"{own}:") == 3
    stopped = run("analyze", log)
    assert (stopped.code, stopped.err) == (checked.code, checked.err)
    written(own, "[detectors.rate]\nat_leest = 2.0\n[rankers.onset]\nx = 1\n")
    assert run("analyze", log).err.count(f"{own}:") == 2


@pytest.mark.parametrize("key", ["load", "disable", "trust"])
def test_a_list_that_names_nothing_is_told_and_the_run_goes_on(run, own, log, security, tmp_path, key):
    """A misspelt name keeps nothing out: that is said, with the line and the nearest name, unless quiet."""
    written(own, f'[plugins]\n{key} = ["logsense-secruity"]\n')
    done = run("analyze", log)
    said = "nothing that is installed is called 'logsense-secruity'; did you mean logsense-security?"
    assert done.code == 0
    assert f"{own}:2: {said}" in done.err
    assert "secruity" not in run("analyze", log, "--quiet").err
    written(own, f'[plugins]\n{key} = ["Logsense_Security"]\n')
    assert "nothing that is installed" not in run("analyze", log).err


def test_who_leaves_out_all_reporters_is_told_where(run, own, log):
    """Without a single reporter nothing can be said: which line of the settings it was is told."""
    written(own, '[plugins]\ndisable = ["logsense-aiops"]\n')
    done = run("analyze", log)
    assert done.code == 2
    assert f"none is left: plugins.disable ({own}:2) leaves out those of logsense itself" in done.err


def test_while_settings_are_wrong_no_plugin_of_others_is_asked(run, own, log, security, tmp_path):
    """The line that is wrong may be the one that leaves a plugin out: its code is not run for a message."""
    (tmp_path / "site" / "none_such.py").write_text(
        f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
    )
    written(own, '[plugins]\ndisabel = ["logsense-security"]\n[detectors.raet]\nalpha = 1\n')
    for command in (("config", "check"), ("analyze", log)):
        done = run(*command)
        assert done.code == 2
        assert "plugins.disabel: there is no such key; did you mean disable?" in done.err
        assert not (tmp_path / "ran").exists()


def test_what_is_left_out_is_not_asked_for_names(run, own, security, tmp_path, monkeypatch):
    """What is not loaded is not run to ask for names; one that nothing loaded has may then be another's."""
    (tmp_path / "site" / "none_such.py").write_text(
        f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n"
    )
    assert run("--no-plugins", "plugins", "disable", "detectors.silence").code == 0
    monkeypatch.setenv("LOGSENSE_LOAD_PLUGINS", "none")
    assert run("plugins", "disable", "detectors.rate").code == 0
    assert run("plugins", "disable", "detectors.of-another").code == 0
    assert run("plugins", "disable", "rankers.of-another").code == 2
    assert not (tmp_path / "ran").exists()
