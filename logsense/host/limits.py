"""How far a worker may go, and how far it has gone.

RLIMIT_AS cannot be the limit: Polars alone maps a gigabyte of addresses, and hangs where it may not. So the
parent watches the resident size, and ends what grows beyond it.
"""

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

MIB = 1024 * 1024
PAGE = resource.getpagesize()
#: A program may start others while those that are known are ended: so often is looked again.
ROUNDS = 5


def resident(pid: int) -> float:
    """The resident size of a process, in MiB; 0 where it cannot be known (any more)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except FileNotFoundError:
        return 0.0 if Path("/proc/self").exists() else _asked(pid)
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * PAGE / MIB


def _asked(pid: int) -> float:
    """The same of systems without /proc."""
    command = ["/bin/ps", "-o", "rss=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and a number
    return int(done.stdout) / 1024 if done.stdout.strip().isdigit() else 0.0


def peak() -> float:
    """The largest resident size this process has had, in MiB.

    ``ru_maxrss`` begins at that of the parent; Linux tells a process's own.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def no_core() -> None:
    """A crash leaves no file behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow(seconds: float, cores: int) -> None:
    """The processor time this process may take from now on: what all cores give in that time.

    The second net: the parent ends a call by the clock; where the parent is gone, and the interpreter is
    held by a call that never returns, this ends it.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds * cores) + 2
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard in (resource.RLIM_INFINITY, -1) or most < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def end(session: int) -> None:
    """End a session: the process that leads it, its group, and what it has started in groups of their own.

    Where there is no /proc the group alone; what has made a session of its own, as a daemon does, escapes.
    Called from within, it ends the caller last.
    """
    for _ in range(ROUNDS):
        others = [pid for pid in _members(session) if pid != os.getpid()]
        for pid in others:
            with contextlib.suppress(OSError):  # it has gone, or runs as somebody else
                os.kill(pid, signal.SIGKILL)
        if not others:
            break
    with contextlib.suppress(OSError):  # its group has gone already
        os.killpg(session, signal.SIGKILL)


def _members(session: int) -> Iterator[int]:
    """The processes of a session that live; none where there is no /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):  # it has gone meanwhile
            # Behind its name, which may hold anything: state, parent, group, session.
            state, _, _, its = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:4]
            if int(its) == session and state not in b"ZX":
                yield int(folder.name)
