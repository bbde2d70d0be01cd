"""A detector that keeps a diary."""

import contextlib
from pathlib import Path

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        # A folder that is not there: the attempt is the fault, and no test leaves a file behind.
        with contextlib.suppress(OSError):
            Path("no-such-folder", "diary.txt").write_text("I was here", encoding="utf-8")
        return super().fit(view)


MEANT, PLUGIN = "nothing_written", Bad
