"""Exit codes, streams and colours: what holds for every command."""

# ruff: noqa: E501 - rows of data read better long than broken

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

from logsense.cli import output
from logsense.cli.main import COMMANDS, logsense, main

ROOT = Path(__file__).parents[2]


def shell(command: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which ``$L`` is the command."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "plugins")])
    env = os.environ | {"PYTHONPATH": path, "L": f"{sys.executable} -m logsense.cli.main"} | environ
    return subprocess.run(["/bin/bash", "-c", command], env=env, capture_output=True, timeout=60, check=False)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "app.log"
    path.write_text("x\n")
    return str(path)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_takes_the_common_options(name):
    """-h, --help, -q, -v, --color, --threads and --debug work on each command and on those below one."""
    command = logsense.get_command(click.Context(logsense), name)
    assert command is not None
    for one in command.commands.values() if isinstance(command, click.Group) else [command]:
        options = {flag for parameter in one.params for flag in parameter.opts}
        assert {"--quiet", "-q", "--verbose", "-v", "--color", "--threads", "--debug"} <= options
        assert one.context_settings["help_option_names"] == ["-h", "--help"]


@pytest.mark.parametrize(
    "arguments,word",
    [(["analyse", "x"], "Did you mean analyze?"), (["analyze", "--fromat", "json", "."], "--format"),
     (["analyze", "/no/such/path"], "/no/such/path"), (["analyze"], "PATH"), ([], "Commands:"), ([str(ROOT)], "logsense analyze")],
)  # fmt: skip
def test_wrong_usage_is_two_and_says_what_is_meant(run, arguments, word):
    """Usage errors end with 2, on stderr, with the nearest name where there is one."""
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert word in done.err


def test_a_path_that_reads_like_a_command_is_still_a_path(run, tmp_path):
    """Where the argument exists as a path the answer is the command to analyze it, whatever its name."""
    folder = tmp_path / "template"
    folder.mkdir()
    for name in (folder, "/tmp"):
        assert f"logsense analyze {name}" in run(str(name)).err


def test_foreign_names_do_no_harm_on_stderr(run):
    """An argument with escapes is shown, not obeyed."""
    done = run("analyze", "/no/\x1b[2J\x9b31m")
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "\x9b" not in done.err


def test_an_interrupt_is_three(pipeline, run, log):
    """Ctrl-C where the pipeline did not take it ends with 3, without a traceback."""
    pipeline.answer = KeyboardInterrupt()
    done = run("analyze", log)
    assert done.code == 3
    assert "Traceback" not in done.err


def test_a_defect_is_seventy_in_one_line(pipeline, run, log):
    """An exception nobody expected gives 70, one line that says where, and a hint; --debug the traceback."""
    pipeline.answer = ZeroDivisionError("a\x1b[2Jb\nc")
    done = run("analyze", log)
    assert done.code == 70
    assert "ZeroDivisionError: a" in done.err.splitlines()[0]
    assert "\x1b" not in done.err
    assert "--debug" in done.err
    assert "Traceback" not in done.err
    assert "Traceback" in run("analyze", log, "--debug").err


def test_a_reporter_that_fails_is_named(pipeline, run, log):
    """A fault inside a reporter names the plugin and prints nothing on stdout."""
    pipeline.answer = replace(pipeline.answer, incidents=(None,))
    done = run("analyze", log)
    assert done.code == 70
    assert "terminal" in done.err
    assert done.out == ""


def test_a_reader_that_leaves_ends_quietly():
    """`| head -1` is no error: the command's own status, nothing on stderr."""
    done = shell("set -o pipefail; $L help | (exec 0<&-; sleep 0.3)")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_four_and_said():
    """Output that cannot be written gives 4 and one line, never a traceback."""
    done = shell("$L help > /dev/full")
    assert done.returncode == 4
    assert b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_closed_stdout_is_four_and_said():
    """A command started without stdout says so."""
    done = shell("$L help >&-")
    assert done.returncode == 4
    assert b"standard output is closed" in done.stderr


def test_help_is_light_and_quick():
    """Help and usage errors load none of the heavy packages."""
    heavy = "[m for m in ('polars', 'numpy', 'drain3', 'sklearn', 'textual', 'pluggy') if m in sys.modules]"
    code = f"import sys; from logsense.cli.main import main; main(['--help']); main(['analyze', '-h']); main(['nope']); print({heavy})"
    done = shell(f'{sys.executable} -c "{code}"')
    assert done.stdout.endswith(b"[]\n")


@pytest.mark.parametrize(
    "encoding,sign", [("ascii", b"CRITICAL"), ("latin-1", b"CRITICAL"), ("utf-8", "■".encode())]
)
def test_a_stream_without_unicode_gets_ascii(pipeline, log, tmp_path, monkeypatch, encoding, sign):
    """Where stdout is not UTF-8 the report is ASCII of the same layout; nothing raises."""
    path = tmp_path / "out"
    with path.open("w", encoding=encoding) as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        main(["analyze", log])
    data = path.read_bytes()
    assert sign in data
    assert data.isascii() == (encoding != "utf-8")


class Terminal:
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.mark.parametrize(
    "choice,environ,terminal,colored",
    [
        ("always", {"NO_COLOR": "1"}, False, True), ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {}, True, True), ("auto", {}, False, False), ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True), ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True), ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False), ("auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
    ],
)  # fmt: skip
def test_when_colours_are_used(choice, environ, terminal, colored):
    """The option first, then NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether it is a terminal."""
    stream = Terminal() if terminal else None
    assert output.colored(choice, stream, environ) is colored


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_examples_in_help_stand_on_lines_of_their_own(command, capsys):
    """Click keeps the lines of an example as they are, and its mark for that is not shown."""
    assert main([*command, "--help"]) == 0
    said = capsys.readouterr().out
    assert "\\b" not in said
    assert "\b" not in said
