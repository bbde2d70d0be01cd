"""Private folders of runs: what a run that was killed left behind, the next one clears away."""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

#: How our folders begin, where temporary files lie.
PREFIX = "logsense-run-"
#: Seconds after which a folder that nobody holds is left over: one is made a moment before it is held.
LEFT = 60.0


class Private:
    """A new folder (0700) where temporary files lie; OSError where none can be made.

    It is locked (flock) while it is needed: the system lets go of the lock however its process ends, also
    where process numbers mean nothing, as between containers that share a folder.
    """

    def __init__(self) -> None:
        """Those of runs that are no more are cleared away first."""
        _clear()
        self._owner = os.getpid()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))  # mkdtemp makes it 0700
        try:
            self._held = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:  # too many files are open
            self.path.rmdir()
            raise
        with contextlib.suppress(OSError):  # a file system without locks: nobody else gets one there either
            fcntl.flock(self._held, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Remove it and all in it; to be called once. A fork of its process leaves it."""
        if os.getpid() == self._owner:
            shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._held)


def _clear() -> None:
    """Remove folders of this user's runs that nobody holds any more."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                with contextlib.suppress(OSError):  # held, not ours, or gone meanwhile
                    _clear_one(entry)


def _clear_one(entry: os.DirEntry[str]) -> None:
    told = entry.stat(follow_symlinks=False)
    ours = stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid()
    if not ours or time.time() - told.st_mtime < LEFT:
        return
    held = os.open(entry.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(entry.path, ignore_errors=True)
    finally:
        os.close(held)
