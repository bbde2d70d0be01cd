"""A detector that sets a count in the frame that all share."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        if view.templates.height:
            view.templates[0, "share"] = 0.5
        return super().fit(view)


MEANT, PLUGIN = "view_unchanged", Bad
