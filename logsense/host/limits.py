"""How far a worker may go, and how far it has gone.

RLIMIT_AS cannot be the limit: Polars alone maps a gigabyte of addresses, and hangs where it may not. So the
parent watches the resident size, and ends what grows beyond it.
"""

import resource
import subprocess
from pathlib import Path

MIB = 1024 * 1024
PAGE = resource.getpagesize()


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
