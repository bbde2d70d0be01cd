"""The patterns of the masks: what varies by its form alone, what states a cause, and what masks look for.

All are Rust regexes: without look-around, so a mask captures its left neighbour and ends at a word border,
which leaves nothing consumed between neighbours. Order matters: numbers go before hex, since ``67108864``
is a number; what holds digits and is nothing else goes last. ``(?-u:...)`` keeps classes to ASCII: Unicode
borders cost a multiple.
"""

from dataclasses import dataclass

from logsense.mine.marks import CHAR, FREE, GUARD, LAST, PRIVATE, QUOTE


@dataclass(frozen=True)
class Mask:
    """One replacement: pattern, what it becomes, and what every text it changes holds.

    gate: a pattern, cheaper than the mask's, or a literal text; found in all that the mask's own finds, so
    that it saves time and changes nothing. holds: texts of which one must be there, in lower case where they
    are lower: asked of a whole batch, so that most small batches compile few of the patterns.
    """

    pattern: str
    to: str
    gate: str = "[0-9]"
    literal: bool = False
    holds: tuple[str, ...] = ()


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
METHODS = tuple(_METHOD[3:-1].split("|"))
_MONTHS = tuple(_MONTH[3 : _MONTH.index(")")].split("|"))
_TO_DIGITS = "".join(f"{GUARD}${{{number}}}" for number in (2, 3, 4))

#: Numbers that state a cause: behind a word that announces one, a protocol, an arrow, a request.
KEPT = (
    Mask(
        r"((?:Status|Code|(?:^|[^A-Za-z])(?i:status|code|exit|exited|errno|signal|sqlstate))"
        r"(?i:[ _-]?(?:code|status|number|value))?[\"'’)\]]{0,2}\s{0,2}"
        r"(?:[:=]|is|was|with|of|-+>|=>)?\s{0,2}[\"'(\[]?-?)([0-9])([0-9])?([0-9])?" + _B,
        "${1}" + _TO_DIGITS,
        "(?i)status|code|exit|errno|signal|sqlstate",
        holds=("status", "code", "exit", "errno", "signal", "sqlstate"),
    ),
    # "got 503 from", not "got 503 rows"
    Mask(
        rf"(?i)({_B}(?:http|returned|responded|response|replied|answered|got|received)"
        r"(?: with| status| an?| http)?[:=]?\s[\"'(\[]?)([1-5])([0-9])([0-9])"
        r"($|[^A-Za-z0-9_\s]| (?:from|for|in|after|on|to|at|while|by|\())",
        "${1}" + _TO_DIGITS + "${5}",
        "(?i)(?:http|return|respon|repl|answer|got|receiv).{0,14}[1-5][0-9][0-9]",
        holds=("http", "returned", "respon", "replied", "answered", "got", "received"),
    ),
    Mask(
        rf"(?i)({_B}(?:error|errno)(?:[ _-]?(?:code|number|no\.?))?[\"']?\s{{0,2}}[:=#]?\s{{0,2}}[(\[]?-?)"
        rf"([0-9])([0-9])([0-9])([0-9])?([0-9])?{_B}",
        "${1}" + _TO_DIGITS + f"{GUARD}${{5}}{GUARD}${{6}}",
        "(?i)err(?:or|no).{0,20}[0-9][0-9][0-9]",
        holds=("error", "errno"),
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
        holds=METHODS,
    ),
    Mask(r"([-=]>\s*)([1-5])([0-9])([0-9])" + _B, "${1}" + _TO_DIGITS, "[-=]>", holds=("->", "=>")),
    Mask(
        rf"(^|[\s\"'])([1-5])([0-9])([0-9])( (?:{_REASON}))",
        "${1}" + _TO_DIGITS + "${5}",
        rf"[1-5][0-9][0-9] (?:{_REASON})",
        holds=tuple(" " + said for said in _REASON.split("|")),
    ),
)
#: ``healthy=false`` states a cause; most other booleans are settings.
BOOL = Mask(
    rf"(?i)((?:{_CODES})[\"']?\s?[:=]\s?[\"']?[tf])(rue|alse)",
    "${1}" + GUARD + "${2}",
    "(?i)true|false",
    holds=("true", "false"),
)
#: Names of errors that hold digits: ORA-00600, E11000, SQLSTATE[42P01], 5xx.
NAMED = (
    rf"{_B}(?:(?:ORA|TNS|PLS|RMAN|CRS|SP2)-[0-9]{{3,5}}|E[0-9]{{4,5}}|"
    rf"SQLSTATE\W{{0,3}}[0-9A-Z]{{5}}|[1-5]xx){_B}"
)
NAMED_GATE = r"ORA-|TNS-|PLS-|RMAN-|CRS-|SP2-|E[0-9]{4}|SQLSTATE|[1-5]xx"

NAMED_HOLDS = (
    "ORA-",
    "TNS-",
    "PLS-",
    "RMAN-",
    "CRS-",
    "SP2-",
    "SQLSTATE",
    "xx",
    *(f"E{n}" for n in range(10)),
)

#: A message that is a request names its route: its slashes part words. A request quoted inside other text
#: keeps its path in one piece.
ROUTE = rf"^((?:[0-9a-fA-F.:\[\]]+ - (?:\S+ )?)?[\"']?{_METHOD} [\"']?)(/[^\s\"'?]*)(\?[^\s\"']*)?(?s:(.*))$"

MASKS = (
    Mask(rf"{_B}[A-Za-z][A-Za-z0-9+.-]{{1,20}}://[^\s\"'<>()\[\]{{}}|,;]+", CHAR["url"], "://", literal=True),
    Mask(rf"{_B}[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+{_B}", CHAR["email"], "@", literal=True),
    Mask(
        rf"{_B}[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}{_B}",
        CHAR["uuid"],
        "[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-",
        holds=("-",),
    ),
    Mask(
        rf"{_B}[0-9a-fA-F]{{2}}(?:[:-][0-9a-fA-F]{{2}}){{5,19}}{_B}",
        CHAR["mac"],
        "[:-][0-9a-fA-F]{2}[:-][0-9a-fA-F]{2}[:-][0-9a-fA-F]{2}[:-]",
        holds=(":", "-"),
    ),
    Mask(
        rf"{_B}[A-Za-z]+(?:_[A-Za-z0-9]+)*_-?[0-9]+(?:_[A-Za-z0-9]+)*{_B}",
        CHAR["id"],
        "_-?[0-9]",
        holds=("_",),
    ),
    # times: ISO and its kin, 10/Oct/2000:13:55:36, Thu Jul 21 09:04:43 2005, a time of day
    Mask(
        rf"{_B}[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}"
        rf"(?:[T ,_]{{1,2}}{_CLOCK}{_ZONE}|T[0-9]{{2}}:[0-9]{{2}}Z?)?{_B}",
        CHAR["time"],
        "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]",
        holds=("-", "/", "."),
    ),
    Mask(
        rf"{_B}[0-9]{{1,2}}[/-](?:[0-9]{{1,2}}|{_MONTH})[/-][0-9]{{2,4}}"
        rf"(?:[ :,]{{1,2}}{_CLOCK}{_ZONE})?{_B}",
        CHAR["time"],
        "[0-9]{1,2}[/-](?:[0-9]{1,2}|[A-Z][a-z]{2})[/-][0-9]{2}",
        holds=("/", "-"),
    ),
    Mask(
        rf"{_B}(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{{0,6}},? )?"
        rf"(?:[0-9]{{1,2}} {_MONTH}|{_MONTH} +[0-9]{{1,2}})"
        rf"(?:,? [0-9]{{4}})?(?: {_CLOCK}{_ZONE}(?: (?:[A-Z]{{3,4}} )?[0-9]{{4}})?)?{_B}",
        CHAR["time"],
        "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
        holds=_MONTHS,
    ),
    # addresses, and hosts with a port; an address after a slash is Java's way of writing one without a name
    Mask(
        rf"(^|[^A-Za-z0-9_:.])\[?(?:(?:[0-9a-fA-F]{{1,4}}:){{7}}[0-9a-fA-F]{{1,4}}|"
        rf"(?:[0-9a-fA-F]{{1,4}}:){{1,6}}:(?:[0-9a-fA-F]{{1,4}}:){{0,5}}(?:{_OCTETS}|[0-9a-fA-F]{{1,4}}){_B}|"
        rf"::(?:ffff:{_OCTETS}|1{_B}))(?:%[a-z0-9]+)?(?:\]:[0-9]{{1,5}}|\])?",
        "${1}" + CHAR["ip"],
        ":[0-9a-fA-F]{0,4}:",
        holds=(":",),
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_./])/?{_OCTETS}(?::[0-9]{{1,5}}|/[0-9]{{1,2}})?{_B}",
        "${1}" + CHAR["ip"],
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.",
        holds=(".",),
    ),
    Mask(
        r"(\.(?:java|py|go|c|cc|cpp|cxx|h|hpp|rs|js|mjs|ts|tsx|rb|php|scala|kt|cs|ex|erl|swift|pl|lua|sh)[:(])[0-9]+"
        + _B,
        "${1}" + CHAR["num"],
        r"\.[a-z]{1,5}[:(][0-9]",
        holds=(".",),
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:[A-Za-z0-9_$]+\.){{2,}}[a-z0-9_$]*[A-Z][A-Za-z0-9_$]*:[0-9]+{_B}",
        "${1}" + CHAR["str"],
        ":[0-9]",
        holds=(":",),
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:(?:[A-Za-z0-9_-]+\.){{2,}}[A-Za-z][A-Za-z0-9-]*|(?:[A-Za-z0-9-]+\.)(?:{_ENDS})|"
        rf"localhost|[A-Za-z]+[A-Za-z-]*[0-9][A-Za-z0-9-]*)"
        rf"(?:/(?:{_OCTETS}|{CHAR['ip']}))?:[0-9]{{2,5}}{_B}",
        "${1}" + CHAR["host"],
        ":[0-9]{2}",
        holds=(":",),
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:[A-Za-z0-9_-]+\.)+(?:{_ENDS})(\.?(?:$|[^A-Za-z0-9_.(-]))",
        "${1}" + CHAR["host"] + "${2}",
        rf"\.(?:{_ENDS})(?:$|[^A-Za-z0-9_(-])",
        holds=(".",),
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:[A-Za-z][A-Za-z0-9-]*-)?[0-9]{{1,3}}(?:-[0-9]{{1,3}}){{3}}(?:[A-Za-z0-9.-]*){_B}",
        "${1}" + CHAR["host"],
        "[0-9]-[0-9]{1,3}-[0-9]{1,3}-[0-9]",
        holds=("-",),
    ),
    # paths
    Mask(rf"{_B}[A-Za-z]:[\\/][^\s\"'<>|,;)\]]*", CHAR["path"], r"[A-Za-z]:[\\/]", holds=(":/", ":\\")),
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
        holds=("/",),
    ),
    Mask(rf"{_B}0[xX][0-9a-fA-F]+{_B}", CHAR["hex"], "0[xX]", holds=("0x",)),
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
        holds=(":",),
    ),
    Mask(
        rf"(^|[^A-Za-z0-9_.-])(?:true|false|True|False|TRUE|FALSE){_B}",
        "${1}" + CHAR["bool"],
        "(?i)true|false",
        holds=("true", "false"),
    ),
    # What a mask of a plugin has named inside quotation marks stays named.
    Mask(rf'="[^"{FREE}-{LAST}]*"', f'="{CHAR["str"]}"', '="', literal=True),
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

#: Words the masks look for, and what may be part of an id in hex: as a whole word, in both regex dialects.
READ = (
    rf"(?i:{_METHOD}|https?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|"
    rf"thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|[ap]m|utc|gmt|[ztvx]|{_ENDS}|{_REASON}|no|not|bad|too|"
    rf"{_CODES}|{_SAID}|true|false|exit(?:ed)?|errno|signal|sqlstate|number|value|is|was|with|of|an?|returned|"
    r"responded|response|replied|answered|got|received|from|for|in|after|on|to|at|while|by|ora|tns|pls|rman|crs|xx|"
    r"[kmgtp]i?b|bytes?|[num]?s|[mh]|msecs?|millis(?:econds?)?|microseconds?|nanoseconds?|secs?|seconds?|mins?|"
    r"minutes?|hrs?|hours?|days?|localhost|[a-f]+)"
)

#: Done before all others: the private characters of a log, and colours.
CLEANED = (Mask(PRIVATE, "?", PRIVATE), Mask("\x1b\\[[0-9;]*m", "", "\x1b", literal=True))
#: Quotation marks of what says something are read, of other things masked.
SPOKEN = Mask(rf'({_B}(?i:{_SAID})=)"', "${1}" + QUOTE, '="', literal=True)
#: Of several lines the first, and what was put behind ``⏎``.
FURTHER = Mask(r"(?s)\r?\n.*?( ⏎ |\z)", "${1}", "\n", literal=True)
