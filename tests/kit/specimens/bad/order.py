"""A detector that takes the first row of a frame for the first in time."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        self.first_ = view.counts["n"][0] if view.counts.height else 0
        return super().fit(view)

    def row(self, view, row):
        return super().row(view, row) | {"observed": f"{row['n']}, {self.first_} at first"}


MEANT, PLUGIN = "rows_shuffled", Bad
