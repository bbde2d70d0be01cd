"""Log formats as declared data: one TOML file a format, with samples that are its tests.

``docs/formats.md`` describes the keys. Of formats that fit a line equally well the one with the higher
``priority`` reads it: 10 to 40 for what many programs write, 80 for what only one program writes.
"""

from collections.abc import Iterable
from pathlib import Path

from logsense.api import hookimpl


@hookimpl
def register_formats() -> Iterable[Path]:
    """The folder beside this file."""
    return [Path(__file__).parent]
