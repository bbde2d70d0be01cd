"""Finds plugins, checks them, runs them, contains their faults.

In: entry points of installed distributions and ``PluginSettings``. Out: for each thing a plugin registers a
``Loaded``, what it answers when the host asks it, and ``failures``: who failed, with its version, where, why.

- ``find`` lists what is installed, without importing any of it.
- ``Host(kinds=…, plugins=settings.plugins)`` loads kinds when they are first asked for. ``host.detectors()``
  and the like list things, ``host.detect(who, view)``, ``score``, ``fetch``, ``claims``, ``series`` and
  ``write`` ask one of them: the caller does not care where it runs.
- ``host.trace``: each call, as ``Call``; ``PluginSettings.tell`` is given each as it ends.
- Third-party plugins run in a worker (``worker.py`` is our end, ``remote.py`` theirs, ``wire.py`` the way
  between), one process a distribution; ``with Host(…)`` ends them. Bundled ones, objects given, trusted
  distributions, panels and commands run here. docs/isolation.md says what that contains, and what not.

Promises: each plugin is loaded and called alone, so that one that fails costs nobody else anything, and a
thing that failed is not asked again in the run. Nothing found in the analysed data can enable or configure
anything. What a hook returns is checked before anybody sees it.
"""

from logsense.entry_points import BUNDLED, Found, find
from logsense.host.checking import DATA, EVIDENCE, METHODS, TEXTS
from logsense.host.host import CONTAINED, Host
from logsense.host.load import Loaded
from logsense.host.trace import Call, sentence
from logsense.naming import KINDS

__all__ = [
    "BUNDLED", "CONTAINED", "DATA", "EVIDENCE", "KINDS", "METHODS", "TEXTS", "Call", "Found", "Host",
    "Loaded", "find", "sentence",
]  # fmt: skip
