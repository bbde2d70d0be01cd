"""The reports that come with logsense: terminal, json, ndjson, markdown. One file a reporter."""

from logsense.api import Reporter, hookimpl
from logsense_reporters.json import Json
from logsense_reporters.markdown import Markdown
from logsense_reporters.ndjson import Ndjson
from logsense_reporters.terminal import Terminal


@hookimpl
def register_reporters() -> list[type[Reporter]]:
    """The classes of this package."""
    return [Terminal, Json, Ndjson, Markdown]
