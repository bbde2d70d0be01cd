"""From an analysis to stdout: finds the reporter of that name, lets it write, contains its faults."""

import sys
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from logsense.cli.failures import ended
from logsense.cli.options import Manner
from logsense.cli.output import colored, emit, width
from logsense.errors import PluginError, UsageError

if TYPE_CHECKING:
    from logsense.analysis import Analysis
    from logsense.config import PluginSettings


class Report:
    """A reporter, found before the work begins: a wrong name must not cost minutes first."""

    def __init__(self, name: str, plugins: "PluginSettings") -> None:
        from logsense.host import Host

        self.host = Host(kinds=("reporters",), plugins=plugins)
        # The first of a name wins: bundled ones come first, unless the settings say otherwise.
        if self.host.misfits():
            from logsense.inventory.wrong import refuse_all

            refuse_all(plugins)  # a reporter's keywords are asked for first: the others are told with them
        known = {loaded.name: loaded for loaded in reversed(self.host.reporters())}
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
            if not known:  # ours are always there, unless somebody left them out
                origin = plugins.origins.get("disable") or "the settings"
                hint = f"none is left: plugins.disable ({origin}) leaves out those of logsense itself"
            msg = f"there is no format {name!r}; {hint}"
            raise UsageError(msg)
        self.loaded = known[name]
        self.named = 0  # how many of the host's failures the report names

    def show(self, analysis: "Analysis", manner: Manner, *, explain: bool = False) -> None:
        """Write the report to stdout; PluginError where the reporter fails, before anything is printed.

        explain: with what the scores are made of.
        """
        from logsense import report

        failed = (*analysis.plugins_failed, *self.host.failures)
        self.named = len(self.host.failures)
        whole = replace(analysis, plugins_failed=failed)
        color = colored(manner.color, sys.stdout)

        options = {"width": width(), "color": color, "verbose": manner.verbose, "explain": explain}
        with self.host:
            written = self.host.write(self.loaded, report.write, whole, **options)
        if written is None:
            failure = self.host.failures[-1]
            msg = f"the reporter {failure.plugin} {failure.version} failed: {failure.reason}"
            raise PluginError(msg)
        emit(written)

    def ended(self, code: int, analysis: "Analysis", settings: "PluginSettings") -> int:
        """The exit code, with what became of plugins."""
        late = self.host.failures[self.named :]  # those that failed while the report was written
        ended(code, late, replace(settings, strict=False), shown=False)
        return ended(code, (*analysis.plugins_failed, *self.host.failures), settings)
