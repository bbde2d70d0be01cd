"""A detector whose score falls as the fault grows."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def score_of(self, n):
        return max(12.0 - n / 10, 0.5)


MEANT, PLUGIN = "larger_no_smaller", Bad
