"""What every report shares: the documents of the contract, the words, the pictures, and who writes.

In: a frozen Analysis and the class of a reporter. Out: text, piece by piece. Nothing is computed here
that the analysis does not hold, and nothing is printed: the command does that.

- ``write`` makes the reporter and lets it write. A reporter whose constructor has a parameter ``kit``
  is handed this module, and with it all that is listed in ``__all__``; a reporter needs none of it.
- ``document``, ``documents``, ``templates``: the JSON of the contract as plain values, to ``dumps``.
  ``ndjson`` writes records, a million a second, by Polars and not row by row.
- ``explanation`` and ``evaluation``: the documents of ``explain`` and ``evaluate``; ``explanation_rows``,
  ``evaluation_row`` and the like print them for a person.
- ``schema(name)``: the JSON Schema of a document; the tests hold every document against it, and so can
  whoever reads them.
- ``fit``, ``wrap``, ``cells``: rows measured in cells of a terminal, not in characters, made harmless
  by ``logsense.clean``; ``duration``, ``between``, ``moments``, ``sparkline``: how things are said.

Promises: the same analysis gives the same text; a row is never wider than asked; foreign text is never
an instruction; where a stream cannot carry the signs, ``plain`` puts ASCII ones of the same width.
"""

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Protocol

from logsense.analysis import Analysis
from logsense.clean import fence, markdown, safe
from logsense.report.document import baseline, document, documents, stamp, templates
from logsense.report.evaluation import SCHEMA as EVALUATION
from logsense.report.evaluation import (
    evaluation,
    evaluation_case,
    evaluation_head,
    evaluation_markdown,
    evaluation_row,
    evaluation_total,
)
from logsense.report.explained import explanation_markdown, explanation_rows, shares
from logsense.report.explanation import explanation
from logsense.report.lines import dumps, ndjson
from logsense.report.text import (
    between,
    cells,
    column_of,
    count,
    duration,
    fit,
    moments,
    one_row,
    plain,
    resample,
    sparkline,
    wrap,
)  # fmt: skip
from logsense.report.words import WORDS, percent, span, word


class Writer(Protocol):
    """What this room asks of a reporter: see ``logsense.api.Reporter``."""

    name: str

    def write(self, analysis: Analysis, *, width: int, color: bool, verbose: int) -> Iterator[str]:
        """The report, piece by piece."""
        ...


def write(
    reporter: Callable[..., Writer],
    analysis: Analysis,
    *,
    width: int = 100,
    color: bool = False,
    verbose: int = 0,
    explain: bool = False,
) -> Iterator[str]:
    """The report of a reporter, piece by piece. width: cells of a row; verbose: 0, 1 or 2.

    explain: with what the scores are made of, where the reporter's ``write`` has a parameter of that name.
    """
    given = {"kit": sys.modules[__name__]} if "kit" in inspect.signature(reporter).parameters else {}
    made = reporter(**given)
    more = {"explain": explain} if "explain" in inspect.signature(made.write).parameters else {}
    return made.write(analysis, width=width, color=color, verbose=verbose, **more)


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document: analysis, templates, record, diff, explanation, evaluation, truth."""
    text = files(__name__).joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


__all__ = [
    "EVALUATION", "WORDS", "baseline", "between", "cells", "column_of", "count", "document", "documents",
    "dumps", "duration", "evaluation", "evaluation_case", "evaluation_head", "evaluation_markdown",
    "evaluation_row", "evaluation_total", "explanation", "explanation_markdown", "explanation_rows",
    "fence", "fit", "markdown", "moments", "ndjson", "one_row", "percent", "plain", "resample", "safe",
    "schema", "shares", "span", "sparkline", "stamp", "templates", "word", "wrap", "write",
]  # fmt: skip
