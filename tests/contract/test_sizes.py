"""Budgets of size: what grows beyond them is split before it is merged. Raising one needs a reason here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FILE, FUNCTION, ROOM, PACKAGE = 400, 60, 12, 30
#: Files that stay smaller than others: each is read from top to bottom by whoever comes new.
SMALL = {"logsense/pipeline.py": 120, "logsense/api.py": 150}
COMMAND, PLUGIN = 150, 250


def sources(root: Path, *folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(p for p in (root / folder).rglob("*.py") if "__pycache__" not in p.parts)


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_too_long(root):
    """No Python file, tests included, has more than 400 lines."""
    long = {
        p.relative_to(root).as_posix(): n
        for p in sources(root, "logsense", "plugins", "tests", "docs")
        if (n := lines(p)) > FILE
    }
    assert not long


def test_no_function_is_too_long(root):
    """No function has more than 60 lines."""
    long = []
    for path in sources(root, "logsense", "plugins", "tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION:
                    long.append(f"{path.relative_to(root)}:{node.lineno} {node.name}: {length} lines")
    assert not long


def test_no_room_is_too_full(root):
    """A folder holds at most 12 Python files; the commands and a plugin package at most 30.

    Folders within a room are counted by themselves: each has a question of its own, told in its docstring.
    """
    packages = [p.parent for p in sources(root, "logsense", "plugins") if p.name == "__init__.py"]
    rooms = [p for p in packages if p != root / "logsense"]
    # A plugin with a distribution of its own lies one folder deeper.
    plugins = {p for p in rooms if root / "plugins" in (p.parent, p.parent.parent)}
    roomy = {root / "logsense" / "cli", *plugins}
    full = {}
    for room in rooms:
        count = len(list(room.glob("*.py")))
        if count > (PACKAGE if room in roomy else ROOM):
            full[room.relative_to(root).as_posix()] = count
    assert rooms
    assert not full


@pytest.mark.parametrize("name,limit", SMALL.items())
def test_what_is_read_first_stays_short(root, name, limit):
    """The pipeline fits on a screen or two, and so does all a plugin author needs to know."""
    assert lines(root / name) <= limit


def test_commands_are_thin(root):
    """A command is options in, one call, one report out: at most 150 lines a file."""
    assert not {p.name: n for p in sources(root, "logsense/cli") if (n := lines(p)) > COMMAND}


def test_plugins_are_small(root):
    """A bundled plugin has at most 250 lines."""
    assert not {p.name: n for p in sources(root, "plugins") if (n := lines(p)) > PLUGIN}
