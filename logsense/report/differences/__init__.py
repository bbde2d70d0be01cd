"""A ``Difference`` in the formats of people and of CI systems: one file an output.

In: a frozen ``diff.Difference``. Out: text, piece by piece. Nothing is computed here and nothing printed. All
text from logs goes through ``logsense.clean`` first, then through the escaping of the format: a log can
neither end a document nor give a command to the runner that reads it.
"""

from collections.abc import Callable, Iterator, Mapping

from logsense.diff import Difference
from logsense.report.differences.document import document, json, ndjson
from logsense.report.differences.github import github
from logsense.report.differences.junit import junit
from logsense.report.differences.markdown import markdown
from logsense.report.differences.sarif import sarif
from logsense.report.differences.terminal import terminal

#: Formats that need no more than the answer; the terminal also asks for its width, colours and detail.
_FORMATS: Mapping[str, Callable[[Difference], Iterator[str]]] = {
    "json": json,
    "ndjson": ndjson,
    "markdown": markdown,
    "github": github,
    "junit": junit,
    "sarif": sarif,
}
FORMATS = ("terminal", *_FORMATS)


def write(
    answer: Difference, name: str, *, width: int = 100, color: bool = False, verbose: int = 0
) -> Iterator[str]:
    """The answer in the format of that name (one of ``FORMATS``), piece by piece."""
    if name == "terminal":
        return terminal(answer, width=width, color=color, verbose=verbose)
    return _FORMATS[name](answer)


__all__ = ["FORMATS", "document", "write"]
