"""``docker://NAME``, ``podman://NAME``, ``compose://PROJECT``: logs of containers and how they ended."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from logsense_kubernetes import address, knowledge, records
from logsense_kubernetes.answers import mapping, number, text
from logsense_kubernetes.programs import Budget, ProgramError, Times, run
from logsense_kubernetes.records import Record, when

MIB = 1 << 20
#: Labels that name the service, the first that is there.
SERVICE_LABELS = (
    "com.docker.compose.service", "io.podman.compose.service", "com.docker.swarm.service.name",
    "io.kubernetes.container.name",
)  # fmt: skip
PROJECT_LABEL = "com.docker.compose.project"
FORMS = {
    "docker": "docker://NAME (a container's name or id)",
    "podman": "podman://NAME (a container's name or id)",
    "compose": "compose://PROJECT",
}


class Containers:
    """Brings the logs of a container, or of a compose project's, through docker or podman.

    timeout: seconds for all of it, less than ``[plugins] seconds``. limit_mb: at most so many MiB. since: how
    far back, such as "2h". tail: at most so many last lines of each log.
    """

    name = "containers"
    schemes = ("docker", "podman", "compose")

    def __init__(
        self, *, timeout: float = 25.0, limit_mb: int = 512, since: str | None = None, tail: int | None = None
    ) -> None:
        self.timeout = timeout
        self.limit_mb = limit_mb
        self.since = since
        self.tail = tail

    def fetch(self, scheme: str, address: str, folder: Path) -> None:
        """Write NAME/SERVICE/stdout.log and stderr.log for each container, and events.log: how they ended."""
        asked = _parsed(address, FORMS[scheme])
        since, tail = asked.since(self.since), asked.tail(self.tail)
        words = ["--timestamps"]
        words += [f"--since={since}s"] if since is not None else []
        words += [f"--tail={tail}"] if tail is not None else []
        budget = Budget(self.timeout, self.limit_mb * MIB)
        program = "podman" if scheme == "podman" else "docker"
        names = [asked.parts[0]] if scheme != "compose" else _project(asked.parts[0], budget)
        told, missed = list[Record](), list[str]()
        for name in names:
            try:
                about = inspected(program, name, budget)
                told += _ends(about, name)
                _logs([program, "logs", *words, "--", name], _folder(about, name, folder), budget)
            except ProgramError as error:
                missed.append(str(error))
        records.write(told, folder / "events.log")
        if missed or budget.cut:
            raise ProgramError("; ".join([*budget.cut, *missed]))


def _parsed(text: str, form: str) -> address.Address:
    asked = address.parse(text, form=form)
    if len(asked.parts) != 1:
        msg = f"{address.shown(text)} is more than a name; it is written {form}"
        raise ValueError(msg)
    address.checked(asked.parts[0], address.CONTAINER, "name of a container or project")
    return asked


def _project(project: str, budget: Budget) -> list[str]:
    """The names of a compose project's containers, also of those that have ended."""
    data = bytearray()
    label = f"--filter=label={PROJECT_LABEL}={project}"
    run(["docker", "ps", "--all", label, "--format={{.Names}}"], data.extend, budget)
    names = sorted({row.strip() for row in data.decode("utf-8", "replace").splitlines() if row.strip()})
    if not names:
        msg = f"docker knows no containers of a project {address.shown(project)} (docker compose ls --all)"
        raise ProgramError(msg)
    return [address.checked(name, address.CONTAINER, "name that docker gives") for name in names]


def inspected(program: str, name: str, budget: Budget) -> Mapping[str, Any]:
    """What is known of a container; ProgramError where there is none of that name."""
    data = bytearray()
    run([program, "inspect", "--type=container", "--", name], data.extend, budget)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}  # its log may be had nevertheless
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def service(about: Mapping[str, Any], name: str) -> str:
    """The service a container is: as a label names it, else its own name."""
    labels = mapping(mapping(about, "Config"), "Labels")
    named = [str(labels[label]) for label in SERVICE_LABELS if labels.get(label)]
    own = (text(about, "Name") or name).strip("/")
    return next((one for one in (*named, own) if address.CONTAINER.fullmatch(one)), name)


def _folder(about: Mapping[str, Any], name: str, folder: Path) -> Path:
    who = service(about, name)
    target = folder / name / who if who != name else folder / name
    target.mkdir(parents=True, exist_ok=True)
    return target


def _ends(about: Mapping[str, Any], name: str) -> Iterator[Record]:
    """How it ended, where it did."""
    state = mapping(about, "State")
    time, code = when(state.get("FinishedAt")), number(state, "ExitCode")
    if time is None or state.get("Running"):
        return
    killed = bool(state.get("OOMKilled"))
    reason = "OOMKilled" if killed else "Error" if code else "Completed"
    said = f"{reason}: container {name} ended with {knowledge.exit_code(code)}"
    if killed:
        said += ": out of memory"
    error = " ".join(text(state, "Error").split())
    yield Record(
        time, service(about, name), knowledge.state(reason, code), said + (f": {error}" if error else "")
    )


def _logs(arguments: Sequence[str], folder: Path, budget: Budget) -> None:
    """Both streams of a container's log, each in a file of its own."""
    files = {stream: (folder / f"{stream}.log").open("wb") for stream in ("stdout", "stderr")}
    writers = {stream: Times(file.write) for stream, file in files.items()}
    try:
        run(arguments, writers["stdout"], budget, writers["stderr"])
    finally:
        for stream, file in files.items():
            writers[stream].close()
            empty = file.tell() == 0
            file.close()
            if empty:
                (folder / f"{stream}.log").unlink()
