"""A detector that quotes services as they stand in the logs."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def row(self, view, row):
        return super().row(view, row) | {"observed": f"{row['n']} of {row['service']}"}


MEANT, PLUGIN = "hostile_sentences", Bad
