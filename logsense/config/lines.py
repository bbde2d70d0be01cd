"""On which line of a TOML text a key stands: ``tomllib`` does not say.

``tomllib`` has read the text before, so that it is known to be TOML: what remains is to walk over keys and
to skip values. One pass, linear in its length.
"""

import re
from collections.abc import Mapping

#: Strings of several lines before plain ones, as both begin alike.
_STRING = r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\]|\\.)*"|' + r"'[^']*'"
_TOKEN = re.compile(
    rf"(?s)(?P<text>{_STRING})|(?P<remark>#[^\n]*)|(?P<sign>[\[\]{{}}=,.\n])|(?P<bare>[^\s\[\]{{}}=,.#\"']+)"
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}

Path = tuple[str, ...]


def lines(text: str) -> Mapping[Path, int]:
    """The line of each key and table, by its path: ``("detectors", "rate", "alpha")``; the first is 1.

    Tables of one name (``[[mask]]``) have one path, whose line is that of the first. Keys in braces stand on
    the line of what they belong to: ``line_of`` finds it.
    """
    found: dict[Path, int] = {}
    table: Path = ()
    parts: list[str] = []
    line, depth, in_value = 1, 0, False
    for token in _TOKEN.finditer(f"{text}\n"):
        said, kind = token[0], token.lastgroup
        if in_value:
            if kind == "sign":
                depth += (said in "[{") - (said in "]}")
                in_value = said != "\n" or depth > 0
        elif kind in ("text", "bare"):
            parts.append(_name(said))
        elif said == "=":
            _keep(found, (*table, *parts), line)
            parts, in_value = [], True
        elif said == "\n" and parts:  # keys without a value are a header
            table, parts = tuple(parts), []
            _keep(found, table, line)
        line += said.count("\n")
    return found


def line_of(found: Mapping[Path, int], path: Path) -> int:
    """The line of a key, else of what it belongs to; 1 where nothing is known."""
    return next((found[path[:size]] for size in range(len(path), 0, -1) if path[:size] in found), 1)


def _keep(found: dict[Path, int], path: Path, line: int) -> None:
    """The key, and what it belongs to where nothing has named that before."""
    for size in range(1, len(path) + 1):
        found.setdefault(path[:size], line)


def _name(token: str) -> str:
    """A key as it is meant: without its quotation marks."""
    if token.startswith("'"):
        return token[1:-1]
    if not token.startswith('"'):
        return token
    return _ESCAPE.sub(lambda one: _ESCAPED.get(one[1]) or chr(int(one[1][1:], 16)), token[1:-1])
