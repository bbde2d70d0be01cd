"""Addresses beside paths: sources of plugins bring what lies in no file, whatever else they do."""

import importlib
import stat
from io import StringIO
from pathlib import Path

import pytest

from logsense import analyze, differ, fetch, gather
from logsense.cli.main import main
from logsense.cli.progress import Meter
from logsense.config import Settings
from logsense.errors import PathError
from logsense.host import Host
from logsense.listing import parse
from logsense.store import Scratch
from logsense.watch import Watch

PLUGIN = '''
from logsense.api import hookimpl

LINE = "2026-01-02T03:{:02}:{:02}Z INFO took {} orders\\\\n"


class Shelf:
    """Brings what stands on a shelf."""

    name = "shelf"
    schemes = ("shelf",)

    def fetch(self, scheme, address, folder):
        place = folder / "web-1" / "web"
        place.mkdir(parents=True)
        rows = [LINE.format(i // 60, i % 60, i % 7) for i in range(0, 1800, 5)]
        if address.startswith("bad"):
            text = "2026-01-02T03:29:{:02}Z ERROR no space left on device\\\\n"
            rows += [text.format(i) for i in range(30)]
        if address != "empty":
            (place / "0.log").write_text("".join(rows))
        if address == "missing":
            raise FileNotFoundError("shelfctl was not found \\\\x1b[31m")
        if address == "unknown":
            raise ValueError("there is no shelf of that name")
        if address == "defect":
            raise KeyError("oops")


class Other(Shelf):
    name = "other"


@hookimpl
def register_sources():
    return {classes}
'''


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A distribution with a source; gives a function that writes it with these classes."""

    def put(classes="[Shelf]", name="logsense-shelf"):
        site = tmp_path / "site"
        about = site / "logsense_shelf-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text("[logsense.sources]\nshelf = logsense_shelf\n")
        (site / "logsense_shelf.py").write_text(PLUGIN.replace("{classes}", classes).replace("\\\\", "\\"))
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(importlib.sys.modules, "logsense_shelf", raising=False)
        importlib.invalidate_caches()

    return put


def skipped(analysis):
    return dict(analysis.skipped.select("source", "reason").iter_rows())


def test_an_address_is_read_as_a_directory_is(shelf, tmp_path):
    """Files behind an address are named by it, their services by their folders, and proven by their lines."""
    shelf()
    (tmp_path / "app.log").write_text("2026-01-02T03:00:00Z INFO it begins\n" * 20)
    analysis = analyze(["shelf://bad/one", str(tmp_path / "app.log")])
    rows = dict(analysis.sources.select("path", "service").iter_rows())
    assert rows == {"app.log": "app", "shelf://bad/one/web-1/web/0.log": "web"}
    cause = analysis.incidents[0].causes[0]
    assert cause.service == "web"
    assert cause.evidence[0].source == "shelf://bad/one/web-1/web/0.log"
    number = analysis.sources.filter(path="shelf://bad/one/web-1/web/0.log")["source"].item()
    assert analysis.fetch(number, 361, 1) == ["2026-01-02T03:29:00Z ERROR no space left on device"]


def test_the_order_of_addresses_and_paths_changes_nothing(shelf, tmp_path):
    """Addresses are fetched once each, in order of their names, behind all files."""
    shelf()
    file = tmp_path / "app.log"
    file.write_text("2026-01-02T03:00:00Z INFO it begins\n" * 20)
    given = ["shelf://b", str(file), "shelf://a", "shelf://b"]
    with Scratch() as scratch:
        host = Host(kinds=("sources",))
        how = fetch.Fetching(Settings(), host, scratch, Watch())
        ways = [fetch.find(paths, how) for paths in (given, given[::-1])]
    first, second = ([(one.number, one.name) for one in way.sources] for way in ways)
    assert first == second
    assert [name for _, name in first] == [
        "app.log",
        "shelf://a/web-1/web/0.log",
        "shelf://b/web-1/web/0.log",
    ]


@pytest.mark.parametrize(
    "address, told",
    [("missing", r"shelfctl was not found \x1b[31m"), ("unknown", "there is no shelf of that name")],
)
def test_what_a_source_tells_is_for_whoever_asked(shelf, address, told):
    """An error a user can act on is the reason of a skip, no plugin's fault; what came before it counts."""
    shelf()
    analysis = analyze(f"shelf://{address}")
    assert skipped(analysis)[f"shelf://{address}"] in (told, told.replace(r"\x1b[31m", ""))
    assert analysis.exit_code == 4
    assert not analysis.plugins_failed
    assert analysis.sources["lines"].sum() == 360


def test_a_defect_of_a_source_is_named_as_its_plugins(shelf):
    """An error nobody meant is among the plugins that failed, and the address among what is not whole."""
    shelf()
    analysis = analyze("shelf://defect")
    (failure,) = analysis.plugins_failed
    assert (failure.plugin, failure.version, failure.hook) == ("shelf (logsense-shelf)", "1.0", "fetch")
    assert "KeyError" in failure.reason
    assert "shelf (logsense-shelf)" in skipped(analysis)["shelf://defect"]
    assert analysis.exit_code == 4


def test_nothing_behind_an_address_is_said(shelf):
    """A source that brings nothing and says nothing leaves no silence."""
    shelf()
    analysis = analyze("shelf://empty")
    assert skipped(analysis) == {"shelf://empty": "no logs were found behind it"}


def test_a_scheme_nobody_brings_is_wrong_usage(shelf, capsys):
    """Schemes that are installed are named, and the package that brings the one asked for."""
    shelf()
    assert main(["analyze", "k8s://shop"]) == 2
    said = capsys.readouterr().err
    assert "k8s://shop" in said
    assert "shelf://" in said
    assert "pip install logsense-kubernetes" in said
    with pytest.raises(PathError, match=r"\./nosuch://x"):
        analyze(["nosuch://x"])


def test_paths_that_are_missing_are_told_as_before(capsys):
    """A path that is no address is refused with the words it always was."""
    assert main(["analyze", "no-such-dir"]) == 2
    assert "Path 'no-such-dir' does not exist." in capsys.readouterr().err


def test_a_file_called_like_an_address_needs_a_dot(shelf, tmp_path, monkeypatch):
    """What lies in the working directory does not change what an address means."""
    shelf()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shelf:").mkdir()
    (tmp_path / "shelf:" / "a").write_text("2026-01-02T03:00:00Z INFO planted\n" * 9)
    assert analyze("shelf://a").sources["path"].to_list() == ["shelf://a/web-1/web/0.log"]
    assert analyze("./shelf://a").sources["path"].to_list() == ["a"]


def test_known_good_logs_and_runs_to_compare_may_be_addresses(shelf):
    """``--baseline`` and ``diff`` take addresses, and name their files once by them."""
    shelf()
    analysis = analyze("shelf://bad", baseline=["shelf://good"])
    assert analysis.incidents
    assert not analysis.skipped.height
    found = differ.difference(["shelf://good"], "shelf://bad")
    assert any("no space left" in one.text for one in found.findings)
    assert {one.source for one in found.findings} == {"shelf://bad/web-1/web/0.log"}
    told = differ.difference(["shelf://unknown"], "shelf://bad").skipped
    assert told == (("shelf://unknown", "there is no shelf of that name", True),)


def test_records_of_an_address_can_be_listed(shelf):
    """``parse`` takes addresses, too."""
    shelf()
    rows = sum(frame.height for frame in parse("shelf://good", templates=False))
    assert rows == 360


def test_two_sources_of_one_scheme_do_not_mix(shelf):
    """The first is asked, the second named with what keeps it from being asked."""
    shelf("[Shelf, Other]")
    analysis = analyze("shelf://good")
    assert [failure.hook for failure in analysis.plugins_failed] == ["schemes"]
    assert "taken by shelf" in analysis.plugins_failed[0].reason


def test_a_source_without_schemes_is_refused(shelf):
    """A source whose schemes could not be typed is named when it is loaded."""
    shelf("[type('Bad', (Shelf,), {'schemes': ('Sh elf',)})]")
    with pytest.raises(PathError, match=r"could not be loaded: .*schemes"):
        analyze("shelf://good")


def test_fetched_logs_are_for_the_users_eyes_and_go_with_the_run(shelf):
    """They lie in a folder of mode 0700 for as long as the run's scratch, no longer."""
    shelf()
    planned = gather.plan("shelf://good", Settings(), Host(kinds=("formats", "sources")))
    place = Path(planned.found.sources[0].path)
    folder = place.parents[2]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    planned.scratch.close()
    assert not folder.exists()


def test_nothing_is_asked_of_sources_without_an_address(shelf, tmp_path):
    """A run on files loads no source."""
    shelf()
    (tmp_path / "app.log").write_text("2026-01-02T03:00:00Z INFO it begins\n")
    analyze(str(tmp_path / "app.log"))
    assert "logsense_shelf" not in importlib.sys.modules


def test_whoever_watches_is_told_what_is_fetched(shelf, monkeypatch):
    """Before any file is known the address at work is told, and a person at a terminal sees it at once."""
    shelf()
    steps = []
    analyze(["shelf://b", "shelf://a"], progress=steps.append)
    assert [step.source for step in steps if step.fetching] == ["shelf://a", "shelf://b"]
    assert not any(step.fetching for step in steps[2:])
    meter = Meter(wanted=True)
    meter.stream = StringIO()
    meter.show(steps[0])
    assert "fetching shelf://a" in meter.stream.getvalue()


@pytest.mark.parametrize(
    "typed,form",
    [
        ("k8s:", "an address of k8s is written k8s://NAMESPACE or k8s://NAMESPACE/NAME, as in k8s://shop"),
        ("k8s//shop", "an address of k8s is written k8s://NAMESPACE"),
        ("K8S://shop", "an address of k8s is written k8s://NAMESPACE"),
        ("docker:web", "an address of docker is written docker://NAME, as in docker://web"),
        ("docker:/web", "an address of docker is written docker://NAME"),
        ("dokcer:web", "an address of docker is written docker://NAME"),
        ("node:/mnt", "an address of node is written node:///PATH, as in node:///"),
    ],
)
def test_what_is_not_quite_an_address_is_told_its_form(typed, form, tmp_path, monkeypatch, capfd):
    """A path that does not exist and reads like an address is refused with how that is written, by all."""
    monkeypatch.chdir(tmp_path)
    Path("app.log").write_text("2026-01-02T03:00:00Z INFO it begins\n")
    for command in (
        ["analyze", typed],
        ["diff", "app.log", typed],
        ["analyze", "app.log", "--baseline", typed],
    ):
        assert main(command) == 2
        said = capfd.readouterr().err
        assert form.casefold() in said.casefold()
        assert typed in said
    with pytest.raises(PathError, match="is written"):
        analyze(typed)


def test_a_file_that_reads_like_an_address_is_a_file(tmp_path, monkeypatch):
    """What exists is read, whatever it is called, and a path that is only missing gets no such advice."""
    monkeypatch.chdir(tmp_path)
    Path("docker:web").write_text("2026-01-02T03:00:00Z INFO it begins\n")
    assert analyze("docker:web").sources["path"].to_list() == ["docker:web"]
    for path in ("logs//web", "c:/logs", "docker/web"):
        with pytest.raises(PathError) as caught:
            analyze(path)
        assert "is written" not in str(caught.value)


@pytest.mark.parametrize("address", ["k8s://", "k8s:///", "k8s://?since=2h"])
def test_an_address_of_ours_that_names_nothing(shelf, address, capfd):
    """An address without the name that it needs is wrong usage, told with the form; others may mean all."""
    shelf(name="Logsense_Kubernetes")
    plugin = Path(importlib.sys.path[0], "logsense_shelf.py")
    plugin.write_text(plugin.read_text().replace('("shelf",)', '("shelf", "k8s")'))
    assert main(["analyze", address]) == 2
    assert f"{address} names nothing: an address of k8s is written" in capfd.readouterr().err
    assert analyze("shelf://").sources.height == 1


def test_another_packages_address_may_name_nothing(shelf):
    """What a scheme of the same name means is for the package to say that brings it."""
    shelf()
    plugin = Path(importlib.sys.path[0], "logsense_shelf.py")
    plugin.write_text(plugin.read_text().replace('("shelf",)', '("k8s",)'))
    assert analyze("k8s://").sources.height == 1


def test_an_unknown_scheme_names_the_nearest(shelf):
    """A misspelt scheme is answered with the nearest: one that is installed, or one of a package of ours."""
    shelf()
    with pytest.raises(PathError, match=r"did you mean shelf://\?$"):
        analyze("shelv://a")
    with pytest.raises(
        PathError, match=r"did you mean k8s://, which logsense-kubernetes brings\? \(an address"
    ):
        analyze("k9s://shop")
    with pytest.raises(PathError, match=r"pip install logsense-kubernetes \(an address of docker is written"):
        analyze("docker://")
