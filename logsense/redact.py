"""Secrets and personal data out of texts that leave the house; what stood there is still told apart.

The patterns are data (``redact.toml``). A value becomes a placeholder such as ``<email-1>``, the same value
the same placeholder within one export, so that a reader can still follow it. Nothing here reaches a network
or a disk, and nothing is a promise: what no pattern knows stays, so read an export before you publish it.

Looked at and left: datafog 4.9 and datafog-core 0.4 (light and kept well; tried on one line with each thing
that redact.toml knows, they saw the e-mail address, IP addresses, the card and an address with a password,
but neither ``password=``, headers, keys of clouds, IBANs nor user names, and took a port for a ZIP code and a
day for personal data), presidio-analyzer (needs spaCy and a model), scrubadub (last release 2023; needs
scikit-learn and TextBlob, for names in prose), detect-secrets (last release 2024; tells where secrets are in
source code), logredactor, piiregex and CommonRegex (years without a release), python-log-redactor (seven
patterns), redactly (needs Python 3.13).
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, partial
from importlib.resources import files
from ipaddress import ip_address
from typing import Any, TypeVar, cast

import polars as pl

from logsense.analysis import Analysis

T = TypeVar("T")

#: Numbers of cards as they are given out: Visa, Mastercard, American Express, Diners, Discover, JCB.
_ISSUED = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}|35\d{14}"
)

#: Fields of dataclasses that hold words and ids of ours, never text of a log.
_OURS = {"id", "kind", "severity", "detector", "template_id", "says", "tz", "how", "hook", "version"}
#: Columns of frames that hold ids of ours: a template's text is in ``text``, its hash in ``template``.
_IDS = {"template", "kind", "detector", "format", "zone"}


@dataclass(frozen=True)
class Rule:
    """One pattern of redact.toml: kind of what it finds, what must be in a text, which values stay."""

    kind: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    keep: re.Pattern[str]
    check: Callable[[str], str]


@dataclass(frozen=True)
class _Data:
    names: dict[str, tuple[str, str]]
    rules: tuple[Rule, ...]


def _address(text: str) -> str:
    """The IP address at the beginning of the text; empty for none, and for one of the machine itself.

    Of IPv6 only with a digit: ``a::b`` is more often a name in a program.
    """
    trimmed = text.rstrip(".") if text.endswith("::") else text.rstrip(":.")
    try:
        found = ip_address(trimmed)
    except ValueError:
        return ""
    if not any(sign.isdigit() for sign in trimmed):
        return ""
    own = found.is_loopback or found.is_unspecified or trimmed == "255.255.255.255"
    return "" if own else trimmed


def _card(text: str) -> str:
    """The text where it is the number of a card: as long and beginning as issuers have it, and Luhn's sum."""
    digits = re.sub("[ -]", "", text)
    if not _ISSUED.fullmatch(digits):
        return ""
    odd, even = digits[-1::-2], digits[-2::-2]
    total = sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)
    return "" if total % 10 else text


def _iban(text: str) -> str:
    """The longest beginning of the text that is an IBAN: words may follow it. ISO 13616, modulo 97."""
    for end in range(len(text), 14, -1):
        part = text[:end]
        bare = part.replace(" ", "")
        whole = end == len(text) or not text[end].isalnum()
        if whole and part[-1] != " " and 15 <= len(bare) <= 34:
            turned = "".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])
            if int(turned) % 97 == 1:
                return part
    return ""


def _phone(text: str) -> str:
    """The text where it has as many digits as numbers of phones have (E.164: at most 15)."""
    return text if 6 <= sum(sign.isdigit() for sign in text) <= 15 else ""


_CHECKS: dict[str, Callable[[str], str]] = {
    "address": _address, "card": _card, "iban": _iban, "phone": _phone, "": str,
}  # fmt: skip


@cache
def _data() -> _Data:
    data = tomllib.loads((files("logsense") / "redact.toml").read_text(encoding="utf-8"))

    def whole(pattern: str) -> str:
        for name, part in data["parts"].items():
            pattern = pattern.replace("{" + name + "}", part)
        return pattern

    rules = []
    for rule in data["rules"]:
        flags = re.MULTILINE if rule.get("case") else re.MULTILINE | re.IGNORECASE
        stay = "|".join(f"(?:{whole(one)})" for one in (*data["keep"]["always"], *rule.get("keep", ())))
        rules.append(
            Rule(
                kind=rule["kind"],
                pattern=re.compile(whole(rule["pattern"]), flags),
                hints=tuple(rule.get("hints", ())),
                keep=re.compile(stay, re.IGNORECASE),
                check=_CHECKS[rule.get("check", "")],
            )
        )
    names = {kind: (str(one), str(many)) for kind, (one, many) in data["names"].items()}
    return _Data(names, tuple(rules))


class Redactor:
    """Redacts the texts of one export: the same value gets the same placeholder in all of them.

    Placeholders are numbered in the order in which values are met, so that the same texts in the same order
    give the same result. Holds the values it met for as long as it lives; they are written nowhere.
    """

    def __init__(self) -> None:
        self._data = _data()
        self._met: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def redact(self, text: str) -> str:
        """The text with placeholders for the secrets and personal data that are known as such."""
        small = text.lower()
        for rule in self._data.rules:
            if not rule.hints or any(hint in small for hint in rule.hints):
                text = rule.pattern.sub(partial(self._hidden, rule), text)
        return text

    @property
    def counts(self) -> dict[str, int]:
        """How many different values of each kind were met, by kind, in the order of redact.toml."""
        return {kind: self._counts[kind] for kind in self._data.names if kind in self._counts}

    def summary(self) -> str:
        """What was redacted, in words: ``redacted: 3 e-mail addresses, 1 password``."""
        return said(self.counts)

    def _hidden(self, rule: Rule, match: re.Match[str]) -> str:
        whole = match[0]
        group = next((name for name, text in match.groupdict().items() if text is not None), 0)
        value = match[group]
        meant = rule.check(value)
        if not meant or rule.keep.fullmatch(meant):
            return whole
        start = match.start(group) - match.start()
        return whole[:start] + self._placeholder(meant, rule.kind) + whole[start + len(meant) :]

    def _placeholder(self, value: str, kind: str) -> str:
        """Of a value met before the one it has, whichever rule found it first."""
        if value not in self._met:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._met[value] = f"<{kind}-{self._counts[kind]}>"
        return self._met[value]


def redact(text: str) -> str:
    """The text redacted by itself; for several that belong together take a ``Redactor``."""
    return Redactor().redact(text)


def said(counts: dict[str, int]) -> str:
    """Counts by kind in words."""
    names = _data().names
    parts = [f"{n:,} {names[kind][n != 1]}" for kind, n in counts.items()]
    return f"redacted: {', '.join(parts) or 'nothing was found that had to be'}"


def analysis(whole: Analysis) -> tuple[Analysis, dict[str, int]]:
    """The analysis with all its texts redacted, a note that says what was, and how many values of each kind.

    Names of files, services and hosts are texts, too. Lines fetched from it later are redacted with the same
    placeholders; it has no book, whose texts would be the original ones. Ids, kinds and numbers stay.
    """
    redactor = Redactor()
    # The lines that prove something are met first: in a report, numbers rise from its top.
    made = _Walk(redactor).of(replace(whole, book=None))
    counts = redactor.counts

    def fetch(source: int, line: int, count: int) -> list[str]:
        return [redactor.redact(text) for text in whole.fetch(source, line, count)]

    return replace(made, fetch=fetch, notes=(*made.notes, said(counts))), counts


class _Walk:
    """Goes through values of any depth, and gives the same ones with their texts redacted."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def of(self, value: T) -> T:
        """The value redacted; itself where it holds no text."""
        made: Any = value
        if isinstance(value, str):
            made = self._redactor.redact(value)
        elif isinstance(value, pl.DataFrame):
            made = self._frame(value)
        elif isinstance(value, tuple):
            made = tuple(self.of(one) for one in value)
        elif is_dataclass(value) and not isinstance(value, type):
            named = (one.name for one in fields(value) if one.name not in _OURS)
            made = replace(value, **{name: self.of(getattr(value, name)) for name in named})
        return cast(T, made)

    def _frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Each distinct text of the frame is redacted once, whatever the number of rows."""
        for name, dtype in frame.schema.items():
            if name in _IDS:
                continue
            if dtype == pl.String:
                texts = frame[name].unique(maintain_order=True).drop_nulls()
                changed = {old: new for old in texts if (new := self._redactor.redact(old)) != old}
                if changed:
                    frame = frame.with_columns(pl.col(name).replace(changed))
            elif dtype == pl.List(pl.String):
                lists = [
                    texts and [self._redactor.redact(text) for text in texts]
                    for texts in frame[name].to_list()
                ]
                frame = frame.with_columns(pl.Series(name, lists, dtype=dtype))
        return frame
