"""Documents that cannot lie: their Python runs, the commands and options they name exist."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(*languages: str) -> Iterator[tuple[Path, int, str]]:
    """The fenced blocks in these languages, with their document and the line they begin at."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if found[1] in languages:
                yield document, text[: found.start()].count("\n") + 2, found[2]


def named(*languages: str) -> list:
    return [pytest.param(code, id=f"{path.name}:{line}") for path, line, code in blocks(*languages)]


def commands() -> list:
    """Each line of a shell block that calls logsense, less what it is piped into."""
    out = []
    for path, line, text in blocks("sh", "console"):
        for number, row in enumerate(text.splitlines(), line):
            found = re.search(r"(?:^|\| |\$ )(logsense [^|#>]*)", row)
            if found:
                out.append(pytest.param(found[1].strip(), id=f"{path.name}:{number}"))
    return out


@pytest.mark.parametrize("code", named("python"))
def test_python_examples_run(code, monkeypatch):
    """Every Python example runs as it stands, from the root of a checkout."""
    monkeypatch.chdir(ROOT)
    tree = ast.parse(code)
    assert tree.body
    exec(compile(tree, "example", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("code", named("toml"))
def test_toml_examples_parse(code):
    """Every TOML example is TOML."""
    assert tomllib.loads(code)


@pytest.mark.parametrize("line", commands())
def test_commands_and_options_exist(line):
    """Every command the documents name exists, and takes the options they show."""
    from logsense.cli.main import logsense as cli

    words = shlex.split(line)[1:]
    context = click.Context(cli, info_name="logsense")
    group: click.Command = cli
    while words and isinstance(group, click.Group) and not words[0].startswith("-"):
        found = group.get_command(context, words.pop(0))
        assert found is not None, f"there is no such command: {line}"
        group = found
    known = {
        name for parameter in group.get_params(context) for name in parameter.opts + parameter.secondary_opts
    }
    for word in words:
        if word.startswith("-") and word != "-" and not re.fullmatch(r"-\d+[a-z]+", word):
            assert word.partition("=")[0] in known, f"{line}: no option {word}"


def test_documents_are_linked():
    """Every link to a file of the repository leads to one."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_picture_in_the_readme_is_real():
    """The output shown in the README is what the command prints today, times of work aside."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "picture.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_changelog_knows_the_version():
    """What is released is in the changelog: the version of the package, or changes not yet released."""
    from logsense import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text or "## [Unreleased]" in text


def test_make_targets_exist():
    """Every `make` target the documents name is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(), re.MULTILINE)
    }
    assert said
    assert said <= targets


def test_the_plan_of_the_house_names_every_room():
    """Each room and module of the package, and each bundled plugin's kind, stands in the architecture."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tops = [p for p in (ROOT / "logsense").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()]
    names = {f"`{p.name}`" if p.suffix else f"`{p.name}/`" for p in tops if not p.name.startswith("__")}
    assert len(names) > 15
    assert not {name for name in names if name not in text}
