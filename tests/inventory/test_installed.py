"""What is installed is told from metadata alone, with the reasons why something is not loaded."""

import json
import os
import subprocess
import sys

import pytest

from logsense import host
from logsense.cli.announced import announced
from logsense.cli.main import main
from logsense.cli.plugins.listing import document, rows
from logsense.config import PluginSettings
from logsense.inventory import CORE, KINDS, installed


def entry(name, kind="detectors", **settings):
    found = installed(PluginSettings(**settings))
    (one,) = [one for one in found if one.name == name]
    return next(entry for entry in one.entries if entry.kind == kind)


def test_the_kinds_are_those_of_the_host():
    """The list of kinds, kept apart for its lightness, is the host's."""
    assert KINDS == host.KINDS
    assert CORE == host.BUNDLED


def test_metadata_are_told(publish):
    """Summary, home page, licence and requirement of a distribution come from its metadata."""
    publish(
        "logsense-late", {"detectors": {"late": "late"}, "formats": {"late": "late.formats"}},
        requires="logsense_AIOps<1,>=0.1; python_version >= '3'",
        more="Summary: Finds what is late\nProject-URL: Homepage, https://late.example\n"
        "License-Expression: MIT\n",
    )  # fmt: skip
    (late,) = [one for one in installed(PluginSettings()) if one.name == "logsense-late"]
    assert (late.version, late.summary, late.home) == ("1.0", "Finds what is late", "https://late.example")
    assert (late.licence, late.asks, late.met) == ("MIT", ">=0.1,<1", True)
    assert [(one.kind, one.name, one.module) for one in late.entries] == [
        ("formats", "late", "late.formats"), ("detectors", "late", "late"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "settings, why",
    [
        ({}, ""),
        ({"disabled": ("detectors.late",)}, "disabled"),
        ({"disabled": ("logsense-late",)}, "disabled"),
        ({"load": ()}, "not loaded: only the bundled ones are"),
        ({"load": ("logsense-mix",)}, "not loaded: only logsense-mix"),
        ({"load": ("late",)}, ""),
        ({"load": ("logsense-late",)}, ""),
    ],
)
def test_what_is_not_loaded_says_why(publish, settings, why):
    """Settings that leave an entry out are its reason; the bundled ones are only left out where disabled."""
    publish("logsense-late", {"detectors": {"late": "late"}})
    assert entry("logsense-late", **settings).why_not == why
    assert entry(CORE, **settings).why_not == ""


def test_a_requirement_that_is_not_met_is_a_reason(publish):
    """A plugin for another version of logsense is told as such, with both versions."""
    publish("logsense-late", {"detectors": {"late": "late"}}, requires=f"{CORE}>=7")
    assert entry("logsense-late").why_not.startswith(f"it needs {CORE}>=7, this is 0.")


def test_the_second_of_a_name_says_who_has_it(publish):
    """Of two entries of a kind and name the first distribution's is loaded, unless that one is left out."""
    for name in ("logsense-a", "logsense-b"):
        publish(name, {"detectors": {"late": "late"}})
    assert entry("logsense-a").why_not == ""
    assert entry("logsense-b").why_not == "its name is taken by logsense-a"
    assert entry("logsense-b", disabled=("logsense-a",)).why_not == ""


def test_where_it_runs(publish):
    """Third parties run in a worker unless trusted; panels, which draw here, and bundled ones do not."""
    publish("logsense-late", {"detectors": {"late": "late"}, "panels": {"late": "late"}})
    assert entry("logsense-late").worker
    assert not entry("logsense-late", trusted=("Logsense_Late",)).worker
    assert not entry("logsense-late", kind="panels").worker
    assert not entry(CORE).worker


def listed(capfd, *options):
    """The entry of logsense-late as the command lists it."""
    assert main(["plugins", "list", "--format", "json", *options]) == 0
    rows_ = json.loads(capfd.readouterr().out)["plugins"]
    return next(row for row in rows_ if row["distribution"] == "logsense-late")


def test_the_list_obeys_the_settings(publish, capfd, monkeypatch, tmp_path):
    """--no-plugins, LOGSENSE_LOAD_PLUGINS, and disable and trust of a file, decide as they do for a run."""
    publish("logsense-late", {"detectors": {"late": "late"}})
    assert (listed(capfd)["enabled"], listed(capfd)["runs"]) == (True, "worker")
    assert listed(capfd, "--no-plugins")["reason"] == "not loaded: only the bundled ones are"
    file = tmp_path / "team.toml"
    file.write_text('[plugins]\ndisable = ["detectors.late"]\ntrust = ["Logsense_Late"]\n')
    row = listed(capfd, "--config", str(file))
    assert (row["reason"], row["runs"]) == ("disabled", "here")
    monkeypatch.setenv("LOGSENSE_LOAD_PLUGINS", "logsense-mix")
    assert listed(capfd)["reason"] == "not loaded: only logsense-mix"
    monkeypatch.setenv("LOGSENSE_LOAD_PLUGINS", "logsense-mix,late")
    assert listed(capfd)["enabled"]


@pytest.mark.parametrize("name", [CORE, "Logsense.AIOps"])
def test_a_stranger_of_our_name_is_none_of_ours(publish, name):
    """A distribution that bears the core's name is told to be refused, as the host does, and is not ours."""
    publish(name, {"detectors": {"late": "late"}}, version="99", requires=None)
    (stranger,) = [one for one in installed(PluginSettings()) if one.version == "99"]
    assert not stranger.bundled
    assert stranger.entries[0].worker
    assert stranger.entries[0].why_not.startswith("its distribution bears the name of logsense itself")
    host_ = host.Host(kinds=["detectors"])
    assert "late" not in {one.found.name for one in host_.detectors()}
    assert stranger.entries[0].why_not in host_.failures[0].reason


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_fits_and_foreign_text_is_harmless(publish, width):
    """Rows keep to the width of the terminal; names and summaries that hold escapes are text."""
    summary = "Summary: \x1b[31m::error::\x9bx 漢字" + "y" * 300 + "\n"
    publish("logsense-late", {"detectors": {"l" * 40: "module." + "m" * 90}}, more=summary)
    table = list(rows(installed(PluginSettings()), width, ("detectors.rate",)))
    assert any("logsense-late" in row for row in table)
    assert all(row.isprintable() for row in table)
    from logsense.cells import cells

    assert max(map(cells, table)) <= width
    assert table[-1].endswith("detectors.rate")


def test_the_document_keeps_its_fields(publish):
    """Each entry has the fields scripts rely on, by kind; what brings it stands beside."""
    publish("logsense-late", {"detectors": {"late": "late"}}, requires=f"{CORE}>=7", version="2.5")
    told = document(installed(PluginSettings()))
    assert told["schema"] == "logsense/plugins/1"
    kinds = [row["kind"] for row in told["plugins"]]
    assert kinds == sorted(kinds, key=list(dict.fromkeys(kinds)).index)
    (late,) = [row for row in told["plugins"] if row["distribution"] == "logsense-late"]
    assert {"kind", "name", "module", "distribution", "version", "bundled"} <= set(late)
    assert (late["version"], late["enabled"], late["bundled"]) == ("2.5", False, False)
    (brought,) = [row for row in told["distributions"] if row["name"] == "logsense-late"]
    assert (brought["requires"], brought["requirement_met"]) == (">=7", False)


def test_fifty_plugins_are_listed_and_none_is_imported(publish, logsense):
    """With fifty plugins installed the list names all, imports none of them, and no Polars."""
    for number in range(50):
        name = f"stranger_{number}"
        publish(
            f"logsense-stranger-{number}", {"detectors": {f"s{number}": name}}, more="\n" + "text\n" * 200
        )
        (publish.folder / f"{name}.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    done = logsense("plugins", "list", "--format", "json", path=[publish.folder])
    assert done.code == 0, done.err
    listed = [row for row in json.loads(done.out)["plugins"] if row["module"].startswith("stranger_")]
    assert len(listed) == 50
    probe = (
        "import sys; from logsense.cli.main import main; main(['plugins', 'list']);"
        "print('loaded', *(name.partition('.')[0] for name in sys.modules))"
    )
    path = os.pathsep.join([str(publish.folder), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, env={"PYTHONPATH": path}
    )
    assert "stranger_49" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"polars", "numpy", "pluggy", "logsense_detectors"}
    assert not {name for name in loaded if name.startswith("stranger_")}


BROKEN = {
    "a list that is no UTF-8": ("entry_points.txt", b"[logsense.detectors]\nlate = late\n\n[x]\ny = \xf6\n"),
    "a list of no form": ("entry_points.txt", b"[logsense.detectors]\nlate\n"),
    "metadata that are no UTF-8": ("METADATA", b"Name: logsense-late\nVersion: 1\nAuthor: J\xf6rg\n"),
    "no name": ("METADATA", b"Metadata-Version: 2.1\nVersion: 1\n"),
    "no metadata": ("METADATA", None),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_distribution_with_broken_files_costs_nobody_else_anything(publish, what):
    """Whatever cannot be read of a distribution, others are found and loaded; what is known is told."""
    publish("logsense-late", {"detectors": {"late": "late"}, "commands": {"late": "late"}})
    publish("logsense-mix", {"detectors": {"mix": "mix"}, "commands": {"mix": "mix"}})
    name, content = BROKEN[what]
    file = next(publish.folder.glob("logsense_late*")) / name
    file.unlink() if content is None else file.write_bytes(content)
    assert entry("logsense-mix").why_not == ""
    assert list(announced(()).found) == ["mix"]
    late = [one for one in host.find("detectors") if one.name == "late"]
    assert [one.name for one in host.find("detectors") if one.distribution == "logsense-mix"] == ["mix"]
    if name == "METADATA":
        assert "the metadata of its distribution cannot be read" in late[0].refused
        assert "cannot be read" in entry("?").why_not
        with host.Host(kinds=("detectors",), plugins=PluginSettings(load=("late",))) as loaded:
            assert "late" not in {one.name for one in loaded.detectors()}
        assert loaded.failures[0].hook == "load"


def test_metadata_that_cannot_be_read_are_told_beside_a_broken_list(publish):
    """Where one's list of entries cannot be read, those whose metadata cannot be are still told of, each."""
    for name in ("late", "mix", "odd"):
        publish(f"logsense-{name}", {"detectors": {name: name}})
    for name, what in (("late", "a list that is no UTF-8"), ("mix", "metadata that are no UTF-8")):
        file, content = BROKEN[what]
        (next(publish.folder.glob(f"logsense_{name}*")) / file).write_bytes(content)
    next(publish.folder.glob("logsense_odd*/METADATA")).write_bytes(b"Name: odd\xff\n")
    unread = {one.name: one.refused for one in host.find("detectors") if one.unread}
    assert set(unread) == {"mix", "odd"}
    assert all("cannot be read" in why for why in unread.values())


def test_a_distribution_without_a_name_is_told_beside_a_broken_list(publish):
    """Where one's list of entries cannot be read, another without a name is still told of; nothing warns."""
    for name in ("late", "mix"):
        publish(f"logsense-{name}", {"detectors": {name: name}})
    for name, content in (BROKEN["a list that is no UTF-8"], BROKEN["no name"]):
        whose = "late" if name == "entry_points.txt" else "mix"
        (next(publish.folder.glob(f"logsense_{whose}*")) / name).write_bytes(content)
    (mix,) = [one for one in host.find("detectors") if one.name == "mix"]
    assert "it lacks a name" in mix.refused
    assert entry("?").name == "mix"
