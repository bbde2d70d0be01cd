"""Formats: a folder of TOML files inside a package, one a format (docs/formats.md)."""

from importlib.resources import files
from pathlib import Path

from logsense.api import hookimpl


@hookimpl
def register_formats() -> list[Path]:
    return [Path(str(files("logsense_formats")))]  # yours: files("your_package") / "formats"


assert list(register_formats()[0].glob("*.toml"))
