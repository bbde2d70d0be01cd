"""Which file is read: one that was named, else the user's own. Never one of the directory one is in."""

import os
from collections.abc import Mapping
from pathlib import Path

from logsense.clean import name

VARIABLE = "LOGSENSE_CONFIG"


def usual_file(named: str | None = None, environ: Mapping[str, str] | None = None) -> Path | None:
    """The file that commands read: the one that is named, else the user's own; None where there is none.

    named: by an option. One that is named so, or by LOGSENSE_CONFIG, is given whether it exists or not.
    """
    path, must = place(named, environ)
    return path if path is not None and (must or there(path)) else None


def place(named: str | None = None, environ: Mapping[str, str] | None = None) -> tuple[Path | None, bool]:
    """Where the file is, and whether somebody named it.

    An option comes before LOGSENSE_CONFIG, that before logsense/config.toml below XDG_CONFIG_HOME or
    ~/.config; None where there is no such place. A XDG_CONFIG_HOME that is no absolute path does not count,
    as its standard says: it would mean the working directory.
    """
    environ = os.environ if environ is None else environ
    given = named or environ.get(VARIABLE)
    if given:
        return Path(given), True
    base = environ.get("XDG_CONFIG_HOME", "")
    if not Path(base).is_absolute():
        home = environ.get("HOME", "")
        if not Path(home).is_absolute():
            return None, False
        base = f"{home}/.config"
    return Path(base, "logsense", "config.toml"), False


def there(path: Path) -> bool:
    """Whether there is such a file; no where the folders above it may not be entered (sudo -u nobody)."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises there


def shown(path: Path) -> str:
    """The file as people know it: ``~`` for their home, and harmless."""
    text = str(path)
    home = os.environ.get("HOME", "")
    return name(f"~{text[len(home) :]}" if home not in ("", "/") and text.startswith(f"{home}/") else text)
