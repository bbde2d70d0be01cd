"""What is known of the words of Kubernetes, read from ``knowledge.toml`` once."""

import tomllib
from functools import cache
from pathlib import Path

from logsense_kubernetes.records import SEVERITIES


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("knowledge.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def event(reason: str, kind: str) -> int:
    """How bad an event is: a syslog severity, by its reason, else by its type (Normal, Warning)."""
    usual = "WARN" if kind == "Warning" else "INFO"
    return SEVERITIES[_tables()["events"].get(reason, usual)]


def state(reason: str, code: int | None) -> int:
    """How bad a container's state is, by its reason, else by its exit code (None: it waits)."""
    usual = "INFO" if code == 0 else "WARN" if code is None else "ERROR"
    return SEVERITIES[_tables()["states"].get(reason, usual)]


def exit_code(code: int) -> str:
    """An exit code in words."""
    meaning = _tables()["exits"].get(str(code))
    return f"exit code {code}" + (f" ({meaning})" if meaning else "")
