"""A detector whose module loads what it hardly needs."""

import drain3  # noqa: F401 - that it is loaded is the fault

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""


MEANT, PLUGIN = "light_import", Bad
