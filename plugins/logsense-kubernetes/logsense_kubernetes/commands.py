"""``logsense pods NAMESPACE``: the pods there are, how they are, and what ``analyze`` would read of them."""

from collections.abc import Iterator

import click
from logsense.api import hookimpl, safe

from logsense_kubernetes import address
from logsense_kubernetes.kubernetes import FORM, listing, scope
from logsense_kubernetes.pods import Container, Pod, read
from logsense_kubernetes.programs import Budget, ProgramError

HEAD = ("POD", "CONTAINER", "SERVICE", "STATE", "RESTARTS", "LAST END", "WOULD BE READ")


@click.command()
@click.argument("namespace", metavar="NAMESPACE[/NAME]")
@click.option("--context", metavar="NAME", help="The context of kubectl.  [default: the present one]")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=20.0, show_default=True, metavar="SECONDS",
              help="How long the cluster may take.")  # fmt: skip
def pods(namespace: str, context: str | None, timeout: float) -> int:
    """List the pods of a namespace with their containers, and what logsense would read.

    \b
      logsense pods shop
      logsense analyze k8s://shop

    Exit: 0 done, 2 wrong usage, 4 the cluster could not be asked.
    """  # noqa: D301 - the mark of click is the sign itself
    asked = f"?context={context}" if context else ""
    try:
        # What analyze takes is taken here, too: k8s://shop.
        text = f"{namespace.removeprefix('k8s://')}{asked}"
        wanted = scope(address.parse(text, form=FORM, options=("context",)))
    except ValueError as error:
        raise click.UsageError(safe(str(error))) from error
    labels = [f"--selector={wanted.selector}"] if wanted.selector else []
    try:
        found = read(listing("pods", [*wanted.words, *labels], Budget(timeout, 1)))
    except ProgramError as error:
        click.echo(f"logsense pods: {safe(str(error))}", err=True)
        return 4
    rows = [row for pod in found if wanted.holds(pod.name, pod.workload) for row in _rows(pod)]
    if not rows:
        click.echo(f"there are no pods in {safe(namespace)}")
    for line in _table([HEAD, *rows] if rows else []):
        click.echo(line)
    return 0


def _rows(pod: Pod) -> Iterator[tuple[str, ...]]:
    if not pod.containers:
        yield (pod.name, "-", pod.workload, pod.reason or pod.phase, "0", "-", "nothing yet")
    for one in pod.containers:
        yield (pod.name, one.name, one.service, _state(one), str(one.restarts), _end(one), _reads(one))


def _state(one: Container) -> str:
    return f"{one.state}: {one.reason}" if one.reason else one.state


def _end(one: Container) -> str:
    if not one.ended:
        return "-"
    last = one.ended[0]
    time = f" at {last.time:%Y-%m-%d %H:%M:%SZ}" if last.time else ""
    return f"{last.reason} ({last.code}){time}"


def _reads(one: Container) -> str:
    names = {True: "the run before", False: "its log" if one.state != "waiting" else "its last run"}
    return ", ".join(names[before] for _, before in one.logs) or "nothing: it has not run"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as they need be; what a cluster says is made harmless."""
    clean = [tuple(safe(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    for row in clean:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


@hookimpl
def register_commands() -> list[click.Command]:
    """The one command."""
    return [pods]
