"""What people said of findings is kept as text, and honoured."""

import json
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from logsense import pipeline, report, verdicts
from logsense.errors import ConfigError, OutputError


@pytest.fixture(scope="module")
def analysis(request):
    samples = request.config.rootpath / "sample_logs" / "stock-pages" / "logs"
    return pipeline.analyze(str(samples), threads=1)


def said(analysis, says, **more):
    return verdicts.of(analysis.incidents[0], says, analysis.view.templates, **more)


def test_noise_is_muted_and_counted(analysis):
    """An incident that is noise is none any more, counts for no exit status, and is named."""
    judged = verdicts.judged(analysis, [said(analysis, "noise", note="known")])
    assert len(judged.incidents) == len(analysis.incidents) - 1
    assert judged.muted[0].incident.id == analysis.incidents[0].id
    if not judged.incidents:
        assert judged.exit_code == 0
    muted = report.document(judged)["run"]["muted"]
    assert muted == [
        {
            "incident": analysis.incidents[0].id,
            "summary": analysis.incidents[0].summary,
            "says": "noise",
            "until": None,
            "note": "known",
        }
    ]


def test_a_verdict_taken_back_leaves_no_trace(analysis):
    """Without verdicts the analysis is what it was, in the same order."""
    many = replace(
        analysis, incidents=(replace(analysis.incidents[0], id="other", causes=()), *analysis.incidents)
    )
    judged = verdicts.judged(many, [said(analysis, "noise")])
    assert verdicts.judged(judged, []).incidents == many.incidents
    assert not verdicts.judged(judged, []).muted


def test_what_is_expected_is_muted_until_the_end_of_a_day(analysis):
    """On the day itself it is muted still, on the day after it is not."""
    day = analysis.incidents[0].start.date()
    until = said(analysis, "expected", until=day)
    assert verdicts.judged(analysis, [until]).muted
    assert not verdicts.judged(analysis, [replace(until, until=day - timedelta(days=1))]).muted


def test_what_is_real_is_marked(analysis):
    """A real incident stays where it is."""
    judged = verdicts.judged(analysis, [said(analysis, "real")])
    assert judged.incidents[0].verdict == "real"
    assert not judged.muted


def test_the_newest_verdict_on_a_cause_holds(analysis):
    """Who changes their mind is believed."""
    old = replace(said(analysis, "noise"), said=datetime(2026, 1, 1))
    new = replace(said(analysis, "real"), said=datetime(2026, 1, 2))
    for order in ([old, new], [new, old]):
        assert not verdicts.judged(analysis, order).muted


def test_another_cause_is_another_matter(analysis):
    """A verdict on another service, kind or template mutes nothing; one shared shape is enough."""
    noise = said(analysis, "noise")
    assert noise.shapes
    for other in (
        replace(noise, service="elsewhere"),
        replace(noise, kind="gap"),
        replace(noise, shapes=("something else",)),
    ):
        assert not verdicts.judged(analysis, [other]).muted
    assert verdicts.judged(analysis, [replace(noise, shapes=("something else", noise.shapes[0]))]).muted


def test_a_file_keeps_what_is_written(analysis, tmp_path):
    """Verdicts come back as they were said; remarks of the user stay; one on the same cause replaces."""
    path = tmp_path / "verdicts.toml"
    first = said(analysis, "expected", until=date(2026, 12, 31), note='a "note" [x]')
    verdicts.add(path, first)
    assert verdicts.read(path)[0] == (first,)
    path.write_text("# mine\n" + path.read_text().replace("\n[[verdict]]", "\n# about it\n[[verdict]]"))
    other = replace(first, service="elsewhere", says="noise", until=None)
    verdicts.add(path, other)
    verdicts.add(path, replace(first, says="real", until=None))
    text = path.read_text()
    assert text.startswith("# mine\n")
    assert [one.says for one in verdicts.read(path)[0]] == ["noise", "real"]
    verdicts.remove(path, other)
    assert [one.says for one in verdicts.read(path)[0]] == ["real"]
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_a_shared_file_stays_what_it_is(analysis, tmp_path):
    """A link stays a link, and who may read the file still may."""
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("# ours\n")
    real.chmod(0o644)
    link.symlink_to(real)
    verdicts.add(link, said(analysis, "noise"))
    assert link.is_symlink()
    assert real.read_text().startswith("# ours")
    assert oct(real.stat().st_mode & 0o777) == "0o644"


def test_two_who_write_lose_nothing(analysis, tmp_path):
    """Verdicts said at the same time are all kept."""
    path = tmp_path / "verdicts.toml"
    one = said(analysis, "noise")
    threads = [
        threading.Thread(target=verdicts.add, args=(path, replace(one, service=f"service-{n}")))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {v.service for v in verdicts.read(path)[0]} == {f"service-{n}" for n in range(8)}


GOOD = '[[verdict]]\nsays = "noise"\nkind = "new"\nservice = "web"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[verdict]]\nsays = ?\n", "no TOML.*line 2"),
        ("verdict = 3", "must be tables"),
        (
            GOOD.replace("noise", "loud"),
            "verdict 1: says is 'loud'; it must be one of: real, noise, expected",
        ),
        (GOOD.replace("new", "odd"), "verdict 1: kind is 'odd'"),
        (GOOD.replace('"web"', "7"), "verdict 1: service is 7"),
        (GOOD.replace("noise", "expected"), "not until when"),
        (GOOD + 'until = "soon"', "until is 'soon'; it must be a date"),
        (GOOD + "shapes = [1]", "shapes is"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path, text, why):
    """The file, the table and the key, and what is expected."""
    path = tmp_path / "verdicts.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=rf"(?s)verdicts\.toml.*{why}"):
        verdicts.read(path)


def test_what_means_nothing_is_named_and_the_rest_is_used(tmp_path, analysis):
    """An unknown key is a note, no error; a file that is not there yet is one, too."""
    path = tmp_path / "verdicts.toml"
    path.write_text("owner = 'me'\n" + GOOD + "colour = 'red'\n")
    found, odd = verdicts.read(path)
    assert found[0].service == "web"
    assert "'owner'" in odd[0]
    assert "'colour'" in odd[1]
    assert "nothing is muted" in verdicts.applied(analysis, str(tmp_path / "none.toml")).notes[-1]


def test_a_folder_that_is_gone_is_an_error_with_a_reason(tmp_path, analysis):
    """What cannot be written says why."""
    with pytest.raises(OutputError, match=r"could not be written"):
        verdicts.add(tmp_path / "gone" / "verdicts.toml", said(analysis, "noise"))


def test_the_command_honours_the_file(analysis, tmp_path, samples, capfd):
    """``analyze --verdicts`` mutes, says so, and exits as if nothing was found."""
    from logsense.cli.main import main

    path = tmp_path / "verdicts.toml"
    for incident in analysis.incidents:
        verdicts.add(path, verdicts.of(incident, "noise", analysis.view.templates))
    logs = str(samples / "stock-pages" / "logs")
    assert main(["analyze", logs, "--verdicts", str(path), "--format", "json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert len(document["run"]["muted"]) == len(analysis.incidents)
    assert main(["analyze", logs, "--verdicts", str(path)]) == 0
    assert "MUTED" in capfd.readouterr().out
