"""``logsense help TOPIC``: what belongs to no single command."""

from typing import Any

import click

from logsense.cli.options import CONTEXT, common

TOPICS = {
    "exit-codes": """\
0   done, nothing found (or nothing asked to be found)
1   done, incidents were found (--exit-zero makes it 0); demo: what was planted was not found
2   wrong usage, or a path that does not exist
3   stopped early (a limit, Ctrl-C): what is printed holds for what was covered
4   done, but some input could not be read, or output could not be written
70  a defect of ours; --debug shows the traceback
With several that fit, the largest of 1, 3 and 4 wins. A reader that closes the pipe changes nothing.""",
    "times": """\
--since and --until take ISO 8601 (2026-01-02T03:04, 2026-01-02T03:04:05Z) or an age that counts back from
the last time in the logs (-2h, -30m, -1d). A zone in the log is honoured; without one --tz counts, by
default UTC. A missing year is inferred from the other sources or the file's own time; --year overrides.
All times are printed in UTC.""",
    "output": """\
Results go to stdout, everything else to stderr. --format json prints one object, ndjson one object a line;
their fields change only with the number in "schema". What is printed for people may change between
versions. --color auto|always|never comes first, then NO_COLOR, FORCE_COLOR, TERM=dumb; COLUMNS sets the
width. LOGSENSE_THREADS, _TZ, _COLOR and _VERDICTS set what the options of that name set.""",
    "config": """\
Settings are read from ~/.config/logsense/config.toml (below XDG_CONFIG_HOME where that is set), or from
the file that LOGSENSE_CONFIG or --config names; never from the logs or the directory one is in. An option
comes before the environment, that before the file. [run] holds what options set (tz, threads, include,
verdicts, color, ...), [plugins] which plugins run and how far they may go, [detectors.NAME] and the like
the keywords of one, [thresholds] what an incident needs, [tui] the screens. "logsense config show
--origin" prints all of it, with where each value is from; "logsense config check FILE" says what is wrong
in a file.""",
    "verdicts": """\
A file of verdicts holds what people said of incidents: "noise" is not reported again, "expected" not until
the end of a day, "real" is reported and marked. --verdicts FILE (or LOGSENSE_VERDICTS) names it; the keys
+ x m of logsense tui write it, and it is TOML to be read, reviewed and edited. A verdict knows its incident
by the service, the kind and the template of the first cause. How many are muted is always said.""",
    "plugins": """\
Plugins are Python packages with an entry point in logsense.formats, .masks, .sources, .metrics, .detectors,
.rankers, .reporters, .panels or .commands; installing one is enough, and nothing in the analysed directory
can add or configure one. A plugin that fails is named in the report and costs nobody else anything: those of
others run in processes of their own, but for panels and commands. LOGSENSE_LOAD_PLUGINS=a,b loads only those
of other packages, an empty one none.
  logsense plugins list          what is installed, and why something is not loaded; imports nothing
  logsense plugins info NAME     what it registers, and its keywords
  logsense plugins new NAME      write one: a package that works as it stands
  logsense plugins check NAME    run the conformance kit on one, or on the folder of a project
  logsense plugins disable NAME  leave one out of all runs, or let it run again: enable
  logsense plugins trace PATH    analyze, and say which plugin took how long""",
}


@click.command("help", context_settings=CONTEXT)
@click.argument("topic", required=False, type=click.Choice(list(TOPICS)))
@common
def topics(topic: str | None, **options: Any) -> int:
    """Explain what belongs to no single command: exit-codes, times, output, config, verdicts, plugins."""
    from logsense.cli.output import emit

    del options
    names = [topic] if topic else list(TOPICS)
    emit([f"{name}\n{TOPICS[name]}\n" + ("" if name == names[-1] else "\n") for name in names])
    return 0
