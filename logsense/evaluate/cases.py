"""Cases in a folder: each a folder or a tar archive with ``logs/`` and ``truth.json``."""

import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from logsense.errors import InputError
from logsense.evaluate.truth import Truth, read

TRUTH, LOGS = "truth.json", "logs"
#: Endings of an archive, the longest first: what is left of the name is that of the case.
ARCHIVES = (".tar.gz", ".tgz", ".tar")
#: What reading a broken archive raises.
_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError)


@dataclass(frozen=True)
class Case:
    """A recorded case: its name and the folder or archive it is in."""

    name: str
    path: Path

    @contextmanager
    def logs(self) -> Iterator[Path]:
        """The folder of its logs, without its truth; an archive is unpacked for as long as it is used."""
        if self.path.is_dir():
            yield _there(self.path / LOGS, self.path)
            return
        with TemporaryDirectory(prefix="logsense-case-") as folder:
            try:
                with tarfile.open(self.path) as archive:
                    root = _inside(_truth(archive)).parent
                    _extract(archive, folder, root / LOGS)
            except _BROKEN as error:
                msg = f"{self.path.name} cannot be unpacked: {_reason(error)}"
                raise InputError(msg) from error
            yield _there(Path(folder) / root / LOGS, self.path)

    def truth(self) -> Truth:
        """What really happened; InputError where that cannot be read."""
        try:
            if self.path.is_dir():
                return read((self.path / TRUTH).read_bytes())
            with tarfile.open(self.path) as archive:
                member = archive.extractfile(_truth(archive))
                return read(member.read() if member else b"")
        except _BROKEN as error:
            msg = f"its {TRUTH} cannot be read: {_reason(error)}"
            raise InputError(msg) from error


def find(folder: Path) -> list[Case]:
    """The cases in a folder by name, or the folder itself where it is one.

    What has neither logs nor a truth is no case; one that lacks one of them is, and fails.
    """
    if (folder / TRUTH).is_file():
        return [Case(folder.resolve().name, folder)]
    found = []
    for path in folder.iterdir():
        ending = next((ending for ending in ARCHIVES if path.name.endswith(ending)), "")
        if ending and path.is_file():
            found.append(Case(path.name.removesuffix(ending), path))
        elif (path / TRUTH).is_file() or (path / LOGS).is_dir():
            found.append(Case(path.name, path))
    return sorted(found, key=lambda case: (case.name, case.path.name))


def _reason(error: Exception) -> str:
    """Why it could not be read, without paths that say nothing."""
    text = error.strerror if isinstance(error, OSError) else str(error)
    return text or str(error) or type(error).__name__


def _there(logs: Path, case: Path) -> Path:
    if not logs.is_dir():
        msg = f"{case.name} has no folder {LOGS}/"
        raise InputError(msg)
    return logs


def _inside(member: tarfile.TarInfo) -> PurePosixPath:
    """Where a member lies in its archive; a leading ./ says nothing."""
    return PurePosixPath(member.name)


def _truth(archive: tarfile.TarFile) -> tarfile.TarInfo:
    """The truth in the archive: the shallowest, then by name. Its folder is the case's."""
    found = [member for member in archive if member.isfile() and _inside(member).name == TRUTH]
    if not found:
        msg = f"the archive has no {TRUTH}"
        raise InputError(msg)
    return min(found, key=lambda member: (len(_inside(member).parts), member.name))


def _extract(archive: tarfile.TarFile, folder: str, logs: PurePosixPath) -> None:
    """Unpack the files below the folder of logs; links and devices stay out, and what leads out of it."""
    plain = [
        member
        for member in archive
        if (member.isfile() or member.isdir()) and _inside(member).is_relative_to(logs)
    ]
    archive.extractall(folder, plain, filter="data")
