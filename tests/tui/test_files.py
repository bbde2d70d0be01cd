"""The files page: what was read, what was not and why, while it is read and afterwards."""

import pytest

from logsense.config import Settings
from logsense.tui.app import Triage
from logsense.tui.screens.files import FilesPage
from logsense.tui.session import Session
from logsense.watch import File, Progress
from tests.tui import looks

BOTH = pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE])


@pytest.fixture
def mixed(tmp_path):
    line = "2026-01-01 10:00:{:02} INFO web all is well\n"
    (tmp_path / "good.log").write_text("".join(line.format(i) for i in range(50)))
    (tmp_path / "odd.log").write_bytes(
        b"".join(line.format(i).encode() for i in range(9)) + b"\xff\xfe broken\n"
    )
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    return tmp_path


@BOTH
async def test_each_file_says_what_came_of_it(opened, mixed, size):
    """A word for each file, trouble first; format and lines of what was read, the reason of what was not."""
    async with opened(mixed, at="files", size=size) as pilot:
        text = looks.text(pilot)
        rows = {
            name: row for row in looks.rows(pilot) for name in ("good.log", "picture.png") if name in row[:40]
        }
        assert "✔ read" in rows["good.log"]
        assert "50" in rows["good.log"]
        assert "– skipped" in rows["picture.png"]
        assert "3 files" in text or "2 files" in text
        assert [file.state for file in pilot.app.screen.files] == sorted(
            file.state for file in pilot.app.screen.files
        )


async def test_enter_opens_the_lines_of_a_file(opened, mixed):
    """Enter on a file that was read leads to its first line; on one that was not, its reason is told."""
    async with opened(mixed, at="files") as pilot:
        page = pilot.app.screen
        at = next(i for i, file in enumerate(page.files) if file.name == "good.log")
        page.query_one("#files").cursor = at
        await pilot.press("enter")
        assert pilot.app.screen.place.startswith("lines/good.log:1")


@BOTH
async def test_files_under_way_say_how_far_they_are(size):
    """While files are read each says how much of it is done; a thousand of them are no burden."""
    app = Triage(Session(("/nowhere",), Settings.resolve({})), at="files")
    app.session.files = tuple(File(f"f{i:04}.log", 1000) for i in range(1000))
    app.session.steps = {
        "f0000.log": Progress(0, 1, "f0000.log", 500, 1000),
        "f0001.log": Progress(0, 1, "f0001.log", 1000, 1000, finished=True),
        "f0002.log": Progress(0, 1, "f0002.log", 10, 1000, finished=True, note="cut off", failed=True),
    }
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.session.reading = True
        app.screen.renew()
        await pilot.pause()
        assert isinstance(app.screen, FilesPage)
        text = looks.text(pilot)
        assert "✘ not read" in text
        assert "cut off" in text
        assert "50% of 1,000 bytes" in text
        assert "· 997 waiting" in text
        assert looks.rows(pilot)[-1].strip()
