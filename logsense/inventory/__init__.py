"""What is installed beside the core: distributions with their entry points, and what of them is loaded.

In: metadata of installed distributions, and ``PluginSettings``. Out: frozen values, for people to look at.

- ``installed`` reads metadata alone: nothing of a plugin is imported, and neither is Polars, so that a list
  costs a blink however many plugins there are (``tests/inventory`` holds it).
- ``described`` loads one plugin through the host, as a run would, and tells what it registered.
- ``named`` finds what a person means by a name: an entry, a distribution, or a thing (``detectors.rate``).

Promises: the reasons why something is not loaded are those by which the host leaves it out.
"""

from logsense.inventory.installed import CORE, KINDS, Distribution, Entry, installed

__all__ = ["CORE", "KINDS", "Distribution", "Entry", "installed"]
