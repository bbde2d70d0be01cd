"""The README's table: technique, detector, example. ``python -m logsense_security.table`` prints it."""

from logsense_security.deeds import ACTS
from logsense_security.knowledge import families, techniques

#: What detectors tell that have no words of their own: technique, detector, example.
COUNTED = (
    ("T1110.001", "guessing", "40 failed log-ins for alice from 198.51.100.7, then a success"),
    ("T1110.003", "guessing", "40 failed log-ins for several names from 198.51.100.7, then a success"),
    ("T1110", "stuffing", "240 failed log-ins from 200 addresses in 10 min, 1.2 each (no names are logged)"),
    ("T1110.001", "stuffing", "240 failed log-ins for alice from 200 addresses in 10 min, 1.2 each"),
    ("T1110.003", "stuffing", "240 failed log-ins for 12 names from 200 addresses in 10 min, 1.2 each"),
    ("T1110.004", "stuffing", "240 failed log-ins for 190 names from 200 addresses in 10 min, 1.2 each"),
    ("T1078", "stuffing", "9 of 200 addresses get in after 240 failures, first 198.51.100.7 as alice"),
    ("T1078", "guessing", "198.51.100.7 gets a success as alice after 40 failed log-ins"),
    ("T1595.003", "guessing", "28 refused probes (/.env, /backup.zip) from 198.51.100.9, then an answer"),
    ("T1048", "outflow", "'bytes_sent' sums to 500,000,000 in 60 s, 1,000,000 at most in the quiet time"),
)
#: Longest example, in characters.
LONGEST = 100


def table() -> str:
    """The table in Markdown, by technique."""
    rows = [*COUNTED]
    rows += [(one.technique.id, "telltale", one.samples[0]) for one in families("telling")]
    rows += [(one.technique.id, "surges", f"{one.what}: {one.samples[0]}") for one in families("surge")]
    rows += [(deed.technique, "deeds", f"{deed.words} an actor, never before") for deed in ACTS]
    lines = ["| technique | detector | example |", "| --- | --- | --- |"]
    for id_, detector, example in sorted(rows):
        short = example if len(example) <= LONGEST else example[: LONGEST - 1] + "…"
        cell = short.replace("|", "\\|").replace("`", "'")
        lines.append(f"| {id_} {techniques()[id_].name} | {detector} | `{cell}` |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 - it is what the module is run for
