"""What plugins may rely on, read from the source: names, signatures, fields, meanings of columns.

Used by reference.py, which writes docs/api.md, and by the test that holds the API of a version. Annotations
and defaults are taken as they are written, so that no version of Python or Polars words them otherwise.
"""

import ast
import inspect
import io
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType

import pluggy

from logsense import schema


@dataclass(frozen=True)
class Member:
    """A field, property, method or hook of a class: how it is declared, and what its docstring says."""

    name: str
    line: str
    doc: str = ""


@dataclass(frozen=True)
class Name:
    """A public name. kind: class, function, frame, constant or marker; line: how it is declared."""

    name: str
    kind: str
    line: str
    doc: str
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Column:
    """Columns of a frame that are declared, and told of, together. null: those that may be null."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    null: tuple[str, ...]
    meaning: str


def names(module: ModuleType) -> list[Name]:
    """The public names of a module, in the order of ``__all__``."""
    return [declared(name, getattr(module, name)) for name in module.__all__]


def declared(name: str, thing: object) -> Name:
    """How a public thing is declared, with its members."""
    if isinstance(thing, schema.Frame):
        columns = tuple(
            Member(column, f"{column}: {dtype}{_null(thing, column)}")
            for column, dtype in thing.columns.items()
        )
        return Name(name, "frame", name, "", columns)
    if isinstance(thing, pluggy.HookspecMarker | pluggy.HookimplMarker):
        return Name(name, "marker", f"{name} = {type(thing).__name__}({thing.project_name!r})", "")
    node = _node(thing) if inspect.isclass(thing) or inspect.isfunction(thing) else None
    if isinstance(node, ast.ClassDef):
        bases = [ast.unparse(base) for base in node.bases]
        marks = "".join(f"@{ast.unparse(mark)} " for mark in node.decorator_list)
        line = f"{marks}class {name}" + (f"({', '.join(bases)})" if bases else "")
        return Name(name, "class", line, _doc(node), tuple(_members(node)))
    if isinstance(node, ast.FunctionDef):
        return Name(name, "function", _signature(node), _doc(node))
    return Name(name, "constant", f"{name} = {thing!r}", "")


def _null(frame: schema.Frame, column: str) -> str:
    said = ", may be null" if column in frame.nullable else ""
    return said + (", may be left out" if column in frame.optional else "")


def _node(thing: type | FunctionType) -> ast.stmt:
    return ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]


def _doc(node: ast.ClassDef | ast.FunctionDef) -> str:
    return inspect.cleandoc(ast.get_docstring(node) or "")


def _members(node: ast.ClassDef) -> Iterator[Member]:
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            if not one.target.id.startswith("_"):
                yield Member(one.target.id, ast.unparse(one))
        elif isinstance(one, ast.FunctionDef) and (one.name == "__init__" or one.name[0] != "_"):
            marks = "".join(f"@{ast.unparse(mark)} " for mark in one.decorator_list)
            yield Member(one.name, marks + _signature(one), _doc(one))


def _signature(node: ast.FunctionDef) -> str:
    gives = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){gives}"


def meanings() -> dict[str, tuple[str, list[Column]]]:
    """For each frame of schema.py what a row is, and its columns; told by the comments beside them."""
    source = inspect.getsource(schema)
    comments = {
        token.start[0]: token.string.lstrip("#: ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    rows = source.splitlines()
    out = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        frame = getattr(schema, node.targets[0].id)
        if isinstance(frame, schema.Frame):
            call = next(
                c
                for c in ast.walk(node)
                if isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id == "_frame"
            )
            row = _above(rows, comments, node.lineno)
            out[node.targets[0].id] = (row, list(_columns(frame, call, rows, comments)))
    return out


def _above(rows: list[str], comments: dict[int, str], line: int) -> str:
    """The comments on lines of their own right above a line, joined; headings of sections apart."""
    said: list[str] = []
    while rows[line - 2].lstrip().startswith("#") and not comments[line - 1].startswith("-- "):
        line -= 1
        said.insert(0, comments[line])
    return " ".join(said)


def _columns(
    frame: schema.Frame, call: ast.Call, rows: list[str], comments: dict[int, str]
) -> Iterator[Column]:
    for line in sorted({word.value.lineno for word in call.keywords}):
        above = _above(rows, comments, line) if line != call.lineno else ""
        beside = comments.get(line, "")
        meaning = " ".join(part for part in (above, beside) if part)
        words = [word for word in call.keywords if word.value.lineno == line]
        named = tuple(word.arg for word in words if word.arg is not None)
        if named:
            types = tuple(_type(frame.columns[name]) for name in named)
            yield Column(named, types, tuple(name for name in named if name in frame.nullable), meaning)
        for word in words:
            if word.arg is None:  # **OTHER.columns
                whole = ast.unparse(word.value).removesuffix(".columns")
                yield Column((f"all of {whole}",), ("",), (), meaning)


def _type(dtype: object) -> str:
    if dtype == schema.Level:
        return "Enum of LEVELS"
    if dtype == schema.TIME:
        return "Datetime(µs)"
    return str(dtype).replace("'", "")
