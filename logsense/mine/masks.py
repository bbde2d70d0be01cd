"""Masks: the parts of a message that vary by their form alone, as private characters (``marks``).

All are Rust regexes: without look-around, so a mask captures its left neighbour and ends at a word border,
which leaves nothing consumed between neighbours. Order matters: numbers go before hex, since ``67108864``
is a number; what holds digits and is nothing else goes last. ``(?-u:...)`` keeps classes to ASCII: Unicode
borders cost a multiple.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import polars as pl

from logsense.mine.marks import CHAR, DIGIT, GUARD, PRIVATE, QUOTE, SLASH


@dataclass(frozen=True)
class Mask:
    """One replacement: pattern, what it becomes, and what a message must hold for it to be tried."""

    pattern: str
    to: str
    gate: str = "[0-9]"
    literal: bool = False


_L = r"(^|[^A-Za-z0-9_])"
_B = r"(?-u:\b)"
_METHOD = "(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE|PROPFIND)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})(?-u:\b))?"
_OCTETS = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_NAME = f"A-Za-z0-9_+@%~{CHAR['num']}-{CHAR['query']}-"
_ENDS = (
    "com|net|org|edu|gov|mil|int|io|dev|app|cloud|local|localdomain|internal|lan|arpa|info|biz|"
    "uk|de|fr|jp|cn|ru|br|au|ca|nl|it|es|se|no|fi|dk|pl|ch|at|be|cz|us|eu|kr|tw|hk|sg"
)
_REASON = (
    "OK|Created|Accepted|No Content|Moved|Found|Not Modified|Bad Request|Unauthorized|Forbidden|Not Found|"
    "Method Not|Request|Conflict|Gone|Too Many|Internal|Not Implemented|Bad Gateway|Service|Gateway"
)
_CODES = (
    "ok|success|succeeded|healthy|ready|alive|up|valid|available|enabled|connected|reachable|passed|primary|"
    "leader"
)
_SAID = (
    "msg|message|err|error|reason|cause|status|state|event|exception|detail|details|description|level|code|"
    "type|method|op|action|result|component|module"
)
_TO_DIGITS = "".join(f"{GUARD}${{{number}}}" for number in (2, 3, 4))

#: Numbers that state a cause: behind a word that announces one, a protocol, an arrow, a request.
_KEPT = (
    Mask(
        r"((?:Status|Code|(?:^|[^A-Za-z])(?i:status|code|exit|exited|errno|signal|sqlstate))"
        r"(?i:[ _-]?(?:code|status|number|value))?[\"'’)\]]{0,2}\s{0,2}"
        r"(?:[:=]|is|was|with|of|-+>|=>)?\s{0,2}[\"'(\[]?-?)([0-9])([0-9])?([0-9])?" + _B,
        "${1}" + _TO_DIGITS,
        "(?i)status|code|exit|errno|signal|sqlstate",
    ),
    # "got 503 from", not "got 503 rows"
    Mask(
        rf"(?i)({_B}(?:http|returned|responded|response|replied|answered|got|received)"
        r"(?: with| status| an?| http)?[:=]?\s[\"'(\[]?)([1-5])([0-9])([0-9])"
        r"($|[^A-Za-z0-9_\s]| (?:from|for|in|after|on|to|at|while|by|\())",
        "${1}" + _TO_DIGITS + "${5}",
        "(?i)(?:http|return|respon|repl|answer|got|receiv).{0,12}[1-5][0-9][0-9]",
    ),
    Mask(
        rf"(?i)({_B}(?:error|errno)(?:[ _-]?(?:code|number|no\.?))?[\"']?\s{{0,2}}[:=#]?\s{{0,2}}[(\[]?-?)"
        rf"([0-9])([0-9])([0-9])([0-9])?([0-9])?{_B}",
        "${1}" + _TO_DIGITS + f"{GUARD}${{5}}{GUARD}${{6}}",
        "(?i)err(?:or|no)[^A-Za-z]{0,5}[a-z]{0,6}[^A-Za-z]{1,5}[0-9][0-9][0-9]",
    ),
    Mask(
        r"(HTTP/[0-9](?:\.[0-9])?[\"']?\s+)([1-5])([0-9])([0-9])" + _B,
        "${1}" + _TO_DIGITS,
        "HTTP/",
        literal=True,
    ),
    Mask(r"(HTTP/)([1-3])" + _B, "${1}" + GUARD + "${2}", "HTTP/", literal=True),
    Mask(rf"(HTTP/{GUARD}[1-3]\.)([0-9]){_B}", "${1}" + GUARD + "${2}", "HTTP/", literal=True),
    Mask(
        rf"({_METHOD}\s+[\"']?[^\s\"']+[\"']?\s+(?:HTTP/\S+\s+)?(?:[-=]+>\s*)?)([1-5])([0-9])([0-9]){_B}",
        "${1}" + _TO_DIGITS,
        rf"{_METHOD}\s.*[1-5][0-9][0-9]",
    ),
    Mask(r"([-=]>\s*)([1-5])([0-9])([0-9])" + _B, "${1}" + _TO_DIGITS, "[-=]>"),
    Mask(
        rf"(^|[\s\"'])([1-5])([0-9])([0-9])( (?:{_REASON}))",
        "${1}" + _TO_DIGITS + "${5}",
        rf"[1-5][0-9][0-9] (?:{_REASON})",
    ),
)
#: ``healthy=false`` states a cause; most other booleans are settings.
_BOOL = Mask(
    rf"(?i)((?:{_CODES})[\"']?\s?[:=]\s?[\"']?[tf])(rue|alse)", "${1}" + GUARD + "${2}", "(?i)true|false"
)
#: Names of errors that hold digits: ORA-00600, E11000, SQLSTATE[42P01], 5xx.
_NAMED = (
    rf"{_B}(?:(?:ORA|TNS|PLS|RMAN|CRS|SP2)-[0-9]{{3,5}}|E[0-9]{{4,5}}|"
    rf"SQLSTATE\W{{0,3}}[0-9A-Z]{{5}}|[1-5]xx){_B}"
)
_NAMED_GATE = r"ORA-|TNS-|PLS-|RMAN-|CRS-|SP2-|E[0-9]{4}|SQLSTATE|[1-5]xx"

#: A message that is a request names its route: its slashes part words. A request quoted inside other text
#: keeps its path in one piece.
_ROUTE = rf"^((?:[0-9a-fA-F.:\[\]]+ - (?:\S+ )?)?[\"']?{_METHOD} [\"']?)(/[^\s\"'?]*)(\?[^\s\"']*)?(?s:(.*))$"

_MASKS = (
    Mask(rf"{_B}[A-Za-z][A-Za-z0-9+.-]{{1,20}}://[^\s\"'<>()\[\]{{}}|,;]+", CHAR["url"], "://", literal=True),
    Mask(rf"{_B}[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+{_B}", CHAR["email"], "@", literal=True),
    Mask(
        rf"{_B}[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}{_B}",
        CHAR["uuid"],
        "[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-",
    ),
    Mask(
        rf"{_B}[0-9a-fA-F]{{2}}(?:[:-][0-9a-fA-F]{{2}}){{5,19}}{_B}",
        CHAR["mac"],
        "[:-][0-9a-fA-F]{2}[:-][0-9a-fA-F]{2}[:-][0-9a-fA-F]{2}[:-]",
    ),
    Mask(rf"{_B}[A-Za-z]+(?:_[A-Za-z0-9]+)*_-?[0-9]+(?:_[A-Za-z0-9]+)*{_B}", CHAR["id"], "_-?[0-9]"),
    # times: ISO and its kin, 10/Oct/2000:13:55:36, Thu Jul 21 09:04:43 2005, a time of day
    Mask(
        rf"{_B}[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}"
        rf"(?:[T ,_]{{1,2}}{_CLOCK}{_ZONE}|T[0-9]{{2}}:[0-9]{{2}}Z?)?{_B}",
        CHAR["time"],
        "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]",
    ),
    Mask(
        rf"{_B}[0-9]{{1,2}}[/.-](?:[0-9]{{1,2}}|{_MONTH})[/.-][0-9]{{2,4}}"
        rf"(?:[ :,]{{1,2}}{_CLOCK}{_ZONE})?{_B}",
        CHAR["time"],
        "[0-9]{1,2}[/-](?:[0-9]{1,2}|[A-Z][a-z]{2})[/-][0-9]{2}",
    ),
    Mask(
        rf"{_B}(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},? )?"
        rf"(?:[0-9]{{1,2}} {_MONTH}|{_MONTH} +[0-9]{{1,2}})"
        rf"(?:,? [0-9]{{4}})?(?: {_CLOCK}{_ZONE}(?: (?:[A-Z]{{3,4}} )?[0-9]{{4}})?)?{_B}",
        CHAR["time"],
        "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
    ),
    # addresses, and hosts with a port; an address after a slash is Java's way of writing one without a name
    Mask(
        rf"(^|[^A-Za-z0-9_:.])\[?(?:(?:[0-9a-fA-F]{{1,4}}:){{7}}[0-9a-fA-F]{{1,4}}|"
        rf"(?:[0-9a-fA-F]{{1,4}}:){{1,6}}:(?:[0-9a-fA-F]{{1,4}}:){{0,5}}(?:{_OCTETS}|[0-9a-fA-F]{{1,4}}){_B}|"
        rf"::(?:ffff:{_OCTETS}|1{_B}))(?:%[a-z0-9]+)?(?:\]:[0-9]{{1,5}}|\])?",
        "${1}" + CHAR["ip"],
        ":[0-9a-fA-F]{0,4}:",
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_./])/?{_OCTETS}(?::[0-9]{{1,5}}|/[0-9]{{1,2}})?{_B}",
        "${1}" + CHAR["ip"],
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.",
    ),
    Mask(
        r"(\.(?:java|py|go|c|cc|cpp|cxx|h|hpp|rs|js|mjs|ts|tsx|rb|php|scala|kt|cs|ex|erl|swift|pl|lua|sh)[:(])[0-9]+"
        + _B,
        "${1}" + CHAR["num"],
        r"\.[a-z]{1,5}[:(][0-9]",
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:[A-Za-z0-9_$]+\.){{2,}}[a-z0-9_$]*[A-Z][A-Za-z0-9_$]*:[0-9]+{_B}",
        "${1}" + CHAR["str"],
        "[A-Za-z0-9]:[0-9]",
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:(?:[A-Za-z0-9_-]+\.){{2,}}[A-Za-z][A-Za-z0-9-]*|(?:[A-Za-z0-9-]+\.)(?:{_ENDS})|"
        rf"localhost|[A-Za-z]+[A-Za-z-]*[0-9][A-Za-z0-9-]*)"
        rf"(?:/(?:{_OCTETS}|{CHAR['ip']}))?:[0-9]{{2,5}}{_B}",
        "${1}" + CHAR["host"],
        "[A-Za-z0-9]:[0-9]{2}",
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:[A-Za-z0-9_-]+\.)+(?:{_ENDS})(\.?(?:$|[^A-Za-z0-9_.(-]))",
        "${1}" + CHAR["host"] + "${2}",
        rf"\.(?:{_ENDS})(?:$|[^A-Za-z0-9_(-])",
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:[A-Za-z][A-Za-z0-9-]*-)?[0-9]{{1,3}}(?:-[0-9]{{1,3}}){{3}}(?:[A-Za-z0-9.-]*){_B}",
        "${1}" + CHAR["host"],
        "[0-9]-[0-9]{1,3}-[0-9]{1,3}-[0-9]",
    ),
    # paths
    Mask(rf"{_B}[A-Za-z]:[\\/][^\s\"'<>|,;)\]]*", CHAR["path"], r"[A-Za-z]:[\\/]"),
    Mask(
        r"(^|[^A-Za-z0-9_\\])\\{1,2}[A-Za-z0-9_?.$-]+(?:\\[^\s\"'<>|,;)\]\\]+)+",
        "${1}" + CHAR["path"],
        "\\",
        literal=True,
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.\-<])(?:(?:~|\.{{1,2}})?(?:/[{_NAME}.]*[{_NAME}]){{2,}}|[A-Za-z][{_NAME}.]*(?:/[{_NAME}.]*[{_NAME}]){{3,}})"
        r"/?(?:\?[^\s\"'<>,;)\]]*)?",
        "${1}" + CHAR["path"],
        "/[^/]+/",
    ),
    Mask(rf"{_B}0[xX][0-9a-fA-F]+{_B}", CHAR["hex"], "0[xX]"),
    # sizes and durations, in one piece with their unit
    Mask(
        rf"{_L}[0-9]+(?:\.[0-9]+)?\s?(?:[KMGTPkmgtp]i?[Bb]|[Bb]ytes?|B){_B}"
        rf"(?:\s\([0-9.]+\s?[KMGTP]i?B\))?",
        "${1}" + CHAR["size"],
        r"[0-9]\s?(?:[KMGTPkmgtp]i?[Bb]|[Bb]yte|B)",
    ),
    Mask(
        rf"{_L}<?(?:[0-9]+(?:\.[0-9]+)?(?:ns|us|µs|μs|ms|s|m|h|d))+{_B}|"
        rf"{_L}<?[0-9]+(?:\.[0-9]+)?\s(?:ns|us|µs|ms|msecs?|millis(?:econds?)?|microseconds?|nanoseconds?|"
        rf"secs?|seconds?|mins?|minutes?|hrs?|hours?|days?){_B}",
        "${1}${2}" + CHAR["dur"],
        r"[0-9]\s?(?:ns|us|µs|μs|m|s|h|d|mi|na)",
    ),
    Mask(
        rf"{_L}{_CLOCK}(?: [AP]M)?{_B}|{_L}[0-9]{{1,2}}:[0-9]{{2}}{_B}",
        "${1}${2}" + CHAR["time"],
        "[0-9]:[0-9]{2}",
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:true|false|True|False|TRUE|FALSE){_B}",
        "${1}" + CHAR["bool"],
        "(?i)true|false",
    ),
    Mask(r'="[^"]*"', f'="{CHAR["str"]}"', '="', literal=True),
    Mask(
        rf"{_L}(?:[-+]?[0-9]+(?:[.,][0-9]+)*(?:[eE][-+]?[0-9]+)?|[vV][0-9]+(?:\.[0-9]+)+){_B}%?",
        "${1}" + CHAR["num"],
    ),
    Mask(
        rf"{_B}(?:[0-9][0-9a-fA-F]{{5,}}|[a-fA-F][0-9][0-9a-fA-F]{{4,}}|[a-fA-F]{{2}}[0-9][0-9a-fA-F]{{3,}}|"
        rf"[a-fA-F]{{3}}[0-9][0-9a-fA-F]{{2,}}|[a-fA-F]{{4}}[0-9][0-9a-fA-F]+|[a-fA-F]{{5,}}[0-9][0-9a-fA-F]*){_B}",
        CHAR["hex"],
    ),
    # All else that holds a digit, less words with one digit at their end (eth0, ssh2, IPV6) and v1, v2.
    Mask(
        rf"{_B}(?:[0-9][A-Za-z0-9_]*|[A-UW-Za-uw-z][0-9][A-Za-z0-9_]*|[vV][0-9][A-Za-z0-9_]+|"
        rf"[A-Za-z]{{2,}}[0-9][A-Za-z0-9_]+|[A-Za-z]*_[A-Za-z_]*[0-9][A-Za-z0-9_]*){_B}",
        CHAR["id"],
    ),
)


def masked(messages: pl.Series) -> pl.Series:
    """The messages with their masked parts as private characters; blanks at both ends are cut off."""
    texts = first_lines(messages)
    texts = _replace(texts, Mask(PRIVATE, "?", PRIVATE))
    texts = _replace(texts, Mask("\x1b\\[[0-9;]*m", "", "\x1b", literal=True))
    texts = _kept(texts)
    texts = _routes(texts)
    texts = _replace(texts, Mask(rf'({_B}(?i:{_SAID})=)"', "${1}" + QUOTE, '="', literal=True))
    texts = _all(texts, _MASKS)
    return _shown(texts).str.strip_chars()


def first_lines(messages: pl.Series) -> pl.Series:
    """Each message's first line, and behind it the detail that was put there after ``⏎``."""
    return _replace(
        messages.cast(pl.String).fill_null(""), Mask(r"(?s)\r?\n.*?( ⏎ |\z)", "${1}", "\n", literal=True)
    )


def _kept(texts: pl.Series) -> pl.Series:
    """Numbers and names that state a cause, with their digits out of the masks' reach."""
    texts = _all(texts, _KEPT)
    texts = _replace(texts, _BOOL)
    named = texts.str.contains(_NAMED_GATE)
    if named.any():
        texts = _where(texts, named, _hide_names)
    guarded = texts.str.contains(GUARD, literal=True)
    if guarded.any():
        hidden = {GUARD + str(number): char for number, char in enumerate(DIGIT)}
        texts = _where(texts, guarded, lambda some: some.str.replace_many(hidden))
    return texts


def _hide_names(texts: pl.Series) -> pl.Series:
    """The digits of names of errors, hidden: each name is found once and put back with guards."""
    names = texts.str.extract_all(_NAMED).explode().drop_nulls().unique().sort().to_list()
    hidden = {name: "".join(DIGIT[int(c)] if c.isdecimal() else c for c in name) for name in names}
    return texts.str.replace_many(hidden) if hidden else texts


def _routes(texts: pl.Series) -> pl.Series:
    """Requests with the slashes of their route as signs that part words, and their query as one part."""
    requests = texts.str.contains(_ROUTE)
    return _where(texts, requests, _parted) if requests.any() else texts


def _parted(texts: pl.Series) -> pl.Series:
    groups = texts.str.extract_groups(_ROUTE).struct
    query = pl.when(pl.col("3").is_not_null()).then(pl.lit("?" + CHAR["query"])).otherwise(pl.lit(""))
    route = pl.col("2").str.replace_all("/", SLASH, literal=True)
    return groups.unnest().select(pl.concat_str("1", route, query, pl.col("4").fill_null(""))).to_series()


@cache
def _restored() -> dict[str, str]:
    return {QUOTE: '"', GUARD: "", **{char: str(number) for number, char in enumerate(DIGIT)}}


def _shown(texts: pl.Series) -> pl.Series:
    """The kept digits and quotation marks as themselves again."""
    hidden = texts.str.contains(f"[{QUOTE}{GUARD}{DIGIT[0]}-{DIGIT[9]}]")
    return _where(texts, hidden, lambda some: some.str.replace_many(_restored())) if hidden.any() else texts


def _all(texts: pl.Series, masks: tuple[Mask, ...]) -> pl.Series:
    for mask in masks:
        texts = _replace(texts, mask)
    return texts


def _replace(texts: pl.Series, mask: Mask) -> pl.Series:
    """The mask put on those texts that pass its gate: most need few of the masks."""
    gate = texts.str.contains(mask.gate, literal=mask.literal)
    hits = int(gate.sum())
    if not hits:
        return texts
    if hits * 4 > 3 * len(texts):
        return texts.str.replace_all(mask.pattern, mask.to)
    return _where(texts, gate, lambda some: some.str.replace_all(mask.pattern, mask.to))


def _where(texts: pl.Series, which: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The texts, those of ``which`` changed."""
    if which.all():
        return change(texts)
    rows = which.arg_true()
    return texts.scatter(rows, change(texts.gather(rows)))
