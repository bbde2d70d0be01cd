"""The header no format declares, learned from a file's first lines as one regex.

A time is found that most lines share near their start; what stands before it is the prefix; then, part by
part, the kind of part that enough lines have next is taken off: level, number, field before "|",
bracket, host, component, logger, padded column. What is left is the message. Each part is optional in the
pattern, so that a line without it loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from logsense.parse import clock
from logsense.parse.recognise.formats import cheap, nameless, up_to
from logsense.parse.recognise.place import weight_of
from logsense.plans import Clock

#: The words a header gives its level in. Ordinary words ("fine", "all", "log") only in capitals.
WORDS = (
    r"(?:(?i:trace|debug[0-9]?|dbug|info|information|informational|notice|note|warn|warning|error|err|erro|severe|fatal"
    r"|critical|crit|panic|emerg|emergency|alert|finest|finer|verbose)"
    r"|TRC|DBG|INF|NTC|WRN|ERR|FTL|CRT|PNC|FINE|CONFIG|LOG|SUCCESS|AUDIT|FAIL|FAILURE|FATA|WARNI|CRI|ALRT|NOTIC"
    r"|trc|dbg|inf|wrn|ftl|fata|Inf|Dbg|Wrn|Err|Ftl|success|noti|debu|emer|aler)"
)
_LETTERS = "[VDIWEFTCN]"
_OPEN = r"[\[(<{|\"']*"
_CLOSE = r"[\])>}|\"']*"
_PRIORITY = "<(?<level>[0-9]{1,3})>"  # facility * 8 + severity, as syslog writes it
_HEAD = 160  # characters within which a header's time stands
_BEFORE = 8  # words that may stand before it
_MOST = 0.9
_TIMED = 0.3  # share of lines with a time from which a file is one with times
_ROUNDS = 10
_CODED, _MOSTLY = r"[A-Za-z_$\])>][:#]([0-9]{1,6})$", 0.5  # loggers that say the line of their code
_FIRST_CODED = r"[A-Za-z_$\])>][:#]([0-9]{1,6})(?:[ \t:]|$)"
_ZONES, _QUARTER, _ROUNDED = 14 * 3600, 900, 2  # seconds: farthest zone, grain of zones, leeway
_AT_ONCE = 2  # characters that may stand before a time that opens a line
#: Kinds looked for only where there is no other: any number may look like them.
_LAST = ("epoch", "time_only")
_NAME = r"[A-Za-z_$/][^\s:\[\]()=\"',;|]{0,80}"
#: Names under which a header gives ids: what stands there is no service and no logger.
_ID_NAME = (
    r"(?i:(?:[a-z][a-z0-9]{0,12}[._-]){0,3}(?:trace|span|parent|request|req|correlation|transaction|session|thread|process)"
    r"[ ._-]?(?:span[ ._-]?)?id|rid|reqid|traceparent|tid|pid)"
)
_ID_PART = rf"{_OPEN}{_ID_NAME}\s?[:=]\s?[\w.:/+-]{{0,80}}{_CLOSE}(?:[,;|]?\s+|$)"

_SAID = r"(?:(?:level|lvl|severity|levelname|loglevel)[=:] ?\"?|[a-z_]{2,20}[:.])?"
_LEVEL = rf"{_OPEN}{_SAID}(?<level>{WORDS})\b{_CLOSE}"
_HOST = (
    r"(?<host>[A-Za-z0-9][A-Za-z0-9_.:@/#-]*)\s+"
    rf"(?:{_ID_PART}|(?<service>{_NAME}(?:\([^)\s]*\))?)(?:\[[^\]\s]*\])?:(?:\s+|$))?"
)
_COMPONENT = (
    rf"(?:{_ID_PART}|(?<logger>{_NAME}(?:\([^)\s]*\))?)"
    r"(?::[0-9]+)?(?:\[[^\]\s]*\])?(?: \[[^\]]*\])?:(?:\s+|$))"
)
#: Parts in the order they are tried: name, regex of what is taken off, share of lines that must have it,
#: and the group it brings ("" for none).
PARTS: tuple[tuple[str, str, float, str], ...] = (
    ("level", _LEVEL + r"(?:[:,;/|-]*(?:\s+|$)|::?\s*|[/|-]|,\s*)?", 0.70, "level"),
    ("letter", rf"{_OPEN}(?<level>{_LETTERS}){_CLOSE}(?:[:,/|]?\s+|[/:|])", 0.95, "level"),
    ("separator", r"(?:--|::|=>|[-:|>*~]|\u{2013})+\s+(?:: )?", 0.90, ""),
    ("closing", r"[^\[\]]{0,80}\](?:[:,;]|\s-)?\s*", 0.95, ""),
    ("uuid", r"[0-9a-f]{8}-[0-9a-z]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[,;:|]?\s+", 0.90, ""),
    ("number", r"[#(*]?-?[0-9]+(?:[.:#/-][0-9]+)*%?\)?[,:;|]?\s+", 0.95, ""),
    ("id", _ID_PART, 0.85, ""),
    ("hex", r"(?:0x[0-9a-fA-F]+|[0-9a-f]{8,16})[,:;|]?\s+", 0.95, ""),
    ("field", r"[^|]{0,80}\|\s*", 0.95, ""),
    ("tab", r"[^\t\s]{1,80}\t\s*", 0.95, ""),
    ("bracket", r"\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:[:,;]|\s+-)?\s*", 0.85, ""),
    ("parenthesis", r"\([^()]*\)(?:[:,;]|\s+-)?\s*", 0.90, ""),
    ("brace", r"\{[^{}\":]*(?::[0-9]+)?\}\s*", 0.90, ""),
    ("angle", r"<[^<>]*>\s*", 0.90, ""),
    ("host", _HOST, 0.70, "host"),
    ("component", _COMPONENT, 0.70, "logger"),
    (
        "near level",
        rf"(?:\S+\s+){{0,6}}?(?:\S{{0,60}}?[\].:/|,(])?{_LEVEL}(?:[:,;|-]*(?:\s+|$)|::?\s*)",
        0.85,
        "level",
    ),
    ("dash", r"[^\s\[\]]+(?:\s+\[\])?\s+[-|]\s+", 0.90, ""),
    (
        "logger",
        r"(?<logger>[A-Za-z_$][\w$-]*(?:(?:[.:/#]|::|->)[\w$<>-]+)+)(?:\[[^\]\s]*\])?:?(?:\s+|$)",
        0.90,
        "logger",
    ),
    ("column", r"(?<logger>[^\s=\"]{1,40})\s{2,}", 0.90, "logger"),
)
_HOST_BEFORE = rf"^[A-Za-z0-9][A-Za-z0-9_.:@/#-]*\s+{_NAME}(?:\([^)\s]*\))?(?:\[[^\]\s]*\])?:(?:\s|$)"
_HOST_ID = rf"^\S+\s+{_ID_PART}"


@dataclass(frozen=True)
class Learned:
    """A learned layout: the regex of a line, the regex of its time with its kinds, and its levels.

    keep: regexes with one group of what must stay in the keys of lines, though it is digits.
    """

    pattern: str
    time: str
    kinds: tuple[str, ...]
    levels: str
    share: float
    keep: tuple[str, ...] = ()


def learn(examples: pl.DataFrame) -> Learned | None:
    """The header of lines that have a time near their start; None where too few have one.

    examples: columns text and n. Continuation lines may be among them: they do not count, as long as three
    in ten lines have a time.
    """
    best = _time(examples)
    if best is None:
        return None
    kind, body, more, found = best
    prefix, levelled = _prefix(found)
    before = cheap(nameless(prefix))
    time = f"^{before}({body}){_end(kind)}"
    lines = found.with_columns(pl.col("text").str.extract(f"^{before}{body}{more}(.*)$").alias("rest"))
    lines = lines.filter(pl.col("rest").is_not_null())
    if not lines.height:
        return None
    parts, letters = header(lines.select("rest", "n"), levelled=bool(levelled))
    pattern = cheap(f"^{prefix}(?<time>{body}){more}{parts}(?<message>.*)$")
    vocabulary = "letters" if letters or levelled == "letter" else "words"
    vocabulary = "syslog" if levelled == "syslog" else vocabulary
    keep = (up_to(pattern, "level"),) if vocabulary == "syslog" else _code_lines(lines, pattern)
    share = float(weight_of(lines) / weight_of(examples))
    return Learned(pattern, time, (kind,), vocabulary, share, keep)


def _code_lines(lines: pl.DataFrame, pattern: str) -> tuple[str, ...]:
    """The regex of the line of code that loggers say, where most do: two lines of code are two messages."""
    where = up_to(pattern, "logger")
    if not where:
        return ()
    said = lines.with_columns(code=pl.col("text").str.extract(where).str.extract(_CODED))
    said = said.filter(pl.col("code").is_not_null())
    if weight_of(said) < _MOSTLY * weight_of(lines):
        return ()
    # The first number of that look is found seven times as fast as the one behind the whole header.
    first = (said["text"].str.extract(_FIRST_CODED) == said["code"]).fill_null(value=False).all()
    return (_FIRST_CODED if first else where,)


def _time(examples: pl.DataFrame) -> tuple[str, str, str, pl.DataFrame] | None:
    """The kind of time most lines share, its regex, and the lines that have it, with what stands before."""
    total = weight_of(examples.filter(~pl.col("text").str.contains(r"^\s"))) or weight_of(examples)
    order = clock.grammar().order
    seen = _found(examples, order[:1], total)
    if (
        not seen or seen[0][0] < _MOST or seen[0][1] > 1
    ):  # nearly all begin with the usual kind: look no further
        seen += _found(examples, [kind for kind in order[1:] if kind not in _LAST], total)
    if not any(weight >= _TIMED for weight, *_ in seen):
        seen += _found(examples, _LAST, total)
    most = max((weight for weight, *_ in seen), default=0.0)
    if most < _TIMED:  # long traces may outweigh records: then the file's first line must begin with a time
        seen = [one for one in seen if one[1] <= _AT_ONCE and one[4]["row"][0] == examples["row"][0]]
        most = max((weight for weight, *_ in seen), default=0.0)
        if not seen:
            return None
    near = [one for one in seen if one[0] >= _MOST * most]
    first = min(before for _, before, *_ in near)
    _, _, kind, body, found = next(one for one in near if one[1] == first)
    sure = _same_as_epoch(kind, found)
    if sure is not None:
        return "epoch", nameless(clock.grammar().kinds["epoch"][0]), f".*?{body}", sure
    return kind, body, "", found


def _end(kind: str) -> str:
    """What may stand behind a time: nothing that would go on with it."""
    return r"(?:[^0-9A-Za-z]|$)" if kind == "epoch" else r"(?:[:.,]?(?:[^0-9A-Za-z:.,]|$)|[:.,][^0-9])"


def _same_as_epoch(kind: str, found: pl.DataFrame) -> pl.DataFrame | None:
    """Where seconds since 1970 stand before a wall time and say the same but for a zone: the lines."""
    if kind in {*_LAST, "tai64n"}:
        return None
    finder = r"^(|.*?[^0-9A-Za-z._:/-])([0-9]{10})(?:[^0-9A-Za-z.]|$)"
    before = pl.col("before")
    got = found.with_columns(before=before.str.extract(finder, 1), epoch=before.str.extract(finder, 2))
    got = got.filter(pl.col("epoch").is_not_null())
    if weight_of(got) < _MOST * weight_of(found):
        return None
    exact = clock.parse(got["epoch"], Clock(kinds=("epoch",)))
    year = exact.dt.year().median()
    # Polars types a median wider than that of whole numbers can be; the next alike.
    wall = clock.parse(got["time"], Clock(kinds=(kind,), year=int(year or 0)))  # type: ignore[arg-type]
    apart = (wall - exact).dt.total_seconds()
    same = (apart.abs() <= _ZONES) & ((apart + _ROUNDED) % _QUARTER <= 2 * _ROUNDED)
    return got if weight_of(got.filter(same.fill_null(value=False))) >= _MOST * weight_of(got) else None


def _found(
    examples: pl.DataFrame, kinds: Sequence[str], total: int
) -> list[tuple[float, int, str, str, pl.DataFrame]]:
    """Share of lines, characters before, kind, regex and lines for each way a time stands near the start."""
    ways = [(kind, nameless(one)) for kind in kinds for one in clock.grammar().kinds[kind]]
    finders = [
        rf"^({'|[A-Z]' if kind == 'monthday' else ''}|.*?[^0-9A-Za-z._:/-])({body}){_end(kind)}"
        for kind, body in ways
    ]
    text = pl.col("text").str.head(_HEAD)
    tried = examples.select(
        *(text.str.extract(one, 1).alias(f"b{number}") for number, one in enumerate(finders)),
        *(text.str.extract(one, 2).alias(f"t{number}") for number, one in enumerate(finders)),
    )
    out = []
    for number, (kind, body) in enumerate(ways):
        if tried[f"t{number}"].null_count() == examples.height:
            continue
        got = examples.with_columns(before=tried[f"b{number}"], time=tried[f"t{number}"])
        words = pl.col("before").str.count_matches(r"\S+")
        near = (words <= _BEFORE) | (pl.col("before").str.ends_with("[") & (words <= 2 * _BEFORE))
        got = got.filter(pl.col("time").is_not_null() & near)
        if kind != "time_only" and got.height:
            got = got.filter(clock.parse(got["time"], Clock(kinds=(kind,), year=2024)).is_not_null())
        if got.height:
            before = got["before"].str.len_chars().median()
            # A median of lengths is a number, which its type does not say.
            out.append((float(weight_of(got) / total), int(before or 0), kind, body, got))  # type: ignore[arg-type]
    return out


def _prefix(found: pl.DataFrame) -> tuple[str, str]:
    """The regex of what stands before the time, and whether it brings a level ("word", "letter", "")."""
    words = rf"{_OPEN}(?<level>{WORDS})\b{_CLOSE}[:,|]*\s*[-|]?\s*{_OPEN}"
    choices: list[tuple[str, str]] = [
        ("", ""),
        (_PRIORITY + r"(?:[0-9] )?", "syslog"),
        (r"[\[({<\"'#]+", ""),
        (words, "word"),
        (rf"{_OPEN}(?<level>{_LETTERS}){_CLOSE}[,:|/]?\s*{_OPEN}", "letter"),
        (rf".{{0,60}}?\b(?<level>{WORDS})\b.{{0,60}}?", "word"),
        *((rf"\s*(?:\S+\s+){{{count}}}{_OPEN}", "") for count in range(1, _BEFORE + 1)),
        *((rf"\s*(?:\S+\s+){{{count}}}\S*?", "") for count in range(_BEFORE + 1)),
    ]
    tests = [
        pl.col("n").filter(pl.col("before").str.contains(cheap(f"^(?:{one})$"))).sum().alias(str(number))
        for number, (one, _) in enumerate(choices)
    ]
    total = weight_of(found)
    for choice, weight in zip(choices, found.select(tests).row(0), strict=True):
        if weight >= _MOST * total:
            return choice
    return rf".{{0,{_HEAD}}}?", ""


def header(lines: pl.DataFrame, *, levelled: bool) -> tuple[str, bool]:
    """The parts that follow the time, as one regex, and whether the level is a letter.

    lines: columns rest (what stands behind the time) and n.
    """
    total = weight_of(lines)
    lead = r"[\])}>\"',;|:]*(?:\s+(?:[-|:]+\s+)?|[-|:]\s*)?"
    rest = lines["rest"].str.replace(f"^{lead}", "")
    out, letters = lead, False
    groups = {"level"} if levelled else set()
    for _ in range(_ROUNDS):
        part = _next(rest, lines["n"], total, groups, out)
        if part is None:
            break
        name, pattern, group = part
        if group:
            groups.add(group)
            groups |= {"service"} if group == "host" else set()
        letters |= name == "letter"
        out += f"(?:{pattern})?"
        rest = rest.str.replace(cheap(f"^(?:{pattern})"), "")
    return out, letters


def _next(
    rest: pl.Series, n: pl.Series, total: int, groups: set[str], before: str
) -> tuple[str, str, str] | None:
    open_parts = []
    for name, pattern, share, group in PARTS:
        if (group == "level" and "level" in groups) or (name == "host" and "host" in groups):
            continue
        if before.count(pattern) > 2:
            continue
        # Behind level, logger and ids the program speaks: a bracket there is its own.
        if _ID_PART in before and {"level", "logger"} <= groups and name not in {"id", "separator"}:
            continue
        taken = group in groups
        open_parts.append((name, nameless(pattern) if taken else pattern, share, "" if taken else group))
    tests = []
    for number, (name, pattern, _, group) in enumerate(open_parts):
        left = pl.col("rest").str.replace(cheap(f"^(?:{nameless(pattern)})"), "")
        hit = left != pl.col("rest")
        if group != "level":  # a part that is all there is, is the message
            hit &= left != ""
        if name == "host":
            hit &= pl.col("rest").str.contains(cheap(_HOST_BEFORE))
            hit &= ~pl.col("rest").str.contains(cheap(_HOST_ID))
        tests.append(pl.col("n").filter(hit).sum().alias(str(number)))
    weights = pl.DataFrame({"rest": rest, "n": n}).select(tests).row(0)
    for (name, pattern, share, group), weight in zip(open_parts, weights, strict=True):
        if weight >= share * total:
            return name, pattern, group
    return None


def level_first(examples: pl.DataFrame) -> str | None:
    """The regex of lines that begin with a level and have no time; None where fewer than six in ten do."""
    starts = examples.filter(~pl.col("text").str.contains(r"^(?:\s|$)"))
    pattern = cheap(rf"^{_OPEN}(?<level>{WORDS}|trce|fail|fine)\b{_CLOSE}(?:[:|,]\s*|\s+[-|:]\s+|\s+)")
    weight = weight_of(starts.filter(pl.col("text").str.contains(pattern)))
    if not starts.height or weight < 0.6 * weight_of(starts):
        return None
    return pattern + r"(?<message>.*)$"
