"""What lnav needs to read the generated lines: a format file a kind, written into a folder of its own."""

import json
import re
from pathlib import Path
from typing import Any

QUERY = ";SELECT log_level, count(*) FROM all_logs GROUP BY log_level"
#: How each kind writes its time, as lnav is told, and where it stands.
TIMES = {
    "blocks": (r"\d{6} \d{6}", "%y%m%d %H%M%S"),
    "tasks": (r"\S+ \S+", "%y/%m/%d %H:%M:%S"),
    "ids": (r"\S+ \S+", "%Y-%m-%d %H:%M:%S,%L"),
    "machine": (r"\S+", "%Y-%m-%d-%H.%M.%S.%f"),
}
PATTERNS = {
    "blocks": r"^(?<timestamp>{}) \d+ (?<level>[A-Z]+) (?<logger>[^:]+): (?<body>.*)$",
    "tasks": r"^(?<timestamp>{}) (?<level>[A-Z]+) (?<logger>[^:]+): (?<body>.*)$",
    "ids": r"^(?<timestamp>{}) (?<level>[A-Z]+) \[(?<logger>[^\]]+)\] (?<body>.*)$",
    "machine": r"^- \d+ \S+ \S+ (?<timestamp>{}) \S+ RAS (?<logger>\S+) (?<level>[A-Z]+) (?<body>.*)$",
}
LEVELS = {"fatal": "FATAL", "error": "ERROR", "warning": "WARN", "info": "INFO"}


def format_of(kind: str, sample: str) -> dict[str, Any] | None:
    """The format of a kind as lnav wants it, None where lnav knows it by itself."""
    base = {"title": f"bench {kind}", "level-field": "level", "body-field": "body"}
    if kind == "json":
        shown = [{"field": "ts"}, " ", {"field": "level"}, " ", {"field": "msg"}]
        value = {"service": {"kind": "string"}, "took_ms": {"kind": "integer"}}
        keys = {
            "json": True,
            "timestamp-field": "ts",
            "body-field": "msg",
            "line-format": shown,
            "value": value,
        }
        return base | keys
    if kind not in PATTERNS:
        return None
    text, form = TIMES[kind]
    regex = {"std": {"pattern": PATTERNS[kind].format(text)}}
    more = {"regex": regex, "timestamp-format": [form], "level": LEVELS, "sample": [{"line": sample}]}
    return base | more | {"value": {"logger": {"kind": "string", "identifier": True}}}


def command(lnav: str, kind: str, log: Path, home: Path) -> list[str]:
    """The command that reads ``log`` and counts its records by level; ``home`` takes its files."""
    with log.open(encoding="utf-8") as lines:
        sample = re.sub(r"\n$", "", next(lines))
    declared = format_of(kind, sample)
    folder = home / "formats" / f"bench_{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    if declared is not None:
        text = {"$schema": "https://lnav.org/schemas/format-v1.schema.json", f"bench_{kind}": declared}
        (folder / "format.json").write_text(json.dumps(text), encoding="utf-8")
    return [lnav, "-n", "-I", str(home), "-c", QUERY, str(log)]
