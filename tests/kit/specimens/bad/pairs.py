"""A detector that compares every template with every other."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        texts = view.templates["text"].to_list()
        self.alike_ = sum(a == b for a in texts for b in texts)
        return super().fit(view)


MEANT, PLUGIN = "linear_time", Bad
