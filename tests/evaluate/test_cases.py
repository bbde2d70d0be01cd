"""Cases in a folder or an archive, and their truth."""

import io
import json
import tarfile

import jsonschema
import pytest

from logsense import report
from logsense.errors import InputError
from logsense.evaluate import checked, find, read

TRUTH = {
    "kind": "change", "title": "t", "description": "d",
    "services": ["web", "db"], "aliases": {"db": ["postgres"]},
    "fault": {"start": "2026-03-04T17:48:00+01:00", "end": "2026-03-04T16:49:30"},
    "cause": [{"source": "*.log", "pattern": "refused"}, {"source": "a", "pattern": "b", "absent": True}],
}  # fmt: skip


def packed(path, members):
    """A tar archive of names and texts; None is a symbolic link to /etc."""
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            if text is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc"
                archive.addfile(member)
            else:
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz"])
@pytest.mark.parametrize("root", ["", "one/", "./one/", "a/b/"])
def test_an_archive_is_a_case(tmp_path, ending, root):
    """Wherever logs and truth lie in the archive: the logs are unpacked, the truth is not among them."""
    packed(
        tmp_path / f"one{ending}", {f"{root}logs/x/a.log": "line\n", f"{root}truth.json": json.dumps(TRUTH)}
    )
    (case,) = find(tmp_path)
    assert case.name == "one"
    with case.logs() as logs:
        assert (logs / "x" / "a.log").read_text() == "line\n"
        assert not list(logs.parent.rglob("truth.json"))
        assert not list(logs.parents[2].glob("truth.json"))
    assert not logs.exists()
    assert case.truth().title == "t"


def test_what_leads_out_of_an_archive_stays_out(tmp_path):
    """Links are not unpacked, a name that climbs out makes the case fail; nothing is written outside."""
    truth = {"logs/a.log": "x", "truth.json": "{}"}
    packed(tmp_path / "link.tar", {**truth, "logs/etc": None})
    packed(tmp_path / "out.tar", {**truth, "logs/../../../out.log": "x"})
    link, out = find(tmp_path)
    with link.logs() as logs:
        assert [path.name for path in logs.iterdir()] == ["a.log"]
    with pytest.raises(InputError, match=r"out\.tar cannot be unpacked"), out.logs():
        pass
    assert not list(tmp_path.parent.glob("**/out.log"))


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00broken"])
def test_a_broken_archive_says_so(tmp_path, content):
    """What cannot be unpacked is an error with the archive's name, for logs and truth alike."""
    (tmp_path / "bad.tar.gz").write_bytes(content)
    (case,) = find(tmp_path)
    with pytest.raises(InputError, match=r"bad\.tar\.gz cannot be unpacked"), case.logs():
        pass
    with pytest.raises(InputError, match=r"truth\.json cannot be read"):
        case.truth()


def test_an_archive_without_a_truth_fails(tmp_path):
    """Where no truth is there is nothing to compare with."""
    packed(tmp_path / "bad.tar", {"logs/a.log": "x"})
    with pytest.raises(InputError, match=r"has no truth\.json"):
        find(tmp_path)[0].truth()


def test_folders_are_cases_in_the_order_of_their_names(tmp_path):
    """A folder with logs or truth is a case, another is none; one that is a case itself stands alone."""
    for name in ("b", "a"):
        (tmp_path / name / "logs").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "truth.json").write_text("{}")
    (tmp_path / "d").mkdir()
    (tmp_path / "e.txt").write_text("")
    assert [case.name for case in find(tmp_path)] == ["a", "b", "c"]
    assert [case.name for case in find(tmp_path / "c")] == ["c"]
    with pytest.raises(InputError, match="c has no folder logs/"), find(tmp_path / "c")[0].logs():
        pass
    with pytest.raises(InputError, match=r"truth\.json cannot be read: No such file"):
        find(tmp_path)[0].truth()


def test_a_truth_is_read_with_its_zone_and_its_names():
    """Times are brought to UTC, one without a zone means UTC; aliases count beside the services."""
    truth = read(json.dumps(TRUTH))
    assert (truth.start.hour, truth.end.hour, truth.start.tzinfo) == (16, 16, None)
    assert truth.services == ("web", "db", "postgres")
    assert [sign.absent for sign in truth.cause] == [False, True]
    assert truth.faulty
    assert not checked({"fault": None}).faulty


@pytest.mark.parametrize(
    "change,said",
    [
        ({"fault": 3}, "fault must be"),
        ({"fault": {"start": "then", "end": "later"}}, r"fault\.start must be a time"),
        ({"fault": {"start": "2026-03-04", "end": "2026-03-03"}}, r"fault\.end must be no earlier"),
        ({"cause": {}} | {"cause": "x"}, "cause must be a list"),
        ({"cause": [{"source": "a"}]}, r"cause\[0\]\.pattern must be a regular"),
        ({"cause": [{"source": "a", "pattern": "("}]}, r"cause\[0\]\.pattern is no regular"),
        ({"cause": [{"pattern": "x"}]}, r"cause\[0\] must be an object"),
        ({"services": "web"}, "services must be a list"),
        ({"aliases": []} | {"aliases": ["x"]}, "aliases must be an object"),
        ({"aliases": {"db": "x"}}, r"aliases\.db must be a list"),
    ],
)
def test_a_wrong_key_is_named(change, said):
    """A truth that cannot be used says which key is wrong and what it must be."""
    with pytest.raises(InputError, match=said):
        checked(TRUTH | change)


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense"])
def test_what_is_no_truth(text):
    """Anything but an object with a fault is refused."""
    with pytest.raises(InputError, match=r"truth\.json"):
        read(text)


def test_the_samples_fit_the_schema_of_a_truth(samples):
    """The schema in the package is a valid one: the samples' truths fit it, an empty object does not."""
    validator = jsonschema.Draft202012Validator(report.schema("truth"))
    jsonschema.Draft202012Validator.check_schema(report.schema("truth"))
    found = [json.loads(path.read_text()) for path in samples.glob("*/truth.json")]
    assert found
    for truth in found:
        validator.validate(truth)
        checked(truth)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({})
