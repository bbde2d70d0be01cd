"""A detector that tells the terminal how far it is."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def detect(self, view: object) -> object:
        print("working …")
        return super().detect(view)


MEANT, PLUGIN = "stdout_silent", Bad
