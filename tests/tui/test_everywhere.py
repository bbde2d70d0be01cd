"""What works on every page: help, palette, copy, export, keys of one's own."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from logsense.errors import ConfigError
from logsense.tui import keys
from logsense.tui.app import PAGES, Triage
from logsense.tui.everywhere import clipboard
from logsense.tui.everywhere.export import Export
from logsense.tui.everywhere.palette import Everything
from logsense.tui.screens import help as help_
from logsense.tui.screens.inbox import Inbox
from logsense.tui.start import keymap
from tests.tui import looks

BOTH = pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])


@pytest.fixture(autouse=True)
def no_clipboard(monkeypatch):
    """No test may touch the clipboard of whoever runs it."""
    monkeypatch.setattr(clipboard, "programs", list)


programs = clipboard.programs


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """What was said in passing; on the screen it goes away again after a while."""
    said: list[str] = []
    show = Triage.notify

    def notify(self, message, **options):
        said.append(message)
        assert options["markup"] is False
        show(self, message, **options)

    monkeypatch.setattr(Triage, "notify", notify)
    return said


async def settled(pilot) -> None:
    """Until what was asked for is done."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@BOTH
async def test_help_tells_what_works_here(opened, sample, size):
    """``?`` says what the page is for and lists every key of this part, this page, everywhere."""
    async with opened(sample, size=size) as pilot:
        inbox = pilot.app.screen
        await pilot.press("question_mark")
        window = pilot.app.screen
        assert isinstance(window, help_.Help)
        text = looks.text(pilot)
        assert help_.PURPOSES["inbox"][:30] in text
        listed = {does for group in window.groups for _, does, _ in group.rows}
        assert {group.head for group in window.groups} >= {"this page", "everywhere"}
        # Each key of ours that works here is listed, none that does not.
        for group in (keys.EVERYWHERE, keys.INBOX, keys.VERDICTS, keys.LISTING):
            assert {binding.description for binding in group} <= listed | {"up"}
        assert not {binding.description for binding in keys.LINES} & listed - {"reset", "next", "error"}
        await pilot.press("end")
        assert "CRITICAL" in looks.text(pilot) or "normal" in looks.text(pilot)
        await pilot.press("escape")
        assert pilot.app.screen is inbox


def test_help_knows_every_page():
    """Each kind of place has its sentence."""
    assert set(help_.PURPOSES) == set(PAGES)


@BOTH
async def test_the_palette_finds_actions_incidents_and_files(opened, sample, size):
    """``:`` and ctrl+p offer actions, incidents by their sentence, files; none of Textual's own."""
    async with opened(sample, size=size) as pilot:
        page = pilot.app.screen
        provider = Everything(page)
        found = {hit.text: hit async for hit in provider.discover()}
        incident = pilot.app.session.analysis.incidents[0]
        assert any(name.startswith("templates") for name in found)
        assert any(incident.summary[:30] in name for name in found)
        assert any(name.startswith("file ") for name in found)
        assert not {"Theme", "Screenshot", "Keys", "Maximize"} & set(found)
        await pilot.press("colon")
        assert isinstance(pilot.app.screen, CommandPalette)
        await pilot.press(*"files")
        await settled(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen.place == "files"


async def test_the_palette_takes_nothing_for_markup(opened, tmp_path):
    """A file named like markup is shown as it is, and found by its name."""
    for name in ("[@click=app.quit]x[.log", "[bold.log", "]\\[.log"):
        (tmp_path / name).write_text(f"2026-01-01 10:00:00 INFO {name}\n" * 3, encoding="utf-8")
    async with opened(tmp_path) as pilot:
        provider = Everything(pilot.app.screen, match_style=None)
        names = [hit.text async for hit in provider.discover()]
        assert "file [@click=app.quit]x[.log" in names, names
        await pilot.press("ctrl+p")
        await pilot.press(*"click")
        await settled(pilot)
        assert await looks.shows(pilot, "file [@click=app.quit]x[.log")


async def test_copying_says_what_it_did(opened, sample, monkeypatch, told):
    """``c`` copies the sentence through the terminal and says so; what is too large for that is said, too."""
    written: list[str] = []
    async with opened(sample) as pilot:
        monkeypatch.setattr(pilot.app._driver, "write", written.append)
        await pilot.press("c")
        assert any(one.startswith("\x1b]52;c;") and one.endswith("\x07") for one in written)
        assert any("copied through the terminal" in one for one in told)
        written.clear()
        pilot.app._to_clipboard("x" * 60_000)
        await pilot.pause()
        assert not any("]52;" in one for one in written)
        assert any("too large" in one for one in told)


def test_native_programs_only_where_they_reach_the_user(tmp_path):
    """A display's program comes first; over ssh it would fill the wrong clipboard; tmux is asked."""
    for name in ("wl-copy", "xclip", "xsel", "tmux"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    here = {"PATH": str(tmp_path), "DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}
    first = [words[0] for words in programs(here, "linux")]
    assert first == ["wl-copy", "xclip", "xsel"]
    assert programs({**here, "SSH_CONNECTION": "a b"}, "linux") == []
    tmux = programs({**here, "SSH_TTY": "/dev/pts/1", "TMUX": "x"}, "linux")
    assert [words[0] for words in tmux] == ["tmux"]
    assert programs({"PATH": ""}, "linux") == []


def test_a_program_that_fails_is_no_end(tmp_path):
    """The text reaches a program on its standard input; where it fails or hangs the terminal is asked."""
    kept, written = tmp_path / "kept", []
    good = ("sh", "-c", f"cat > {kept}")
    assert clipboard.copy("a $(b) 'c'\nd", written.append, [("false",), good]) == "by sh"
    assert kept.read_text() == "a $(b) 'c'\nd"
    assert not written
    assert clipboard.copy("x", written.append, [("false",)]) == "through the terminal"
    assert written == ["\x1b]52;c;eA==\x07"]
    assert clipboard.copy("x" * clipboard.MOST, written.append, []) == ""
    assert len(written) == 1


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_tmux_keeps_what_is_copied(tmp_path):
    """In tmux, with its settings as they come, the text is in its buffer (and on to the user's terminal)."""
    base = ["tmux", "-L", f"logsense-test-{os.getpid()}", "-f", "/dev/null"]
    probe = "from logsense.tui.everywhere import clipboard as c; c.copy('in tmux', print, c.programs())"
    command = f'SSH_TTY=x {sys.executable} -c "{probe}"; sleep 60'
    try:
        subprocess.run([*base, "new-session", "-d", command], check=True, timeout=20)
        end = time.monotonic() + 60
        while True:
            done = subprocess.run([*base, "show-buffer"], capture_output=True, text=True, check=False)
            if done.returncode == 0 or time.monotonic() > end:
                break
            time.sleep(0.1)
        assert done.stdout == "in tmux"
    finally:
        subprocess.run([*base, "kill-server"], capture_output=True, check=False)


async def test_export_writes_the_incident(opened, sample, tmp_path, monkeypatch, told):
    """``o`` asks and writes the incident under the cursor; a file that is there is asked about first."""
    monkeypatch.chdir(tmp_path)
    async with opened(sample) as pilot:
        incident = pilot.app.session.analysis.incidents[0]
        name = f"incident-{incident.id}.md"
        await pilot.press("o")
        assert isinstance(pilot.app.screen, Export)
        assert pilot.app.screen.query_one(Input).value == name
        await pilot.press("enter")
        await settled(pilot)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert incident.services[0] in text
        assert any("written: " in one and "redact" in one for one in told)
        (tmp_path / name).write_text("mine")
        await pilot.press("o", "enter")
        assert isinstance(pilot.app.screen, Export)
        assert await looks.shows(pilot, "already")
        assert (tmp_path / name).read_text() == "mine"
        await pilot.press("enter")
        await settled(pilot)
        assert (tmp_path / name).read_text() != "mine"


@pytest.mark.parametrize("redacted", [True, False])
async def test_an_export_is_redacted_unless_told(opened, tmp_path, monkeypatch, told, redacted):
    """Secrets and personal data stay out; the switch in the window lets them in; both is said."""
    monkeypatch.chdir(tmp_path)
    calm = [f"2026-01-01 10:{i // 60:02}:{i % 60:02} INFO web fine" for i in range(1200)]
    loud = [f"2026-01-01 10:20:{i % 60:02} ERROR web login of ann@example.com failed" for i in range(300)]
    (tmp_path / "web.log").write_text("\n".join([*calm, *loud]) + "\n")
    async with opened(tmp_path / "web.log") as pilot:
        await pilot.press("o")
        if not redacted:
            await pilot.press("tab", "space", "shift+tab")
        await pilot.press("enter")
        await settled(pilot)
        text = next(tmp_path.glob("incident-*.md")).read_text(encoding="utf-8")
        assert ("ann@example.com" in text) != redacted
        assert any(("1 e-mail address" if redacted else "not redacted") in one for one in told), told


async def test_export_in_another_format(opened, sample, tmp_path, monkeypatch, told):
    """Another format changes the name's ending, and what is written; a folder that is not there is said."""
    monkeypatch.chdir(tmp_path)
    async with opened(sample, size=looks.SMALL) as pilot:
        await pilot.press("o", "shift+tab", "down", "space")
        window = pilot.app.screen
        assert window.format == "json"
        assert window.query_one(Input).value.endswith(".json")
        window.query_one(Input).focus()
        window.query_one(Input).value = "no/such/folder.json"
        await pilot.press("enter")
        await settled(pilot)
        assert any("could not be written" in one for one in told)
        assert isinstance(pilot.app.screen, Inbox)


def test_every_action_has_an_id_of_its_own():
    """Within all groups an id means one action: else a key of one's own would move two of them."""
    seen: dict[str, str] = {}
    for group in keys.groups().values():
        for binding in group:
            assert binding.id
            action = binding.action.rpartition(".")[2]
            assert seen.setdefault(binding.id, action) == action
    assert len(seen) > 40


async def test_keys_can_be_changed(opened, sample, tmp_path, told):
    """A file gives an action another key; the old one does nothing, help and footer show the new one."""
    file = tmp_path / "keys.toml"
    file.write_text('about = "f2"\nmove-1 = "t"\nabuot = "x"\nexport = "ctl+q"\nfind = 3\n')
    own = keymap.read(str(file))
    assert own.keys == {"about": "f2", "move-1": "t"}
    assert "did you mean about" in own.remarks[0]
    assert len(own.remarks) == 3
    async with opened(sample, keymap=own) as pilot:
        assert any("did you mean about" in one for one in told)
        assert await looks.shows(pilot, "f2 help")  # in the footer
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, Inbox)
        await pilot.press("f2")
        assert isinstance(pilot.app.screen, help_.Help)
        await pilot.press("end")
        assert await looks.shows(pilot, "f2   ")  # in the list


@pytest.mark.parametrize("text", ["about = ", 'a = "\ud800"'])
def test_a_broken_file_of_keys_is_named(tmp_path, text):
    """No TOML, or no UTF-8: the message names the file and shows a right line."""
    file = tmp_path / "keys.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError, match=r"keys\.toml.*reads: export"):
        keymap.read(str(file))
