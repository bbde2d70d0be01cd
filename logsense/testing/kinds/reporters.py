"""Checks of reporters: text for whatever a run came to, at any width, with nothing in it that is obeyed."""

import pickle
import re
from typing import Any

from logsense.report import cells
from logsense.testing import classes
from logsense.testing.analyses import ANALYSES, FAILED, bare, busy, evil, partial, pieces, quiet, written
from logsense.testing.promise import need, table

#: Cells of a row, for those that are for a terminal.
WIDTHS = (80, 200)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: Controls, and marks that turn the direction of text; tab and line feed are no harm.
_HARM = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: Lines that build servers obey.
_COMMAND = re.compile(r"^\s*(?:::|##\[)", re.MULTILINE)


def pieces_of_text(reporter: Any) -> None:
    """It gives pieces of text, each a str."""
    for name, analysis in ANALYSES.items():
        given: list[object] = [*pieces(reporter, analysis())]
        odd = [type(piece).__name__ for piece in given if not isinstance(piece, str)]
        need(not odd, f"{name}: a piece is {odd[:1]}, not str")


def ends_with_newline(reporter: Any) -> None:
    """What is written ends with a newline, whatever the run came to."""
    for name, analysis in ANALYSES.items():
        text = written(reporter, analysis())
        need(text.endswith("\n"), f"{name}: it ends with {text[-20:]!r}")


def no_logs(reporter: Any) -> None:
    """A run without logs, times or buckets is written, and is something to read."""
    need(written(reporter, bare()).strip(), "nothing at all is written; say that nothing was read")


def nothing_found(reporter: Any) -> None:
    """A quiet run is written, and differs from one with an incident."""
    need(
        written(reporter, quiet()) != written(reporter, busy()), "a quiet run reads like one with an incident"
    )


def partial_told(reporter: Any) -> None:
    """A run that was stopped early says so, with the reason."""
    need(
        "interrupted" in written(reporter, partial()),
        "analysis.stopped is not told: what was not read is not quiet",
    )


def failures_named(reporter: Any) -> None:
    """A plugin that failed is named, with its version."""
    text = written(reporter, busy())
    need("oddity" in text and FAILED.version in text, "analysis.plugins_failed is not told, with its version")


def incident_told(reporter: Any) -> None:
    """An incident is told: its services, its first cause and where the line that proves it stands."""
    text = " ".join(written(reporter, busy(), width=200).replace("\\", "").split())
    for said in ("beta", "disk full while writing", "run.log", "812"):
        need(said in text, f"{said!r} is not said of an incident")


def width_kept(reporter: Any) -> None:
    """What fits rows to a width keeps it, at 80 and at 200 cells."""
    narrow, wide = (written(reporter, busy(), width=width) for width in (60, 200))
    if narrow == wide:
        return  # for programs and files: it has no width
    for width in WIDTHS:
        for name, analysis in ANALYSES.items():
            text = _COLOUR.sub("", written(reporter, analysis(), width=width, color=True, verbose=2))
            long = [row for row in text.split("\n") if cells(row) > width]
            need(not long, f"{name}: wider than {width}: {long[:1]}")


def no_colour_no_escape(reporter: Any) -> None:
    """Without colour there is no escape in what is written."""
    for name, analysis in ANALYSES.items():
        need("\x1b" not in written(reporter, analysis(), color=False), f"{name}: an escape with color=False")


def colour_only(reporter: Any) -> None:
    """Colour repeats what words and signs say: without its escapes the coloured text is the plain one."""
    coloured = _COLOUR.sub("", written(reporter, busy(), color=True))
    need(coloured == written(reporter, busy(), color=False), "colour changes more than colour")


def hostile_text(reporter: Any) -> None:
    """Escapes, controls, direction marks and commands of build servers in logs reach nobody as such."""
    for verbose in (0, 2):
        text = written(reporter, evil(), verbose=verbose)
        harm = _HARM.search(text)
        need(
            harm is None,
            f"text of logs must go through api.safe: {harm and text[harm.start() - 20 :][:40]!r}",
        )
        need(not _COMMAND.search(text), "a line begins with a command of a build server")


def every_manner(reporter: Any) -> None:
    """It is written at any width and degree of detail."""
    for width in (20, 40, 1000):
        for verbose in (0, 1, 2):
            written(reporter, busy(), width=width, verbose=verbose)


def same_twice(reporter: Any) -> None:
    """The same run is written the same twice."""
    for name, analysis in ANALYSES.items():
        need(written(reporter, analysis()) == written(reporter, analysis()), f"{name}: two calls differ")


def analysis_unchanged(reporter: Any) -> None:
    """The analysis is as it was."""
    analysis = busy()
    before = _contents(analysis)
    written(reporter, analysis, verbose=2)
    need(before == _contents(analysis), "an Analysis is shared by all: copy before changing")


def _contents(analysis: Any) -> bytes:
    held = vars(analysis)
    kept = {name: value for name, value in held.items() if not callable(value)}  # readers cannot be pickled
    return pickle.dumps(kept)


CHECKS = table(
    classes.named, classes.described, classes.parameters_keyword_only, classes.typed,
    pieces_of_text, ends_with_newline, no_logs, nothing_found, partial_told, failures_named, incident_told,
    width_kept, no_colour_no_escape, colour_only, hostile_text, every_manner, same_twice, analysis_unchanged,
    classes.stdout_silent, *classes.ALONE,
)  # fmt: skip
