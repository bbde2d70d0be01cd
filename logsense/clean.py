"""The only way of foreign text to an output. Data is never an instruction to a terminal or a CI runner."""

import re

# C0 less tab, DEL, C1, and the marks that reorder or hide text (bidi, zero width, line separators).
_UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
# What a CI runner takes for a command: "::" where a line starts, "##[" and "##vso[" anywhere in it.
_COMMAND = re.compile(r"^(\s*)(::)|(##)(?=\[|vso\[)", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;:]*m")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _marked(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\u00b7{match[2]}" if match[2] else f"{match[3]}\u00b7"


def safe(text: str) -> str:
    """One line of foreign text for a person's eyes: colours dropped, all other controls shown escaped."""
    return _COMMAND.sub(_marked, _UNSAFE.sub(_escape, _ANSI.sub("", text)))


def safe_lines(text: str) -> list[str]:
    """Foreign text of several lines: split at the line feed alone, each line made safe."""
    return [safe(line) for line in text.split("\n")]


def markdown(text: str) -> str:
    """Foreign text inside a Markdown sentence: safe, and without markup of its own."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", safe(text))


def fence(lines: list[str]) -> list[str]:
    """Foreign lines as a fenced Markdown block whose fence is longer than any run of backticks inside."""
    body = [safe(line) for line in lines]
    longest = max((len(run) for line in body for run in re.findall("`+", line)), default=0)
    marks = "`" * max(3, longest + 1)
    return [marks + "text", *body, marks]


def name(raw: str) -> str:
    r"""A file or plugin name: as ``safe``; bytes that are no UTF-8 (surrogate escapes) read ``\xff``."""
    return safe("".join(f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else c for c in raw))
