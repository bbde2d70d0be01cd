"""What reads like markup, a control or a command is text: as a line, a service, a file's name."""

import json
from itertools import cycle, islice

import pytest

from logsense import report
from tests.tui import looks
from tests.tui.seen import answer, settled, shown
from tests.tui.test_snapshots import PLACES, THERE

SEEDS = (
    "[/foo]", "[@click=app.quit]x[/]", "[@click='app.leave']y", "[bold", "[b]z[/b]", "\\[", "\\\\[/]",
    "]", "[]", "[/]", "[link=http://e]l[/link]", "[red on blue]c[/]", "[$error]v", "{0} {name}",
    "%s %(x)s", "$(touch x)`y`", "&amp;<b>", "[[nested]]", "[not bold]", "[auto]", ":smile:",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "日本語の行",
    "e\u0301\u0301\u0301", "ﷺ wide", "\u202eevil", "\u2066x\u2069", "\ufeffbom", "\u200bzero",
    "\x1b[31mred", "\x1b]52;c;eA==\x07", "\x9b31m", "\x07bell", "tab\there", "[0x1]", "[1/2]",
    "[2026-01-01]", "[key=value]", "[#fff]h", "[a b=c]", "['q']", '["d"]', "[@]", "[@click]", "[@click=]",
    "[on]", "[/bold]", "$x", "${x}", "[link]",
)  # fmt: skip
#: Two hundred: each alone, in words, at the start, twice.
PAYLOADS = [f"{a}{seed}{b}" for a, b in (("", ""), ("x ", " y"), ("", " end"), ("<", ">")) for seed in SEEDS]


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    """Logs of which every part that can be foreign is one of them, with an incident made of them."""
    folder = tmp_path_factory.mktemp("payloads")
    calm = [f"2026-01-01 10:{i // 60:02}:{i % 60:02} INFO web fine {i}" for i in range(1200)]
    loud = [f"2026-01-01 10:20:{i % 60:02} ERROR web n{i} {one}" for i, one in enumerate(PAYLOADS)]
    (folder / "[@click=app.quit]x[.log").write_text("\n".join([*calm, *loud]) + "\n", encoding="utf-8")
    record = '{{"time": "2026-01-01T10:20:{:02}Z", "level": "error", "service": {}, "msg": {}}}'
    rows = [
        record.format(i % 60, json.dumps(one), json.dumps(f"failed {one}")) for i, one in enumerate(PAYLOADS)
    ]
    (folder / "[bold\x1b[31m.json").write_text("\n".join(islice(cycle(rows), 600)) + "\n", encoding="utf-8")
    return answer(str(folder))


def test_there_are_two_hundred():
    """As many as were promised, all of them different."""
    assert len(set(PAYLOADS)) == 200


@pytest.mark.parametrize("size", [looks.SMALL, (200, 50)], ids=["small", "large"])
@pytest.mark.parametrize("kind", THERE)
async def test_every_page_shows_them_as_text(analysis, kind, size, monkeypatch):
    """No error, no action, nothing hidden: through the page, its help and an export's question."""
    assert analysis.incidents, "this test needs an incident"
    place = f"{kind}/{PLACES[kind](analysis)}".rstrip("/")
    async with shown(analysis, place, size, monkeypatch) as pilot:
        seen = ""
        for key in (
            "home",
            *["pagedown"] * 3,
            "end",
            "right",
            "tab",
            "end",
            "tab",
            "home",
            "enter",
            "escape",
        ):
            await pilot.press(key)
            await settled(pilot)
            seen += looks.text(pilot)
        for key in ("question_mark", "escape", "o", "escape"):
            await pilot.press(key)
            await pilot.pause()
        assert pilot.app.is_running
        assert pilot.app.return_code is None
        assert not {
            c for c in seen if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f" or c in "\u202e\u2066\u200b"
        }


async def test_each_line_is_shown_as_it_is(analysis, monkeypatch):
    """All of them, one after the other, on the page of lines: to the letter, controls escaped."""
    async with shown(analysis, "lines", (200, 50), monkeypatch) as pilot:
        await pilot.press("end")
        text = looks.text(pilot)
        for _ in range(20):
            await pilot.press("pageup")
            await pilot.pause()
            text += looks.text(pilot)
    for number, payload in enumerate(PAYLOADS):
        assert report.one_row(f"n{number} {payload}") in text, payload
