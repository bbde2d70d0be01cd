"""What stands on the screen, as text."""

from textual.pilot import Pilot

#: The two sizes that every page must work at.
SMALL, LARGE = (80, 24), (160, 48)


def rows(pilot: Pilot[None]) -> list[str]:
    """The rows of the screen that is shown."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips(pilot.app.size)
    return ["".join(segment.text for segment in strip) for strip in strips]


def text(pilot: Pilot[None]) -> str:
    """All of them."""
    return "\n".join(rows(pilot))


async def shows(pilot: Pilot[None], words: str) -> bool:
    """Whether these words come to stand on the screen: a busy machine paints later than it takes a key."""
    for _ in range(1000):
        if words in text(pilot):
            return True
        await pilot.pause(0.02)
    print("\n".join(row.rstrip() for row in rows(pilot)))  # what stands there instead, where the test fails
    return False
