"""A reader of metrics that takes every table, logs of databases among them."""

from specimens.good import Metrics


class Bad(Metrics):
    """Tables."""

    def claims(self, name: str, head: str) -> bool:
        return name.endswith(".csv") and head.count(",") > 2


MEANT, PLUGIN = "claims_no_logs", Bad
