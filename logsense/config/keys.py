"""Every key of a configuration file, declared once: what it takes, what it means, which variable sets it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from logsense.config.times import is_zone

#: Tables of keywords: ``[detectors.NAME]`` and so on. What stands in them is given to the thing of that name.
KEYWORDS = ("detectors", "rankers", "reporters", "sources", "metrics")
#: In a table of keywords this one is ours: false leaves the thing out.
ENABLED = "enabled"

_MIB = 1024 * 1024
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "zone": (str,),
    "file": (str,),
    "texts": (list,),
    "whole number": (int,),
    "number": (int, float),
    "true or false": (bool,),
}


_ALLOWED = {
    "texts": "a list of texts", "file": "the name of a file", "text": "a text",
    "zone": "a zone such as Europe/Berlin, or an offset such as +02:00",
}  # fmt: skip


@dataclass(frozen=True)
class Key:
    """One key. kind: what it takes, one of ``_PYTHON``.

    about: what it means; least, most: of a number; choices: of a text; field: what it is called in the
    settings, where not the same; variable: of the environment.
    """

    table: str
    name: str
    kind: str
    about: str
    least: float = 0
    most: float = 0
    choices: tuple[str, ...] = ()
    field: str = ""
    variable: str = ""

    @property
    def path(self) -> str:
        """Its name with that of its table: ``run.tz``."""
        return f"{self.table}.{self.name}"

    @property
    def target(self) -> str:
        """The field of the settings that it sets."""
        return self.field or self.name

    @property
    def allowed(self) -> str:
        """What it takes, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.kind in ("whole number", "number"):
            return f"a {self.kind} from {self.least:.15g} to {self.most:.15g}"
        return _ALLOWED.get(self.kind, self.kind)

    def fits(self, value: object) -> bool:
        """Whether a value is allowed. A list of texts may be a tuple."""
        kinds = _PYTHON[self.kind]
        if isinstance(value, bool) and bool not in kinds:
            return False
        if self.kind == "texts":
            return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        if not isinstance(value, kinds):
            return False
        if self.kind == "zone":
            return is_zone(str(value))
        if isinstance(value, int | float) and bool not in kinds:
            return math.isfinite(value) and self.least <= value <= self.most
        return not self.choices or value in self.choices


KEYS = (
    Key("run", "tz", "zone", "zone of times that name none: Europe/Berlin, +02:00", variable="LOGSENSE_TZ"),
    Key("run", "year", "whole number", "year of dates that have none; without it inferred", 1970, 2100),
    Key("run", "include", "texts", "only files whose name fits one of these globs"),
    Key("run", "exclude", "texts", "no files whose name fits one of these globs"),
    Key("run", "verdicts", "file", "what was said of findings before (docs/verdicts.md)",
        variable="LOGSENSE_VERDICTS"),
    Key("run", "threads", "whole number", "threads to work with", 1, 256, variable="LOGSENSE_THREADS"),
    Key("run", "block_size", "whole number", "bytes of a block of lines", 4096, 1024 * _MIB),
    Key("run", "sample_lines", "whole number", "lines that numbers are read from, about", 100, 2**31),
    Key("run", "max_lines", "whole number", "stop after so many lines; without it never", 1, 2**63 - 1),
    Key("run", "quiet", "true or false", "no progress, no notes"),
    Key("run", "verbose", "whole number", "how much more is shown", 0, 9),
    Key("run", "color", "text", "when to use colour; NO_COLOR and FORCE_COLOR come before a file",
        choices=("auto", "always", "never"), variable="LOGSENSE_COLOR"),
    Key("plugins", "load", "texts", "the only distributions or entries of others that are loaded; [] none",
        variable="LOGSENSE_LOAD_PLUGINS"),
    Key("plugins", "disable", "texts", "distributions, entries or things (detectors.rate) that are left out",
        field="disabled"),
    Key("plugins", "trust", "texts", "distributions that run in the process of logsense, without limits",
        field="trusted"),
    Key("plugins", "order", "texts", "distributions, entries or things that come first, in this order"),
    Key("plugins", "seconds", "number", "seconds that a call of a plugin may take", 0.1, 86_400),
    Key("plugins", "memory", "whole number", "MiB that a plugin of others may take", 64, 2**20),
    Key("plugins", "strict", "true or false", "a plugin that fails makes the command end with status 4"),
    Key("plugins", "trace", "true or false", "each call of a plugin is told of on stderr",
        variable="LOGSENSE_TRACE_PLUGINS"),
    Key("thresholds", "incident", "number", "decades of evidence that make an incident", 1, 100),
    Key("thresholds", "join_buckets", "whole number", "buckets between anomalies of one incident, at most",
        0, 1000),
    Key("thresholds", "join_seconds", "number", "seconds between them, if those are more", 0,
        86_400),
    Key("tui", "keys", "file", "keys of your own (docs/keys.md)", variable="LOGSENSE_KEYS"),
    Key("tui", "mouse", "true or false", "the mouse works, too"),
)  # fmt: skip
TABLES = tuple(dict.fromkeys(key.table for key in KEYS))
BY_PATH: Mapping[str, Key] = {key.path: key for key in KEYS}
