"""``logsense parse``: lines of any format as records."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import click

from logsense.cli.options import CONTEXT, common, configured, reading, remark, split
from logsense.cli.output import emit
from logsense.cli.progress import Meter

if TYPE_CHECKING:
    import polars as pl

#: Records written at once: more cost memory (0.4 kB each) and gain no time.
ROWS = 65_536


@click.command(context_settings=CONTEXT)
@reading
@click.option("--format", "format_", type=click.Choice(["ndjson"]), default="ndjson", help="How to print.")
@click.option("--no-templates", is_flag=True, show_default=False,
              help="Leave the template out and print while reading.")  # fmt: skip
@configured
@common
def parse(paths: tuple[str, ...], format_: str, *, no_templates: bool, **options: Any) -> int:
    r"""Turn lines of any format into records: one JSON object each, in order of file and line.

    \b
      logsense parse app.log | jq 'select(.level == "ERROR") | .message'

    Templates need the whole run, so printing begins after the last file is read, save with --no-templates.

    Exit: 0 done, 2 wrong usage, 3 stopped early, 4 some input unreadable.
    """
    from logsense import listing

    del format_
    settings, manner = split(options)
    notes: list[str] = []
    with Meter(wanted=manner.progress) as meter:
        frames = listing.parse(
            paths, settings, templates=not no_templates, progress=meter.show, tell=notes.append
        )
        records = Records(frames, meter)
        emit(records)
    remark(notes, manner)
    return records.code


class Records:
    """Frames of records as JSON lines. ``code`` is what the run ends with, known when all are written."""

    def __init__(self, frames: Generator["pl.DataFrame", None, int], meter: Meter) -> None:
        self.frames, self.meter = frames, meter
        self.code = 0

    def __iter__(self) -> Iterator[bytes]:
        from logsense.report import ndjson

        while True:
            try:
                frame = next(self.frames)
            except StopIteration as end:
                # The run returns what became of its input, as an exit code of the contract.
                self.code = int(end.value or 0)
                return
            self.meter.wipe()
            for rows in frame.iter_slices(ROWS):
                yield ndjson(rows)
