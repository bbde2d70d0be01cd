"""What is installed beside the core: distributions with their entry points, and what of them is loaded.

In: metadata of installed distributions, and ``PluginSettings``. Out: frozen values, for people to look at.

- ``installed`` reads metadata alone: nothing of a plugin is imported, and neither is Polars, so that a list
  costs a blink however many plugins there are (``tests/inventory`` holds it).
- ``described`` loads one plugin through the host, as a run would, and tells what it registered.
- ``named`` finds what a person means by a name: an entry, a distribution, or a thing (``detectors.rate``),
  and refuses names in the settings that nothing has.

Promises: what is told of why something is not loaded, and where it runs, is by the rules of
``logsense.entry_points``, by which the host loads.
"""

from logsense.entry_points import BUNDLED as CORE
from logsense.inventory.installed import Distribution, Entry, installed
from logsense.naming import KINDS

__all__ = ["CORE", "KINDS", "Distribution", "Entry", "installed"]
