"""A ranker that is sure."""

from specimens.good import Ranker


class Bad(Ranker):
    """Finds: trouble. Misses: all else. Cost: none. Source: none. decades: of evidence."""

    def __init__(self, *, decades: float = 40.0) -> None:
        super().__init__(decades=decades)


MEANT, PLUGIN = "scores_in_reach", Bad
