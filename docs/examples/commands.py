"""A command: `logsense services LOGS`, the services and how much each says."""

import click

from logsense.api import hookimpl, safe


@click.command("services")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True))
def services(paths: tuple[str, ...]) -> None:
    """The services in these logs, and how many records each has."""
    import logsense  # here: Polars is loaded when the command runs, not for its help

    totals = logsense.analyze(paths).counts.select("service", "n").group_by("service").sum()
    for service, n in totals.sort("service").iter_rows():
        click.echo(f"{n:>9,} {safe(service)}")


@hookimpl
def register_commands() -> list[object]:
    return [services]


services.main(["sample_logs/quiet/logs"], standalone_mode=False)
