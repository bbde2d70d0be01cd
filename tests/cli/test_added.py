"""Commands of plugins: ``logsense NAME`` for what another distribution brings."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from logsense.cli.main import logsense
from logsense.cli.words import words

ROOT = Path(__file__).parents[2]
HEAD = "import sys, click\nfrom logsense.api import hookimpl\n"
HOOK = "\n@hookimpl\ndef register_commands():\n    return [command]\n"
WORKS = (
    HEAD
    + '''
@click.command("greet")
@click.option("--code", type=int, default=0)
@click.argument("word")
def command(code, word):
    """Greet somebody."""
    click.echo(f"hello {word}")
    return code
'''
    + HOOK
)


def body(text: str) -> str:
    """A plugin whose command ``greet`` does this."""
    return f'{HEAD}\n@click.command("greet")\ndef command():\n    {text}\n{HOOK}'


class Site:
    """A folder of distributions, and the command run with them installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, code: str, *, entries: str = "greet", version: str = "1.2") -> None:
        """A distribution of one module; each of the entries names it as a command."""
        module = name.replace("-", "_")
        (self.folder / f"{module}.py").write_text(code)
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        rows = "".join(f"{entry} = {module}\n" for entry in entries.split())
        (info / "entry_points.txt").write_text(f"[logsense.commands]\n{rows}")

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """``logsense`` with these arguments, in a process of its own."""
        path = os.pathsep.join([str(ROOT), str(ROOT / "plugins"), str(self.folder)])
        env = {k: v for k, v in os.environ.items() if k != "LOGSENSE_LOAD_PLUGINS"}
        return subprocess.run(
            [sys.executable, "-m", "logsense.cli.main", *arguments],
            env=env | {"PYTHONPATH": path} | environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_help_lists_commands_of_plugins_without_importing_them(site):
    """The help names the command and its distribution; a plugin that cannot be imported changes nothing."""
    site.add("logsense-greet", "raise SystemExit('imported')")
    done = site.run("--help")
    assert done.returncode == 0
    section = done.stdout.split("Commands of plugins:")[1]
    assert section.split() == ["greet", "from", "logsense-greet", "1.2"]
    assert done.stderr == ""


def test_a_command_of_a_plugin_runs_as_ours_do(site):
    """Output, exit code, --help and usage errors are as those of our own commands."""
    site.add("logsense-greet", WORKS)
    done = site.run("greet", "you", "--code", "1")
    assert (done.stdout, done.returncode, done.stderr) == ("hello you\n", 1, "")
    assert "Greet somebody." in site.run("greet", "--help").stdout
    wrong = site.run("greet")
    assert wrong.returncode == 2
    assert wrong.stdout == ""
    assert "Usage: logsense greet" in wrong.stderr
    assert "'WORD'" in wrong.stderr


@pytest.mark.parametrize(
    "code,words",
    [
        ("raise RuntimeError('no \\x1b[2Jluck')", "cannot be loaded: RuntimeError: no \\x1b[2Jluck"),
        ("import sys; sys.exit(3)", "cannot be loaded: SystemExit: 3"),
        ("x = 1", "cannot be loaded: FrameError: it has no @hookimpl register_commands()"),
        (HEAD + "command = print\n" + HOOK, "register_commands must return click commands"),
        (body("raise ValueError('odd')"), "failed: ValueError: odd"),
        (body("sys.exit(99)"), "ended with the exit code 99"),
        (body("sys.exit('bye')"), "ended with: bye"),
        (body("return 256"), "ended with the exit code 256"),
        (body("click.get_current_context().exit(-5)"), "ended with the exit code -5"),
    ],
)
def test_what_a_command_raises_is_a_line_that_names_its_plugin(site, code, words):
    """Whatever it raises or ends with at import or run: one line with plugin and version, exit code 70."""
    site.add("logsense-greet", code)
    done = site.run("greet")
    assert done.returncode == 70
    assert done.stdout == ""
    assert done.stderr.startswith("logsense: the command greet of logsense-greet 1.2 ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert site.run("help", "exit-codes").returncode == 0


@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_exit_codes_that_mean_something_are_kept(site, code):
    """A command may end itself with one of the codes that ours end with."""
    site.add("logsense-greet", body(f"sys.exit({code})"))
    assert site.run("greet").returncode == code


def test_errors_of_the_api_keep_their_exit_codes(site):
    """A path that does not exist is wrong usage for a plugin's command as it is for ours."""
    site.add("logsense-greet", body("import logsense; logsense.analyze('/no/such/path')"))
    done = site.run("greet")
    assert done.returncode == 2
    assert "/no/such/path" in done.stderr


def test_a_name_of_ours_is_never_a_plugins(site):
    """An entry named like one of our commands is left out, and the help says so."""
    site.add("logsense-greet", body("click.echo('stolen')"), entries="greet plugins")
    done = site.run("--help")
    refused = "the command plugins of logsense-greet 1.2 is left out: logsense has a command of this name"
    assert refused in done.stderr
    assert done.stdout.split("Commands of plugins:")[1].split()[0] == "greet"
    assert "stolen" not in site.run("plugins", "list").stdout


def test_of_two_plugins_the_first_by_name_has_the_command(site):
    """Two entries of one name: the distribution that comes first in the alphabet; the other is named."""
    site.add("logsense-b", body("click.echo('b')"))
    site.add("logsense-a", body("click.echo('a')"))
    assert site.run("greet").stdout == "a\n"
    assert "the command greet of logsense-b 1.2 is left out" in site.run("--help").stderr


@pytest.mark.parametrize(
    "allowed,there", [("", False), ("other", False), ("greet", True), ("x, logsense-greet", True)]
)
def test_the_variable_limits_commands_too(site, allowed, there):
    """LOGSENSE_LOAD_PLUGINS holds for commands as for all plugins."""
    site.add("logsense-greet", WORKS)
    done = site.run("greet", "you", LOGSENSE_LOAD_PLUGINS=allowed)
    assert (done.returncode == 0) is there
    assert ("Commands of plugins" in site.run("-h", LOGSENSE_LOAD_PLUGINS=allowed).stdout) is there


def test_the_users_settings_hold_for_commands(site, tmp_path):
    """What the user's file disables is no command; a wrong file is named, and the help still comes."""
    site.add("logsense-greet", WORKS)
    file = tmp_path / "config.toml"
    for name in ("logsense-greet", "commands.greet"):
        file.write_text(f'[plugins]\ndisable = ["{name}"]\n')
        assert site.run("greet", "you", LOGSENSE_CONFIG=str(file)).returncode == 2
        assert "Commands of plugins" not in site.run("--help", LOGSENSE_CONFIG=str(file)).stdout
    file.write_text("[plugins]\ndisabel = []\n")
    done = site.run("--help", LOGSENSE_CONFIG=str(file))
    assert done.returncode == 0
    assert "commands of plugins are left out" in done.stderr
    assert "disabel" in done.stderr


def test_near_names_and_completion_know_them(site):
    """A misspelt name is answered with the plugin's; shells complete it, and import nothing for it."""
    site.add("logsense-greet", "raise SystemExit('imported')")
    assert "Did you mean greet?" in site.run("gret").stderr
    done = site.run(_LOGSENSE_COMPLETE="bash_complete", COMP_WORDS="logsense gr", COMP_CWORD="1")
    assert done.stdout.split() == ["plain,greet"]
    after = site.run(_LOGSENSE_COMPLETE="bash_complete", COMP_WORDS="logsense greet --", COMP_CWORD="2")
    assert after.stderr == ""


def test_our_own_commands_do_not_look_at_what_is_installed():
    """Only help, completion and names that are not ours cost a look at the installed distributions."""
    code = (
        "import sys; from logsense.cli.main import main; main(['help', 'times'])\n"
        "print('importlib.metadata' in sys.modules)"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    "before,environ,why",
    [
        (["--no-plugins"], {}, "--no-plugins leaves out what logsense does not bring itself"),
        (
            [],
            {"LOGSENSE_LOAD_PLUGINS": "none"},
            "only the bundled ones are (plugins.load, from LOGSENSE_LOAD",
        ),
        ([], {"LOGSENSE_LOAD_PLUGINS": "other"}, "only other (plugins.load, from LOGSENSE_LOAD_PLUGINS)"),
    ],
)
def test_a_command_that_is_left_out_says_why(site, before, environ, why):
    """What the command line or the environment leaves out is neither run nor listed; calling it says why."""
    site.add("logsense-greet", "raise SystemExit('imported')")
    done = site.run(*before, "greet", "you", **environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("logsense: the command greet of logsense-greet 1.2 is not run: ")
    assert why in done.stderr
    assert "Commands of plugins" not in site.run(*before, "--help", **environ).stdout


def test_a_command_that_is_disabled_names_the_line_that_says_so(site, tmp_path):
    """A file that disables a command, in whatever spelling of its distribution, is named with its line."""
    site.add("logsense-greet", WORKS)
    file = tmp_path / "config.toml"
    for name in ("Logsense_Greet", "commands.greet"):
        file.write_text(f'[plugins]\n\ndisable = ["{name}"]\n')
        done = site.run("greet", "you", LOGSENSE_CONFIG=str(file))
        assert (done.returncode, done.stdout) == (2, "")
        assert f"disabled (plugins.disable, from {file}:3)" in done.stderr
        assert "logsense plugins enable commands.greet lets it run" in done.stderr


def test_a_wrong_file_is_named_where_a_command_of_a_plugin_is_called(site, tmp_path):
    """With settings that cannot be read no command of a plugin is run, and what is wrong is said."""
    site.add("logsense-greet", WORKS)
    file = tmp_path / "config.toml"
    file.write_text("[plugins]\ndisabel = []\n")
    done = site.run("greet", "you", LOGSENSE_CONFIG=str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{file}:2: plugins.disabel: there is no such key; did you mean disable?" in done.stderr


@pytest.mark.parametrize("needs", ["logsense-aiops>=99", "Logsense.AIOps==0.0.1"])
def test_a_command_for_another_version_is_not_run(site, needs):
    """A command is held to the version its distribution asks for, as all plugins are."""
    site.add("logsense-greet", WORKS)
    metadata = site.folder / "logsense_greet-1.2.dist-info" / "METADATA"
    metadata.write_text(f"{metadata.read_text()}Requires-Dist: {needs}\n")
    done = site.run("greet", "you")
    assert (done.returncode, done.stdout) == (2, "")
    assert "logsense-greet 1.2 is left out: it needs logsense-aiops" in done.stderr
    listed = site.run("--help")
    assert "Commands of plugins" not in listed.stdout
    assert "logsense-greet 1.2 is left out: it needs logsense-aiops" in listed.stderr


def test_no_plugins_before_a_command_of_ours_is_as_behind_it(site):
    """``logsense --no-plugins COMMAND`` leaves plugins out of the run, as the command's own option does."""
    site.add("logsense-greet", "raise SystemExit('imported')")
    for arguments in (["--no-plugins", "plugins", "list"], ["plugins", "list", "--no-plugins"]):
        row = next(row for row in site.run(*arguments).stdout.splitlines() if "greet  " in row)
        assert row.endswith("not loaded: only the bundled ones are")
    shown = site.run("--no-plugins", "config", "show", "--origin").stdout
    assert any(row.startswith("load = []") and row.endswith("# flag") for row in shown.splitlines())


@pytest.mark.parametrize("behind", [[], ["--no-plugins"]])
def test_a_copied_command_says_no_plugins_as_well(behind):
    """What stood before the command stands behind it in the command that is copied, once."""
    root = click.Context(logsense, info_name="logsense")
    command = logsense.get_command(root, "tui")
    assert command is not None
    root.params = {"no_plugins": False}
    plain = words(command.make_context("tui", [*behind, "."], parent=root))
    assert plain == [*behind, "."]
    root.params = {"no_plugins": True}
    assert words(command.make_context("tui", [*behind, "."], parent=root)) == ["--no-plugins", "."]
