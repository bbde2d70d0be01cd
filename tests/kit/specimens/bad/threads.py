"""A detector that leaves a thread behind."""

import threading
import time

from specimens.good import Detector


class Bad(Detector):
    """Finds: news. Misses: all else. Cost: none. Source: none. at_least: records."""

    def fit(self, view: object) -> object:
        threading.Thread(target=time.sleep, args=(5,), daemon=True, name="left behind").start()
        return super().fit(view)


MEANT, PLUGIN = "no_threads_left", Bad
