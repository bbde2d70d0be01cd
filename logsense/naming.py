"""How plugins are called: their kinds, and the names of their distributions in whatever spelling."""

import re

KINDS = (
    "formats", "masks", "sources", "metrics", "detectors", "rankers", "reporters", "panels", "commands",
)  # fmt: skip


def canonical(name: str) -> str:
    """The name of a distribution in the one spelling that tells it from others (PEP 503)."""
    # As packaging.utils has it, whose import costs each run 50 ms; only strangers' versions need the rest.
    return re.sub(r"[-_.]+", "-", name).lower()


def is_distribution(name: str, distribution: str) -> bool:
    """Whether a name in a list of the settings is that of a distribution, in whatever spelling.

    Where it reads ``KIND.NAME`` an entry is meant: a distribution so called may not pass for it.
    """
    kind, _, rest = name.partition(".")
    if rest and kind in KINDS:
        return name == distribution
    return canonical(name) == canonical(distribution)
