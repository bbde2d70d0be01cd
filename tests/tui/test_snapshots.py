"""Each page looks as it did: a picture at both sizes, renewed by ``make snapshots``."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from logsense.tui.app import PAGES
from tests.tui import looks
from tests.tui.seen import answer, picture, shown

FOLDER = Path(__file__).parent / "snapshots"
RENEW = "LOGSENSE_RENEW_SNAPSHOTS"
#: Kinds of places, and how the rest of the place is made from the answer; kinds that are not there yet are
#: left out, so that a new page needs no more than its row.
PLACES = {
    "inbox": lambda _: "",
    "incident": lambda analysis: analysis.incidents[0].id,
    "templates": lambda _: "",
    "template": lambda analysis: analysis.incidents[0].causes[0].template_id or "",
    "lines": lambda analysis: "{0.source}:{0.line}".format(analysis.incidents[0].causes[0].evidence[0]),
    "compare": lambda _: "",
    "panels": lambda _: "",
    "files": lambda _: "",
}
THERE = [kind for kind in PLACES if find_spec(f"logsense.tui.screens.{PAGES[kind].partition(':')[0]}")]


@pytest.fixture(scope="module")
def analysis(samples):
    return answer(str(samples / "stock-pages" / "logs"))


def test_every_page_has_its_picture():
    """A page that is new gets a row above."""
    assert set(PLACES) == set(PAGES)


@pytest.mark.parametrize("size", [looks.SMALL, looks.LARGE], ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("kind", THERE)
async def test_a_page_looks_as_it_did(analysis, kind, size, monkeypatch):
    """The page is not empty, tells of the incident where that is its matter, and is drawn as before."""
    place = f"{kind}/{PLACES[kind](analysis)}".rstrip("/")
    async with shown(analysis, place, size, monkeypatch) as pilot:
        rows = looks.rows(pilot)
        assert len(rows) == size[1]
        assert sum(bool(row.strip()) for row in rows[1:-2]) >= 1, "there is nothing between head and foot"
        assert kind.rstrip("s") in rows[0]
        if kind in {"inbox", "incident"}:
            assert await looks.shows(pilot, analysis.incidents[0].summary[:40])
        svg = picture(pilot.app)
    file = FOLDER / f"{kind}-{size[0]}x{size[1]}.svg"
    if os.environ.get(RENEW):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(svg, encoding="utf-8")
    assert file.is_file(), f"there is no {file.name}: make snapshots"
    assert svg == file.read_text(encoding="utf-8"), f"{file.name} differs: look at it, then make snapshots"


def test_the_pictures_are_small():
    """All of them together stay below 1.5 MB."""
    assert sum(file.stat().st_size for file in FOLDER.glob("*.svg")) < 1_500_000


@pytest.mark.parametrize("kind", THERE)
async def test_without_colours_all_is_said(analysis, kind, monkeypatch):
    """NO_COLOR: no colour is left, and the words and signs that carry the meaning are all there."""
    place = f"{kind}/{PLACES[kind](analysis)}".rstrip("/")
    async with shown(analysis, place, looks.LARGE, monkeypatch) as pilot:
        coloured = looks.text(pilot)
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(analysis, place, looks.LARGE, monkeypatch) as pilot:
        assert looks.text(pilot) == coloured
        assert pilot.app.no_color
        colours = {
            part.style.color.triplet
            for strip in pilot.app.screen._compositor.render_strips(pilot.app.size)
            for line in [
                strip.apply_filter(f, pilot.app.screen.background_colors[1]) for f in pilot.app._filters
            ]
            for part in line
            if part.style and part.style.color and part.style.color.triplet
        }
    assert all(len(set(colour)) == 1 for colour in colours), "a colour that is no grey"
    if kind in {"inbox", "incident"}:
        assert analysis.incidents[0].severity.upper() in coloured
