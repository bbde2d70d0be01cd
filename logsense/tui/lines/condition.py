"""A condition as it is typed: words that must be there, ``-word`` that must not, ``level:error``.

The same few words filter lines and templates.
"""

import shlex
from dataclasses import dataclass, field
from difflib import get_close_matches

from logsense.errors import UsageError
from logsense.schema import LEVELS

FIELDS = ("level", "service", "source", "template", "-service", "-template")


@dataclass(frozen=True)
class Condition:
    """words: all of them are in the text; without: none of them is. The fields: any of these values.

    level: that level or a worse one. ``-service`` and ``-template`` leave out. tokens: its parts, as typed.
    """

    tokens: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether it lets everything through."""
        return not (self.words or self.without or self.fields)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels it lets through; empty for all."""
        given = self.fields.get("level")
        return LEVELS[min(LEVELS.index(level) for level in given) :] if given else ()

    @property
    def pattern(self) -> str:
        """A pattern (Rust regex) that finds its words; empty where it has none."""
        return f"(?i){'|'.join(map(quoted, self.words))}" if self.words else ""

    def fits(self, text: str) -> bool:
        """Whether a text has its words and none of those it must not have; upper and lower case are one."""
        low = text.lower()
        return all(word.lower() in low for word in self.words) and not any(
            word.lower() in low for word in self.without
        )


def parse(text: str) -> Condition:
    """The condition that is typed; UsageError says what is wrong with it.

    Words are separated by blanks; quotation marks keep blanks in a word.
    """
    words, without = list[str](), list[str]()
    fields: dict[str, tuple[str, ...]] = {}
    for token in _tokens(text):
        name, colon, value = token.partition(":")
        if colon and name in FIELDS and value:
            fields[name] = (*fields.get(name, ()), _level(value) if name == "level" else value)
        elif token.startswith("-") and len(token) > 1:
            without.append(token[1:])
        else:
            words.append(token)
    return Condition(tuple(_tokens(text)), tuple(words), tuple(without), fields)


def quoted(word: str) -> str:
    """A pattern for the word as it is."""
    return "".join(c if c.isalnum() or c in " _" or ord(c) > 127 else f"\\{c}" for c in word)


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        return list(lexer)
    except ValueError:  # a quotation mark that is not closed yet, as while it is typed
        return text.split()


def _level(value: str) -> str:
    """The level that is meant, by its beginning: ``err`` is ERROR."""
    upper = value.upper()
    found = [level for level in LEVELS if level.startswith(upper)]
    if len(found) == 1:
        return found[0]
    near = found or get_close_matches(upper, LEVELS, n=1)
    hint = f"; did you mean {' or '.join(near).lower()}?" if near else ""
    msg = f"there is no level {value!r}{hint} Levels: {' '.join(LEVELS).lower()}"
    raise UsageError(msg)
