"""A detector that keeps a diary in the working directory."""

import contextlib
import os
import tempfile
from pathlib import Path

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        path = Path(os.environ.get("TMPDIR", tempfile.gettempdir()), "logsense-specimen.txt")
        with contextlib.suppress(OSError):
            path.write_text("I was here", encoding="utf-8")
        return super().fit(view)


MEANT, PLUGIN = "nothing_written", Bad
