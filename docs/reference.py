"""Writes docs/api.md from the code; --check compares it.

    python docs/reference.py [--check]

Signatures, fields, frames and docstrings come from logsense/api.py and what it takes in; the examples are the
files of docs/examples, a kind each. What is said once of a kind (what follows from an exception) stands here.
"""

import difflib
import sys
from pathlib import Path
from typing import NamedTuple

import surface

from logsense import api
from logsense.schema import View

DOCS = Path(__file__).parent
PAGE = DOCS / "api.md"
SINCE = "1.0"


class Kind(NamedTuple):
    """What is said of a kind of plugins. once: a call once per what; wrong: what an exception does."""

    once: str
    wrong: str


KINDS = {
    "formats": Kind(
        "run; a file that is no valid format is named and left out",
        "the run goes on without these formats",
    ),
    "detectors": Kind(
        "run of `analyze`; the class is made once, `fit` and `detect` are called once each",
        "what this detector would have found is missing, all other findings stand",
    ),
    "rankers": Kind(
        "run of `analyze`; the class is made once, `score` is called once an incident",
        "this ranker's evidence is missing, all other evidence stands",
    ),
    "reporters": Kind(
        "report that is asked for by its name (`--format NAME`)",
        "nothing is printed, and the command ends with the name of the plugin and status 70",
    ),
    "panels": Kind(
        "opening of the page of panels; the class is made and `widget` called once an Analysis",
        "it is told in the panel's place; the rest of the screens goes on",
    ),
    "sources": Kind(
        "run that is given an address of one of the class's schemes; `fetch` once an address",
        "its text is shown with the address: raise what the user can act on",
    ),
    "metrics": Kind(
        "run of `analyze`; `claims` once a file, `series` once a file that is claimed",
        "the file counts as not read, with the reason; the rest of the run goes on",
    ),
    "masks": Kind(
        "run; a file that is no valid set of masks is named and left out",
        "the run goes on without these masks",
    ),
    "commands": Kind(
        "call of the command; its entry point is its name, so that it is listed without being imported",
        "the command fails by itself; no other command is concerned",
    ),
}

HEAD = f"""\
<!-- Made by docs/reference.py from the code (make reference). Changes here are lost. -->
# The API of plugins

Version {api.API_VERSION}. All that a plugin imports of logsense comes from `logsense.api`, and its tests from
`logsense.testing`; nothing else is promised ([stability](stability.md)). How a plugin is written, step by
step: [write a plugin](write-a-plugin.md). What it can do to you: [plugin security](plugin-security.md).

A plugin is a module that an entry point of the group `logsense.KIND` names, with a function `register_KIND`
marked by `@hookimpl` that returns a list. Frames that a plugin is given are shared: none is ever changed in
place. Frames that it gives are checked; the error names plugin, frame, column and row. Whatever a plugin
raises, its name, version, the hook and the reason stand in every report (`plugins_failed`), and nobody else's
result is another for it.
"""

FRAMES = """\
Times are naive UTC in microseconds; what is not known is null. A frame's form is an object of that name with
three methods: `ANOMALIES.empty()` is a frame without rows, `ANOMALIES.of(rows)` makes one of plain dicts
(columns that a row leaves out are null), `ANOMALIES.check(frame, "my plugin")` gives its columns in order, or
raises an error that names plugin, column and row. `logsense.api` has those that plugins make or compare
with: `ANOMALIES`, `COUNTS`, `SERIES`.
"""


def page() -> str:
    """The whole document."""
    known = {name.name: name for name in surface.names(api)}
    hooks = known.pop("Hooks")
    parts = [HEAD, "## Kinds\n", *(_kind(hook, known) for hook in hooks.members)]
    parts += ["## What a plugin is given, and gives\n", FRAMES, _view(known.pop("View"))]
    frames = surface.meanings()
    wanted = [name for name in _fields() if name in frames] + ["ANOMALIES"]
    parts += [_frame(name, *frames[name]) for name in wanted]
    parts += ["## Values, functions and classes\n"]
    rest = [one for one in known.values() if one.kind != "frame" and one.name not in PROTOCOLS.values()]
    order = ("constant", "marker", "function", "class")
    parts += [_other(one) for one in sorted(rest, key=lambda one: order.index(one.kind))]
    return "\n".join(parts).rstrip() + "\n"


PROTOCOLS = {
    "detectors": "Detector", "rankers": "Ranker", "reporters": "Reporter", "panels": "Panel",
    "sources": "Source", "metrics": "Metrics",
}  # fmt: skip


def _kind(hook: surface.Member, known: dict[str, surface.Name]) -> str:
    kind = hook.name.removeprefix("register_")
    told = KINDS[kind]
    line = hook.line.removeprefix("@hookspec ").replace("(self)", "()")
    out = [
        f"### {kind}\n",
        f"{_prose(hook.doc)}\n",
        f"- **Hook** `{line}`, entry points `logsense.{kind}`.",
        f"- **Once per** {told.once}.",
        f"- **An exception**: {told.wrong}.",
        f"- **Since** {SINCE}.\n",
    ]
    protocol = known.get(PROTOCOLS.get(kind, ""))
    if protocol is not None:
        out += [f"#### {protocol.name}\n", f"{_prose(protocol.doc)}\n", _members(protocol), ""]
    code = (DOCS / "examples" / f"{kind}.py").read_text(encoding="utf-8")
    return "\n".join([*out, f"```python\n{code}```\n"])


def _members(name: surface.Name) -> str:
    docs = (" ".join(_prose(one.doc).split()) for one in name.members)
    return "\n".join(
        f"- `{one.line}`" + (f": {doc}" if doc else "") for one, doc in zip(name.members, docs, strict=True)
    )


def _prose(doc: str) -> str:
    """A docstring as Markdown: code between single marks, and nothing taken for a tag."""
    return doc.replace("``", "`").replace("<", "\\<")


def _fields() -> list[str]:
    return [name.upper() for name in View.__dataclass_fields__]


def _view(view: surface.Name) -> str:
    return "\n".join(["### View\n", f"{_prose(view.doc)}\n", _members(view), ""])


def _frame(name: str, row: str, columns: list[surface.Column]) -> str:
    field = name.lower() if name in _fields() else ""
    where = f"`view.{field}`. " if field else "What `detect` returns. "
    out = [f"### {name}\n", f"{where}{_cell(row)}{'' if row.endswith('.') else '.'}\n"]
    out += ["| column | type | may be null | meaning |", "| --- | --- | --- | --- |"]
    for one in columns:
        named = ", ".join(f"`{column}`" if " " not in column else column for column in one.names)
        types = one.types[:1] if len(set(one.types)) == 1 else one.types
        null = "" if not one.null else ("yes" if one.null == one.names else ", ".join(one.null))
        out.append(f"| {named} | {', '.join(types)} | {null} | {_cell(one.meaning)} |")
    return "\n".join([*out, ""])


def _cell(text: str) -> str:
    """Text as a cell of a table; what looks like a tag to Markdown is shown as it is."""
    return text.replace("|", "\\|").replace("<", "\\<")


def _other(name: surface.Name) -> str:
    if name.kind in ("constant", "marker"):
        return f"### {name.name}\n\n`{name.line}`\n"
    if name.kind == "function":
        return f"### {name.name}\n\n`{name.line}`\n\n{_prose(name.doc)}\n"
    return "\n".join([f"### {name.name}\n", f"{_prose(name.doc)}\n", _members(name), ""])


def main() -> int:
    """Write or compare; status 1 where they differ."""
    fresh = page()
    if "--check" not in sys.argv:
        PAGE.write_text(fresh, encoding="utf-8")
        return 0
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    changes = list(
        difflib.unified_diff(old.splitlines(), fresh.splitlines(), "docs/api.md", "the code", lineterm="")
    )
    print("\n".join(changes[:60]))
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
