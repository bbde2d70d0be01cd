"""``logsense tui``: the screens of an incident."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from logsense.cli.failures import ended
from logsense.cli.options import CONTEXT, common, configured, judging, reading, split, usual
from logsense.cli.output import say
from logsense.cli.words import words
from logsense.errors import UsageError

#: Options that say how to look, not at what: no part of the command that ``Y`` copies.
_LOOKS = ("place", "mouse", "web", "port", "keys", "no_progress")


@click.command(context_settings=CONTEXT)
@reading
@usual
@judging
@click.option("--open", "place", default="inbox", metavar="PLACE",
              help="Where to begin: inbox, incident/ID, templates, lines, compare. Y copies it.")  # fmt: skip
@click.option("--keys", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
              help="Keys of your own: a TOML file, see docs/keys.md.  [env: LOGSENSE_KEYS]")  # fmt: skip
@click.option("--mouse", is_flag=True, show_default=False, help="Let the mouse work, too.")
@click.option("--web", is_flag=True, show_default=False,
              help="In a browser on this machine instead (needs the extra: web).")  # fmt: skip
@click.option("--port", type=click.IntRange(1, 65535), default=8000, metavar="N", help="The port for --web.")
@configured
@common
@click.pass_context
def tui(context: click.Context, /, paths: tuple[str, ...], **options: Any) -> int:
    r"""Look at what broke, its causes and the lines, in the terminal.

    Opens on the incidents, most important first, while the files are still read.

    \b
      logsense tui /var/log/shop
      kubectl logs deploy/shop | logsense tui -

    Keys: ? says which there are. Without a terminal, logsense analyze says the same as text.
    """
    looks = {name: options.pop(name) for name in ("place", "keys", "port", "mouse", "web")}
    settings, _ = split(options)
    if looks["web"]:
        return _served(context, paths, looks["port"])
    piped = _piped(paths)
    from logsense.store import Scratch

    with Scratch() as scratch:
        read = paths
        if piped:
            from logsense.tui.start import pipe

            file = pipe.kept(scratch, say)
            read = tuple(file if path == pipe.STDIN else path for path in paths)
            pipe.keyboard()
        # From here on Textual is imported, which takes descriptor 0 for the keyboard.
        from logsense.tui.run import run
        from logsense.tui.session import Session
        from logsense.tui.start import keymap

        session = Session(read, settings, arguments=tuple(words(context, without=_LOOKS)))
        session.verdicts = Path(settings.verdicts) if settings.verdicts else None
        keys, mouse = looks["keys"] or settings.screens.keys, looks["mouse"] or settings.screens.mouse
        own = keymap.read(keys) if keys else None
        code = run(session, at=looks["place"], mouse=mouse, keymap=own)
        failed = session.analysis.plugins_failed if session.analysis else ()
        failed += tuple(session.panels.failures) if session.panels else ()
        # The screens have room for names alone: the reasons are told once they are left.
        return ended(code, failed, settings.plugins, shown=False)


def _piped(paths: tuple[str, ...]) -> bool:
    """Whether a pipe is to be read; UsageError where there is no terminal for the screens."""
    from logsense.tui.start.web import DRIVER

    if os.environ.get("TEXTUAL_DRIVER") == DRIVER:
        return False  # a visitor of --web: Textual talks to the server, not to a terminal
    piped = "-" in paths and not sys.stdin.isatty()
    if not (sys.stderr.isatty() and (piped or sys.stdin.isatty())):
        msg = "the screens need a terminal; without one: logsense analyze PATH, which says the same as text"
        raise UsageError(msg)
    if "-" in paths and not piped:
        msg = "- means what is piped in, and nothing is: … | logsense tui -"
        raise UsageError(msg)
    return piped


def _served(context: click.Context, paths: tuple[str, ...], port: int) -> int:
    if "-" in paths:
        msg = "--web reads the files anew for each visitor, a pipe comes only once: save it to a file first"
        raise UsageError(msg)
    from logsense.tui.start import web

    web.serve(words(context, without=("web", "port")), port, say)
    return 0
