"""The table of all actions in docs/keys.md is that of keys.py."""

import os

from textual.keys import format_key

from logsense.tui import keys

BEGIN = "<!-- actions: tests/tui/test_keys_document.py writes and compares -->"
END = "<!-- end of actions -->"
#: What the groups are called.
HEADS = {
    "everywhere": "Everywhere", "listing": "In every list", "prompt": "Where something is typed",
    "modal": "In a window above a page", "verdicts": "Where findings are judged", "inbox": "Inbox",
    "incident": "An incident", "lines": "Lines", "templates": "Templates", "template": "A template",
    "compare": "A comparison",
}  # fmt: skip


def table() -> str:
    """The tables of all groups, as they stand in the document."""
    out = [BEGIN]
    for group, bindings in keys.groups().items():
        if bindings:
            out += [
                f"\n### {HEADS.get(group, group.capitalize())}\n",
                "| id | keys | what it does |",
                "| --- | --- | --- |",
            ]
        for binding in bindings:
            names = " ".join(_name(key) for key in binding.key.split(","))
            out.append(f"| `{binding.id}` | {names} | {binding.tooltip} |")
    return "\n".join([*out, "", END])


def _name(key: str) -> str:
    *held, last = key.split("+")
    return "`" + "+".join([*held, format_key(last)]).replace("|", "\\|") + "`"


def test_the_table_of_actions_is_true(root):
    """Each action stands there with its id, its keys and what it does (renewed by make snapshots)."""
    path = root / "docs" / "keys.md"
    text = path.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN), text.index(END) + len(END)
    if os.environ.get("LOGSENSE_RENEW_SNAPSHOTS"):
        text = text[:begin] + table() + text[end:]
        path.write_text(text, encoding="utf-8")
        begin, end = text.index(BEGIN), text.index(END) + len(END)
    assert text[begin:end] == table()
