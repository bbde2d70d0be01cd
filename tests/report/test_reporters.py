"""The reports a person or a script reads."""

# ruff: noqa: E501 - rows of data read better long than broken

import json
import re
from dataclasses import replace

import polars as pl
import pytest
from logsense_reporters import Json, Markdown, Ndjson, Terminal, register_reporters

from logsense import report
from logsense.analysis import NotJudged, PluginFailure, Term
from logsense.report import cells
from logsense.schema import COUNTS

ANSI = re.compile(r"\x1b\[[0-9;]*m")
EVIL = "\x1b]0;title\x07\x1b[2J [/foo] [link=file:///etc/passwd]\u202e\x9b31m ::error file=x::boom\n##[error]x `a` <b>|"


def terminal(analysis, width=80, *, color=False, verbose=0):
    return "".join(report.write(Terminal, analysis, width=width, color=color, verbose=verbose))


def hostile(analysis):
    """The same analysis with every foreign text replaced by one that wants to be obeyed."""
    first = analysis.incidents[0]
    evidence = tuple(replace(line, text=EVIL, source="a\x1b[2J.log") for line in first.causes[0].evidence)
    cause = replace(first.causes[0], template=EVIL, summary=EVIL, service=EVIL, evidence=evidence, kind="new")
    symptom = replace(first.symptoms[0], template=EVIL, service=EVIL)
    incident = replace(
        first, summary=EVIL, services=(EVIL,), causes=(cause,), symptoms=(symptom,), why_severity=EVIL
    )
    cause = replace(cause, terms=(Term(EVIL, 1.0, 0.5, EVIL),))
    incident = replace(incident, causes=(cause,), terms=cause.terms)
    change = replace(analysis.changes[0], service=EVIL, kind=EVIL, evidence=evidence[0])
    failure = replace(analysis.plugins_failed[0], plugin=EVIL, reason=EVIL)
    return replace(
        analysis,
        incidents=(incident,),
        changes=(change,),
        plugins_failed=(failure,),
        notes=(EVIL,),
        stopped=EVIL,
    )


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("which", ["analysis", "quiet", "empty", "hostile"])
@pytest.mark.parametrize("color", [False, True])
def test_no_row_is_wider_than_the_terminal(width, which, color, request):
    """At any width, in colour or without, no row takes more cells than there are."""
    given = (
        hostile(request.getfixturevalue("analysis")) if which == "hostile" else request.getfixturevalue(which)
    )
    for row in terminal(given, width, color=color, verbose=2).split("\n"):
        assert cells(ANSI.sub("", row)) <= width


@pytest.mark.parametrize("width", [80, 200])
def test_it_opens_on_the_incident_and_says_what_an_sre_asks(analysis, width):
    """Severity, kind, when, how long, where, the sentence, the cause with its lines, symptoms, changes: in that order."""
    said = " ".join(terminal(analysis, width).split())
    wanted = [
        "1 CRITICAL availability 16:48:05 → 16:49:30 (1 min 25 s)", "in ledger, web",
        "ledger cannot reach its database: 476 refusals in 85 s, none before.", "▲ 16:48:05", "WHY, best first",
        "1 NEW ledger 91%", "476 times in 85 s and never before.", "ledger.log:812 2026-03-04 16:48:05,123 ERROR",
        "FOLLOWS", "MORE web ×120", "CHANGES BEFORE", "deploy of ledger (9 s before)", "ledger.log:800",
        "2 MAJOR absence", "still going", "READ", "NOT READ gone.gz: cut short after 12 lines", "NOT JUDGED cron.log",
        "FAILED odd 1.2", "NORMAL IS quiet time of this run, 16:46:36 → 16:48:01", "NEXT",
    ]  # fmt: skip
    at = -1
    for part in wanted:
        found = said.find(part, at + 1)
        assert found > at, part
        at = found


def test_the_onset_is_marked_under_the_bar_where_the_cause_begins(analysis):
    """The mark under the bars points at the bucket in which the incident starts."""
    rows = terminal(analysis, 80).split("\n")
    cause = next(row for row in rows if row.startswith("  cause "))
    mark = next(row for row in rows if row.strip().startswith("▲ 16:48:05"))
    assert cause[mark.index("▲")] != "·"
    assert cause[mark.index("▲") - 1] == "·"


def test_plugins_of_a_package_that_fail_alike_are_one_entry(analysis):
    """Thirty detectors of one package with one reason are told once, with how many; others keep their own."""
    alike = [PluginFailure(f"many{n} (logsense-many)", "0.3", "detect", "ValueError: no") for n in range(30)]
    other = PluginFailure("one (logsense-other)", "0.3", "detect", "ValueError: no")
    said = " ".join(terminal(replace(analysis, plugins_failed=(*alike, other))).split())
    assert (
        "many0, many1, many2, many3, many4 and 25 more (logsense-many) 0.3 in detect: ValueError: no" in said
    )
    assert "one (logsense-other) 0.3 in detect: ValueError: no" in said
    assert said.count("logsense-many") == 1


def test_what_to_do_next_fits_what_happened(analysis, quiet, empty):
    """A plugin that fails can be left out; where nothing was read there is nothing to list."""
    assert "logsense plugins disable NAME" in terminal(analysis)
    assert "logsense plugins disable NAME" not in terminal(quiet)
    assert "logsense templates PATH" in terminal(quiet)
    lost = replace(empty, skipped=analysis.skipped)
    assert "logsense templates" not in terminal(empty) + terminal(lost)
    assert "NEXT give another PATH" in " ".join(terminal(empty).split())
    assert "NEXT mend what NOT READ says, or give another PATH" in " ".join(terminal(lost).split())


def test_colour_adds_nothing_but_colour(analysis):
    """Without its colours the coloured report is the plain one, and the plain one has no escapes."""
    plain = terminal(analysis)
    assert "\x1b" not in plain
    coloured = terminal(analysis, color=True)
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == plain


def test_nothing_found_says_what_came_closest(quiet):
    """A quiet run says so, names the loudest error as usual, the nearest miss, and what counted as normal."""
    said = " ".join(terminal(quiet).split())
    assert "NOTHING FOUND" in said
    assert "loudest error ×476" in said
    assert "CLOSEST TO AN ALARM MORE web 'retry <num> of <num>' ×9 in a minute" in said
    assert "NORMAL IS" in said


def test_what_quiet_time_lacks_is_not_called_usual(quiet):
    """The loudest trouble is called usual only where quiet time holds it and it is no near miss."""
    calm = {"bucket": 3, "service": "ledger", "n": 9, "source": 0, "line": 812}
    calm |= {"first": quiet.start, "last": quiet.start}
    held = [COUNTS.of([calm | {"template": f"{number:012x}"}]) for number in (0, 1)]
    known, new = (replace(quiet, view=replace(quiet.view, counts=counts)) for counts in held)
    assert "loudest error ×476, not more than usual" in " ".join(terminal(known).split())
    assert "loudest error ×476, too little for an incident" in " ".join(terminal(new).split())
    closest = replace(known, near_misses=(replace(quiet.near_misses[0], template_id=f"{0:012x}"),))
    assert "loudest error ×476, too little for an incident" in " ".join(terminal(closest).split())


def test_what_was_not_judged_is_not_called_quiet(empty, quiet):
    """Without logs, or enough of them, the report does not say that all is well; without times, how it looked."""
    assert "NOTHING READ" in terminal(empty)
    short = replace(quiet, view=replace(quiet.view, quiet=()))
    refused = replace(quiet, not_judged=tuple(NotJudged(path, "too short") for path in quiet.sources["path"]))
    none = pl.lit(0, pl.UInt64)
    nothing = quiet.sources.with_columns(records=none, note=pl.lit("lines outside the window left out"))
    aside = replace(quiet, sources=nothing, view=replace(quiet.view, quiet=()), start=None)
    assert "no line lies in the time that was asked for" in terminal(aside)
    for unjudged in (short, replace(short, start=None, end=None), refused):
        said = terminal(unjudged)
        assert "NOT JUDGED" in said
        assert "NOTHING FOUND" not in said
        assert "than usual" not in said


def test_a_run_that_stopped_says_so_first(analysis):
    """An early end stands before the first incident, with its reason."""
    said = terminal(replace(analysis, stopped="interrupted"))
    assert said.index("STOPPED EARLY  interrupted") < said.index("CRITICAL")


def test_verbose_shows_all_and_what_the_score_is_made_of(analysis):
    """-v shows every cause; -vv the terms of its score."""
    many = replace(analysis.incidents[0], causes=analysis.incidents[0].causes * 3)
    more = replace(analysis, incidents=(many,))
    assert "… and 3 more causes" in terminal(more)
    assert "more causes" not in terminal(more, verbose=1)
    assert "+0.650   +5.0  novelty: first seen" in terminal(analysis, verbose=2)


def test_what_can_be_explained_is_named(analysis):
    """The ids that explain takes stand in the report where more is asked for, and only there."""
    for more in ({"verbose": 1}, {"explain": True}):
        said = "".join(report.write(Terminal, analysis, **more))
        assert "id a1f3" in said
        assert "template 000000000000" in said
    assert "id a1f3" not in terminal(analysis)


@pytest.mark.parametrize("reporter", [Terminal, Markdown])
def test_explain_shows_terms_that_add_up_to_the_score_as_printed(analysis, reporter):
    """With explain each incident and cause has its terms; those printed add up to the sum printed below them."""
    assert "decades in all" not in "".join(report.write(reporter, analysis))
    text = "".join(report.write(reporter, analysis, explain=True, width=160))
    sums, part = [], 0.0
    for row in text.splitlines():
        found = re.match(r"[ |]*([+=-])(\d\.\d{3}) ", row)
        if found and found[1] == "=":
            sums.append((round(part, 9), float(found[2])))
            part = 0.0
        elif found:
            part += float(found[1] + found[2])
    assert (0.97, 0.97) in sums
    assert (0.91, 0.91) in sums
    assert all(parts == whole for parts, whole in sums)


def test_explain_adds_terms_to_json_and_nothing_else(analysis, quiet):
    """Without explain no terms are in the document; with it they add up to each score, near misses too."""
    for given in (analysis, quiet):
        plain = json.loads("".join(report.write(Json, given)))
        assert '"terms"' not in json.dumps(plain)
        explained = json.loads("".join(report.write(Json, given, explain=True)))
        scored = [*explained["incidents"], *explained["near_misses"]]
        assert scored
        scored += [cause for incident in explained["incidents"] for cause in incident["causes"]]
        for entry in scored:
            terms = entry.pop("terms")
            assert not terms or abs(sum(t["value"] * t["weight"] for t in terms) - entry["score"]) < 1e-4
        assert explained == plain
    lines = [json.loads(line) for line in "".join(report.write(Ndjson, analysis, explain=True)).splitlines()]
    assert lines[0]["terms"][0]["name"] == "new"


def test_a_reporter_without_explain_still_writes(analysis):
    """A reporter that knows no explain is asked without it."""

    class Plain:
        name = "plain"

        def write(self, analysis, *, width, color, verbose):
            yield "plain"

    assert "".join(report.write(Plain, analysis, explain=True)) == "plain"


@pytest.mark.parametrize("reporter", [Terminal, Markdown])
def test_a_near_miss_says_by_how_much(quiet, reporter):
    """What came closest comes with what it lacked, in numbers."""
    said = " ".join("".join(report.write(reporter, quiet)).split())
    assert "4.0 of the 6.5 decades" in said
    assert "2.5 are lacking" in said


@pytest.mark.parametrize("reporter", [Terminal, Markdown, Json, Ndjson])
def test_log_text_is_never_an_instruction(analysis, reporter):
    """Escapes, controls, reordering marks and commands of CI runners reach no report as such."""
    given = hostile(analysis)
    text = "".join(report.write(reporter, given, width=80, color=False, verbose=2, explain=True))
    assert not set(text) & set("\x1b\x07\x9b\u202e\r")
    assert not re.search(r"^\s*(::|##\[)", text, re.MULTILINE)


def test_markdown_holds_the_fields_of_a_post_mortem(analysis):
    """Known fields are filled in, the others asked for; log lines stand in a fence."""
    text = "".join(report.write(Markdown, analysis))
    for part in ("## 1. ledger cannot reach", "| Began | 2026-03-04 16:48:05", "### Timeline", "### Action items",
                 "ledger.log:812", "```text", "Not read: gone.gz"):  # fmt: skip
        assert part in text
    assert "<str>" not in text.replace("```", "").split("### What followed")[1].split("###")[0]


def test_markdown_of_a_quiet_run(quiet):
    """A quiet run gives a document that says so and asks for nothing."""
    text = "".join(report.write(Markdown, quiet))
    assert "Nothing was found" in text
    assert "Action items" not in text


def test_ndjson_is_a_line_an_incident_then_the_run(analysis):
    """Incidents come one a line, most important first; the last line has the run."""
    lines = [json.loads(line) for line in "".join(report.write(Ndjson, analysis)).splitlines()]
    assert [line.get("id") for line in lines] == ["a1f3", "b2c4", None]
    assert lines[-1]["run"]["lines"] == 23_999


def test_json_is_the_document(analysis):
    """The json reporter prints the document of the contract, times in UTC, scores in range."""
    document = json.loads("".join(report.write(Json, analysis)))
    assert document == json.loads(report.dumps(report.document(analysis)))
    assert document["incidents"][0]["start"] == "2026-03-04T16:48:05.250000Z"
    assert document["incidents"][1]["end"] is None
    run = document["run"]
    assert run["lines"] == run["in_records"] + run["without_event"] + run["skipped_lines"]


def test_the_reporters_are_registered_and_conform():
    """The plugin registers its four reporters, each with its name and the method asked for."""
    made = [reporter(kit=report) for reporter in register_reporters()]
    assert [reporter.name for reporter in made] == ["terminal", "json", "ndjson", "markdown"]
    assert all(callable(reporter.write) for reporter in made)


def test_a_reporter_without_a_kit_is_written_as_well(analysis):
    """A reporter that asks for nothing is made without arguments."""

    class Bare:
        name = "bare"

        def write(self, analysis, *, width, color, verbose):
            yield f"{len(analysis.incidents)} {width} {color} {verbose}"

    assert list(report.write(Bare, analysis, width=50)) == ["2 50 False 0"]


def test_sources_that_share_a_reason_are_said_once(analysis):
    """Twenty files with one note take one entry, which names a few and counts the rest."""
    notes = tuple(NotJudged(f"part-{n:02}.log", "no times") for n in range(20))
    said = " ".join(terminal(replace(analysis, not_judged=notes), 100).split())
    assert (
        "NOT JUDGED part-00.log, part-01.log, part-02.log, part-03.log, part-04.log and 15 more: no times"
        in said
    )


def test_a_score_short_of_certain_is_not_a_hundred(analysis):
    """0.9996 reads 99 %, and only 1 reads 100 %."""
    first = analysis.incidents[0]
    for score, said in ((0.9996, "ledger  99%"), (1.0, "ledger  100%"), (0.29, "ledger  29%")):
        incident = replace(first, causes=(replace(first.causes[0], score=score),))
        assert said in terminal(replace(analysis, incidents=(incident,)))


def test_what_comes_next_is_not_in_force_already(analysis):
    """The report advises only what would show more than the options that it was written with."""
    assert "-v shows every cause" in terminal(analysis)
    more = terminal(analysis, verbose=1)
    assert "-v shows" not in more
    assert "-vv shows what each score is made of" in more
    for whole in (
        terminal(analysis, verbose=2),
        "".join(report.write(Terminal, analysis, verbose=1, explain=True)),
    ):
        assert "-v shows" not in whole
        assert "-vv" not in whole
    notes = replace(analysis, notes=tuple(f"note {n}" for n in range(1200)))
    assert "(-v shows more)" in terminal(notes)
    assert "(--format json has all)" in terminal(notes, verbose=1)
