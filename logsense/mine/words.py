"""What a word is: a sign, a plain word, one that looks variable, or one that states a cause."""

import re
from functools import lru_cache

from logsense.mine.marks import ANY

_KINDS_OF_CAUSE = (
    r"E[A-Z]{3,}[A-Z0-9]*|SIG[A-Z0-9]{2,}|(?:ORA|TNS|PLS|RMAN)-[0-9]+|E[0-9]{4,5}|[1-5]xx"
    r"|[A-Za-z0-9_.$]*(?:Exception|Error|Failure|Fault|Timeout|Interrupt)s?"
    r"|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE|ALERT|EMERG"
    r"|(?i:not|never|without|un(?:able|available|reachable|healthy|known|expected|authorized|recoverable|ready)"
    r"|in(?:valid|accessible|sufficient|complete|terrupted)|fail[a-z]*|err(?:or|ors)?|exception[a-z]*|fatal|panic[a-z]*"
    r"|abort[a-z]*|crash[a-z]*|kill[a-z]*|terminat[a-z]*|refus[a-z]*|reject[a-z]*|den(?:y|ied)|forbidden|time(?:d|out|outs)"
    r"|expir[a-z]*|corrupt[a-z]*|lost|missing|dead(?:lock[a-z]*)?|oom|exhaust[a-z]*|exceed[a-z]*|overflow[a-z]*|overload[a-z]*"
    r"|full|broken|bad|reset|disconnect[a-z]*|evict[a-z]*|throttl[a-z]*|degraded|down|offline|stale|lagging|stuck|hung"
    r"|stop(?:ped|ping|s)?|start(?:ed|ing|s)?|slow|leak[a-z]*|mismatch[a-z]*|violat[a-z]*|conflict[a-z]*|duplicate[a-z]*"
    r"|malformed|truncated|retry(?:ing)?)"
)
#: A shape that states a cause, in both regex dialects.
CAUSES = f"(?:^| )(?:{_KINDS_OF_CAUSE})(?: |$)"
#: Words that tell what went wrong, and numbers that were kept: the merge leaves them.
CAUSE = f"{_KINDS_OF_CAUSE}|TRACE|DEBUG|INFO|NOTICE|no"
_CAUSE = re.compile(f"^(?:[0-9]{{1,5}}|{CAUSE})$")
_LETTER = re.compile(r"[^\W\d_]")
_INNER = re.compile(r"[._/\-0-9\\$~" + ANY + r"]|[a-z][A-Z]")

#: eth0, ssh2, IPV6: words that are numbered, few of a kind.
_NUMBERED = re.compile(r"^[A-Za-z]{2,}[0-9]$")

#: Words behind which a name or a thing stands.
ANNOUNCES = frozenset(
    {
        "user", "users", "username", "host", "hostname", "from", "file", "filename", "name", "named",
        "device", "node", "server", "client", "domain", "path", "dir", "directory", "package", "module",
        "class", "container", "image", "volume", "queue", "topic", "table", "database", "db", "bucket",
        "key", "session", "job", "task", "worker", "thread", "process", "service", "account", "group",
        "pod", "namespace", "by", "for",
    }
)  # fmt: skip
#: Names whose values are few and mean something.
TELLS = frozenset(
    {
        "status", "state", "level", "severity", "reason", "error", "err", "result", "event", "action",
        "op", "operation", "method", "type", "kind", "code", "outcome", "phase", "health", "mode", "cause",
        "exception",
    }
)  # fmt: skip


@lru_cache(maxsize=65536)
def is_word(token: str) -> bool:
    """Whether it holds a letter, or is a number that was kept: what is neither sign nor placeholder."""
    return token != ANY and (ANY in token or bool(_LETTER.search(token)) or token.isdecimal())


@lru_cache(maxsize=65536)
def states_cause(token: str) -> bool:
    """Whether it tells what went wrong (an error's name, a status, *failed*, *refused*)."""
    return bool(_CAUSE.search(token))


@lru_cache(maxsize=65536)
def looks_variable(token: str) -> bool:
    """Whether it has the look of a name made by a program: a dot, slash, digit or inner capital."""
    return bool(_INNER.search(token)) and not _NUMBERED.search(token)
