"""A detector that seeds the random numbers of everybody."""

import random

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        random.seed(len(view.quiet))
        return super().fit(view)


MEANT, PLUGIN = "world_unchanged", Bad
