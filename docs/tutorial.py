"""Puts files of plugins/logsense-example into docs/write-a-plugin.md, which shows them; --check compares.

    python docs/tutorial.py [--check]

A block is a file where the line before it is ``<!-- file: PATH -->``; ``PATH:NAME`` is a function or class.
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "write-a-plugin.md"
BLOCK = re.compile(r"(<!-- file: (\S+?)(?::(\w+))? -->\n```(\w+)\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)


def piece(path: str, name: str | None) -> str:
    """The text of a file, or of one function or class in it."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if name is None:
        return text
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno]) + "\n"
    sys.exit(f"{path} has no {name}")


def renewed(text: str) -> str:
    """The page with the files as they are."""
    return BLOCK.sub(lambda found: found[1] + piece(found[2], found[3]) + found[6], text)


def main() -> int:
    """Write or compare; status 1 where they differ."""
    old = PAGE.read_text(encoding="utf-8")
    fresh = renewed(old)
    if "--check" not in sys.argv:
        PAGE.write_text(fresh, encoding="utf-8")
        return 0
    if fresh != old:
        print(f"{PAGE.relative_to(ROOT)} shows files that have changed: make reference")
    return int(fresh != old)


if __name__ == "__main__":
    sys.exit(main())
