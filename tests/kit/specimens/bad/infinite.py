"""A reader of metrics that takes infinity for a number."""

from specimens.good import Metrics


class Bad(Metrics):
    """Tables."""

    def number(self, text):
        return float(text)


MEANT, PLUGIN = "dirty_values", Bad
