"""The settings of a run: what was asked for, by whom, checked before any work begins.

In: options, the environment, a file that was named. Out: ``Settings``, frozen, each value with its origin.

- ``keys`` declares every key once: its type, its range, its variable, what it means. The file, the checks
  and docs/config.md are made of that table.
- ``file`` reads a TOML file; ``lines`` knows on which line of it a key stands; ``place`` says which file.
- ``problems`` tells all that is wrong at once.
- ``settings`` puts all together: an option before the environment, that before the file, that before the
  default. ``choose`` says which plugins are meant, and which come first.

Promises: nothing is read from the directory that is analysed, nor from the working directory, unless it
is named; a library call reads no file at all unless it is given one. An error names file, line and key,
and the nearest right key. None of the heavy packages is imported.
"""

from logsense.config.choose import barred, chosen, means, ordered
from logsense.config.effective import Row, effective
from logsense.config.parts import PluginSettings, Screens, Thresholds
from logsense.config.place import place, there, usual_file
from logsense.config.problems import Problem, refuse
from logsense.config.settings import COLORS, MIB, MOST_THREADS, Settings, default_threads
from logsense.config.times import parse_when, zone

__all__ = [
    "COLORS", "MIB", "MOST_THREADS", "PluginSettings", "Problem", "Row", "Screens", "Settings",
    "Thresholds", "barred", "chosen", "default_threads", "effective", "means",
    "ordered", "parse_when", "place", "refuse", "there", "usual_file", "zone",
]  # fmt: skip
