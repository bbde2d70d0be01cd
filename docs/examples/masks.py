"""Masks: a folder of TOML files inside a package (docs/masks.md)."""

from importlib.resources import files
from pathlib import Path

from logsense.api import hookimpl


@hookimpl
def register_masks() -> list[Path]:
    return [Path(str(files("logsense_masks")))]  # yours: files("your_package"), beside its code


assert "tokens.toml" in {path.name for path in register_masks()[0].iterdir()}
