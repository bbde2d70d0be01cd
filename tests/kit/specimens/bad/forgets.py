"""A detector that adds what it learns to what it learned before."""

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        before = getattr(self, "fits_", 0)
        super().fit(view)
        self.fits_ = before + 1
        return self

    def row(self, view, row):
        return super().row(view, row) | {"observed": f"{row['n']}, fitted {self.fits_} times"}


MEANT, PLUGIN = "fit_twice", Bad
