"""A detector that takes a first row for granted."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        self.oldest_ = view.templates["template"][0] if view.start else view.sources["path"][0]
        return super().fit(view)


MEANT, PLUGIN = "empty_frame", Bad
