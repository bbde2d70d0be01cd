"""``logsense tui``: the screens of an incident."""

import sys
from typing import Any

import click

from logsense.cli.options import CONTEXT, common, judging, reading, split, usual
from logsense.errors import UsageError


@click.command(context_settings=CONTEXT)
@reading
@usual
@judging
@click.option("--open", "place", default="inbox", metavar="PLACE",
              help="Where to begin: inbox, incident/ID, templates, lines, compare. Y copies it.")  # fmt: skip
@click.option("--mouse", is_flag=True, show_default=False, help="Let the mouse work, too.")
@common
def tui(paths: tuple[str, ...], place: str, *, mouse: bool, **options: Any) -> int:
    r"""Look at what broke, its causes and the lines, in the terminal.

    Opens on the incidents, most important first, while the files are still read.

    \b
      logsense tui /var/log/shop
      kubectl logs deploy/shop | logsense tui -

    Keys: ? says which there are. Without a terminal, logsense analyze says the same as text.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        msg = "the screens need a terminal; without one: logsense analyze PATH, which says the same as text"
        raise UsageError(msg)
    settings, _ = split(options)
    from logsense.tui.run import run
    from logsense.tui.session import Session

    return run(Session(paths, settings), at=place, mouse=mouse)
