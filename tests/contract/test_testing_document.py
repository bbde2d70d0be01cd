"""The table of checks in docs/testing.md is made of their docstrings."""

import os
import re

from logsense.testing import KINDS, classes, table_of

BOUNDS = re.compile(r"(<!-- checks: begin[^>]*-->\n)(.*?)(<!-- checks: end -->)", re.DOTALL)


def checks_table() -> str:
    """A row a promise: name, kinds, promise; ° marks those that start an interpreter."""
    rows: dict[tuple[str, str], list[str]] = {}
    alone = {run.__name__ for run in classes.ALONE}
    for kind in KINDS:
        for check in table_of(kind).values():
            rows.setdefault((check.name, check.promise), []).append(kind)
    lines = ["| check | of | what it holds |", "| --- | --- | --- |"]
    for (name, promise), kinds in rows.items():
        mark = "°" if name in alone else ""
        said = promise.replace("|", "\\|").replace("<", "`<").replace(">", ">`")
        lines.append(f"| `{name}`{mark} | {', '.join(kinds)} | {said} |")
    return "\n".join(lines) + "\n"


def test_the_document_shows_the_checks_there_are(root):
    """The table is what the docstrings of the checks say today."""
    page = root / "docs" / "testing.md"
    text = page.read_text(encoding="utf-8")
    found = BOUNDS.search(text)
    assert found
    if os.environ.get("LOGSENSE_RENEW_SNAPSHOTS"):
        page.write_text(text[: found.start(2)] + checks_table() + text[found.end(2) :], encoding="utf-8")
        return
    assert found[2] == checks_table()
