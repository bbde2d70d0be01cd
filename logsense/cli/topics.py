"""``logsense help TOPIC``: what belongs to no single command."""

from collections.abc import Iterator
from typing import Any

import click

from logsense.cli.options import CONTEXT, common

#: What a topic says: paragraphs, and tables of two columns.
Part = str | dict[str, str]
#: Text is not set wider than that: longer rows are hard to read.
_WIDEST = 110

TOPICS: dict[str, tuple[Part, ...]] = {
    "exit-codes": (
        {
            "0": "done, nothing found (or nothing asked to be found)",
            "1": "done, incidents were found (--exit-zero makes it 0); demo: what was planted was not found",
            "2": "wrong usage, or a path that does not exist",
            "3": "stopped early (a limit, Ctrl-C): what is printed holds for what was covered",
            "4": "done, but some input could not be read, or output could not be written",
            "70": "a defect of ours, or of the plugin that was asked for; --debug shows the traceback",
        },
        """\
With several that fit, the largest of 1, 3 and 4 wins. A reader that closes the pipe changes nothing.""",
    ),
    "times": (
        """\
--since and --until take ISO 8601 (2026-01-02T03:04, 2026-01-02T03:04:05Z) or an age that counts back
from the last time in the logs (-2h, -30m, -1d). A zone in the log is honoured; without one --tz counts,
by default UTC. A missing year is inferred from the other sources or the file's own time; --year
overrides. All times are printed in UTC.""",
    ),
    "output": (
        """\
Results go to stdout, everything else to stderr. --format json prints one object, ndjson one object a
line; their fields change only with the number in "schema". What is printed for people may change between
versions. --color auto|always|never comes first, then NO_COLOR, FORCE_COLOR, TERM=dumb; COLUMNS sets the
width. LOGSENSE_THREADS, _TZ, _COLOR and _VERDICTS set what the options of that name set.""",
    ),
    "config": (
        """\
Settings are read from ~/.config/logsense/config.toml (below XDG_CONFIG_HOME where that is set), or from
the file that LOGSENSE_CONFIG or --config names; never from the logs or the directory one is in. An
option comes before the environment, that before the file.""",
        {
            "[run]": "what options set: tz, threads, include, verdicts, color, ...",
            "[plugins]": "which plugins run, and how far they may go",
            "[KIND.NAME]": "the keywords of one thing: [detectors.rate], [sources.kubernetes]",
            "[thresholds]": "what an incident needs",
            "[tui]": "the screens",
        },
        {
            "logsense config show --origin": "all of it, with where each value is from",
            "logsense config check FILE": "what is wrong in a file",
            "logsense config path": "which file is read",
        },
    ),
    "verdicts": (
        """\
A file of verdicts holds what people said of incidents: "noise" is not reported again, "expected" not
until the end of a day, "real" is reported and marked. --verdicts FILE (or LOGSENSE_VERDICTS) names it;
the keys + x m of logsense tui write it, and it is TOML to be read, reviewed and edited. A verdict knows
its incident by the service, the kind and the template of the first cause. How many are muted is always
said.""",
    ),
    "addresses": (
        """\
Where a PATH is read it may be an address, SCHEME://REST: a plugin brings the logs behind it. logsense
itself brings none; pip install logsense-kubernetes brings these:""",
        {
            "k8s://NAMESPACE[/NAME]": "containers of a namespace, a workload or a pod, with its events",
            "docker://NAME": "both streams of a container; podman://NAME and compose://PROJECT, too",
            "journal://UNIT": "the journal of a unit",
            "node:///PATH": "pods and containers as they lie on a node's disk",
        },
        """\
?since=2h and ?tail=1000 behind it say how much. What cannot be had is told beside the address, and the
rest is read. A file that is really called so is given as ./k8s://shop.""",
    ),
    "metrics": (
        """\
CPU, memory, disk and the like, measured while the logs were written, are evidence beside them: logsense
analyze logs metrics.csv, with pip install logsense-metrics. Tables (CSV), Prometheus text and answers of
query_range are read; the notes of the report say how many samples of how many series.""",
    ),
    "masks": (
        """\
Messages that differ only in an id are one template. An id that looks like a word is found by a mask: a
name, a pattern, what is shown in its place, and samples that it is checked with, in a TOML file that a
plugin brings. Masks see each distinct message once, before those of logsense.""",
        {
            "logsense plugins new NAME --kind mask": "write one",
            "logsense templates PATH": "what the logs say, and so which ids are left",
        },
    ),
    "plugins": (
        """\
Plugins are Python packages with an entry point in logsense.formats, .masks, .sources, .metrics,
.detectors, .rankers, .reporters, .panels or .commands; installing one is enough, and nothing in the
analysed directory can add or configure one. A plugin that fails is named in the report and costs nobody
else anything: those of others run in processes of their own, but for panels and commands.
LOGSENSE_LOAD_PLUGINS=a,b loads only those of other packages, LOGSENSE_LOAD_PLUGINS=none none; so does
logsense --no-plugins COMMAND, whoever brings the command.""",
        {
            "logsense plugins list": "what is installed, and why something is not loaded; imports nothing",
            "logsense plugins info NAME": "what it registers, and its keywords",
            "logsense plugins new NAME": "write one: a package that works as it stands",
            "logsense plugins check NAME": "run the conformance kit on one, or on the folder of a project",
            "logsense plugins disable NAME": "leave one out of all runs, or let it run again: enable",
            "logsense plugins trace PATH": "analyze, and say which plugin took how long",
        },
    ),
}


@click.command("help", context_settings=CONTEXT)
@click.argument("topic", required=False, metavar="[TOPIC]", type=click.Choice(list(TOPICS)))
@common
def topics(topic: str | None, **options: Any) -> int:
    """Explain what belongs to no single command."""
    from logsense.cli.output import emit, width

    del options
    names = [topic] if topic else list(TOPICS)
    emit(f"{'' if name == names[0] else chr(10)}{text}" for name in names for text in _set(name, width()))
    return 0


topics.help = f"{topics.help} Topics: {', '.join(TOPICS)}; all of them where none is named."


def _set(name: str, room: int) -> Iterator[str]:
    """A topic, set for so many columns; one text, so that pages can be told apart."""
    formatter = click.HelpFormatter(width=min(room, _WIDEST))
    formatter.write(f"{name}\n")
    for part in TOPICS[name]:
        if isinstance(part, str):
            formatter.write_text(" ".join(part.split()))
        else:
            with formatter.indentation():
                formatter.write_dl(list(part.items()), col_max=min(40, room // 2))
    yield formatter.getvalue()
