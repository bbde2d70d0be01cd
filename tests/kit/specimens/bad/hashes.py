"""A detector whose words depend on the seed of hashes of its process."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def row(self, view, row):
        return super().row(view, row) | {"observed": f"{row['n']}, case {hash(row['template']) % 1000}"}


MEANT, PLUGIN = "same_elsewhere", Bad
