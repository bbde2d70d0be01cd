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
