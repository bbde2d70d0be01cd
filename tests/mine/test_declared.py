"""Masks that plugins declare: what they name stays named, and what is wrong with them costs nothing else."""

import tomllib
from pathlib import Path

import logsense_masks
import polars as pl
import pytest

from logsense import listing, pipeline
from logsense.api import hookimpl
from logsense.config import Settings
from logsense.host import Host
from logsense.mine import Masks, declared, mine, parameters, shapes
from logsense.mine.fold import MANY
from logsense.mine.masks.declared import _KEYS
from logsense.mine.run import NONE

BUNDLED = [table for file in sorted(Path(logsense_masks.__file__).parent.glob("*.toml"))
           for table in tomllib.loads(file.read_text())["mask"]]  # fmt: skip
SHIP = """\
[[mask]]
name = "ship"
pattern = '''(?P<said>ship )[a-z]+'''
placeholder = "<ship>"
to = "${said}<ship>"
samples = [{ text = "ship argo left", masked = "ship <ship> left" }]
near_misses = ["shipping is slow", "SHIP argo"]
"""


@pytest.fixture
def masks(tmp_path):
    """A function that writes files of masks, and reads them."""

    def read(*texts: str) -> tuple[Masks, list[str]]:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.toml").write_text(text)
        found, problems = declared([tmp_path])
        return found, [str(problem) for problem in problems]

    return read


def keys(messages: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"key": range(len(messages)), "message": messages, "n": [1] * len(messages)},
        schema_overrides={"key": pl.UInt64, "n": pl.UInt64},
    )


def templates(messages: list[str], given: Masks = NONE) -> list[str]:
    return sorted(mine(keys(messages), given).templates["text"].to_list())


def test_a_planted_mask_names_what_it_finds(masks):
    """Words that a mask names are one placeholder with its name, whatever else the messages hold."""
    found, problems = masks(SHIP)
    assert problems == []
    messages = ["ship argo left 12 for /var/x/y", "ship beagle left 13 for /var/x/z"]
    assert templates(messages, found) == ["ship <ship> left <num> for <path>"]
    assert len(templates(messages)) == 2
    assert shapes(pl.Series(messages), found).n_unique() == 1


def test_the_name_survives_every_later_step(masks):
    """In paths' company, in quotation marks, in requests, beside other placeholders: it stays as named."""
    found, _ = masks(SHIP)
    for text, want in {
        'name="ship argo" ok': 'name="ship <ship>" ok',
        "GET /a/ship argo HTTP/1.1": "GET /a/ship <ship> HTTP/1.1",
        "ship argo, ship beagle": "ship <ship>, ship <ship>",
        "7 ship argo 7": "<num> ship <ship> <num>",
        "\ue020 ship argo \ue021": "? ship <ship> ?",
    }.items():
        assert templates([text], found) == [want]


def test_the_values_at_a_named_placeholder_are_found(masks, tmp_path):
    """The parameters of a template hold what stood at the placeholder of a mask; without it, it is text."""
    found, _ = masks(SHIP)
    mined = mine(keys(["ship argo left 12"]), found)
    text = mined.templates["text"][0]
    got = parameters(pl.Series(["ship beagle left 9", "no ship"]), text, mined.kinds)
    assert got.to_list() == [["beagle", "9"], None]
    assert parameters(pl.Series(["ship <ship> left 9"]), text).to_list() == [["9"]]


def test_ids_count_placeholders_untyped(masks):
    """A template has the same id whatever its placeholders are called."""
    found, _ = masks(SHIP.replace("[a-z]+", "[0-9]+").replace("argo left", "42 left"))
    with_mask = mine(keys(["ship 1 left", "ship 2 left"]), found).templates
    without = mine(keys(["ship 1 left", "ship 2 left"])).templates
    assert with_mask["text"].to_list() == ["ship <ship> left"]
    assert without["text"].to_list() == ["ship <num> left"]
    assert with_mask["template"].to_list() == without["template"].to_list()


def test_an_own_placeholder_may_be_a_usual_one(masks):
    """A mask may name what it finds as ours do: <id>."""
    found, problems = masks(SHIP.replace("<ship>", "<id>"))
    assert (problems, found.kinds) == ([], {})
    assert templates(["ship argo left"], found) == ["ship <id> left"]


def test_many_messages_are_named_before_they_are_folded(masks):
    """In runs large enough to fold crowded words the mask still sees the words."""
    found, _ = masks(SHIP)
    words = ["".join(chr(97 + (n // 26**k) % 26) for k in range(4)) for n in range(MANY + 1)]
    assert templates([f"ship {word} left" for word in words], found) == ["ship <ship> left"]


def test_the_order_of_messages_means_nothing(masks):
    """With masks, too, the result is a function of the set of messages."""
    found, _ = masks(SHIP)
    messages = [f"ship {name} left {n}" for n, name in enumerate(("argo", "beagle", "calypso", "dove"))]
    one, two = (mine(keys(some), found).templates for some in (messages, messages[::-1]))
    assert one.equals(two)


@pytest.mark.parametrize(
    "old,new,said",
    [
        ("placeholder", "placeholdr", "0.toml: mask 1 (ship): placeholdr: unknown key"),
        ("[a-z]+", "[a-z", "pattern: bad regex"),
        ("[a-z]+", "(?=x)", "pattern: bad regex"),
        ("(?P<said>ship )[a-z]+", "(?P<said>)[a-z]*", "pattern: must not match where nothing stands"),
        ('"<ship>"', '"ship"', "placeholder: must be small letters between < and >"),
        ('"<ship>"', '"<unparsed>"', "placeholder: must be small letters"),
        ('"${said}<ship>"', '"${said}"', "to: must hold <ship>, and no other placeholder"),
        ('"${said}<ship>"', '"<num><ship>"', "to: must hold <ship>"),
        ('masked = "ship <ship> left"', 'masked = "<ship> left"', "samples: 'ship argo left' becomes"),
        ('{ text = "ship argo left", masked = "ship <ship> left" }', "", "samples: must be a list"),
        ('"shipping is slow", "SHIP argo"', "", "near_misses: must be a list"),
        ('"SHIP argo"', '"ship argo"', "near_misses: 'ship argo' becomes 'ship <ship>'"),
        ('name = "ship"', "name = 3", "name: must be a text"),
        ("[[mask]]", "[mask]", "mask: must be tables"),
        ("[[mask]]", "[[mask]", "cannot be read as TOML"),
        ("[[mask]]", "[[masks]]", "masks: unknown key"),
        ("argo", "failed", "hides 'failed', a word that states a cause"),
    ],
)
def test_a_mask_that_is_wrong_is_left_out_and_named(masks, old, new, said):
    """What is wrong is named with file, mask and key; the masks of other files are used."""
    other = SHIP.replace('"ship"', '"other"').replace("ship", "boat")
    bad = SHIP.replace(old, new)
    assert bad != SHIP
    found, problems = masks(bad, other)
    assert any(said in problem for problem in problems), problems
    assert "0.toml" in problems[0]
    assert templates(["boat argo left", "boat dove left"], found) == ["boat <boat> left"]


def test_of_two_masks_of_one_name_the_first_counts(masks):
    """A second mask of a name is left out, and that is said."""
    found, problems = masks(SHIP, SHIP.replace("<ship>", "<vessel>"))
    assert "1.toml: mask 1 (ship): name: another mask is called so" in problems[0]
    assert list(found.kinds.values()) == ["ship"]


@pytest.mark.parametrize("data", [b"\xff", b"x = " + b"[" * 100_000, b"#" * (1 << 20) + b"\n", None])
def test_a_file_that_is_none(tmp_path, data):
    """No UTF-8, no end of brackets, too large, a folder: named, never raised."""
    path = tmp_path / "bad.toml"
    path.mkdir() if data is None else path.write_bytes(data)
    found, problems = declared([tmp_path])
    assert found.masks == ()
    assert len(problems) == 1
    assert str(path) in str(problems[0])


@pytest.mark.parametrize("table", BUNDLED, ids=lambda table: table["name"])
def test_each_bundled_mask_helps(table):
    """Without the mask its first two samples are different messages, with it they are one."""
    found, problems = declared(logsense_masks.register_masks())
    assert problems == []
    two = pl.Series([sample["text"] for sample in table["samples"][:2]])
    assert shapes(two).n_unique() == 2
    assert shapes(two, found).n_unique() == 1
    assert table["about"]


def test_masks_of_plugins_reach_a_run(tmp_path, monkeypatch):
    """A plugin's masks name what is in templates and records of a run; one that is wrong is in its notes."""
    from logsense.host import Host

    folder, logs = tmp_path / "masks", tmp_path / "logs"
    folder.mkdir()
    logs.mkdir()
    (folder / "ship.toml").write_text(
        SHIP + SHIP.replace('name = "ship"', 'name = "bad"').replace("argo", "x1")
    )
    rows = [
        f"2026-01-02T03:04:{n:02} INFO ship {name} left" for n, name in enumerate(("argo", "dove", "kite"))
    ]
    (logs / "app.log").write_text("\n".join(rows) + "\n")
    monkeypatch.setattr(Host, "masks", lambda self: [folder] if "masks" in self.kinds else [])
    told = listing.templates([str(logs)], Settings.resolve({}, threads=1))
    assert told.templates["text"].to_list() == ["ship <ship> left"]
    records = pl.concat(listing.parse([str(logs)], Settings.resolve({}, threads=1)))
    assert records["params"].to_list() == [["argo"], ["dove"], ["kite"]]
    whole = pipeline.analyze([str(logs)], threads=1)
    assert any("mask 2 (bad): samples" in note for note in whole.notes)
    seen = whole.book().values(whole.templates["template"][0])
    assert [one.kind for one in seen] == ["ship"]


def test_the_document_has_every_key(root):
    """docs/masks.md tells of each key of a mask, and its example is one that is used."""
    text = (root / "docs" / "masks.md").read_text(encoding="utf-8")
    rows = {row.split("`")[1] for row in text.splitlines() if row.startswith("| `")}
    assert rows == _KEYS
    example = text.split("```toml\n")[1].split("```")[0]
    assert set(tomllib.loads(example)["mask"][0]) == _KEYS


def test_the_example_of_the_document_is_a_mask(root, masks):
    """The file shown in docs/masks.md is read without a complaint, and names what it says."""
    text = (root / "docs" / "masks.md").read_text(encoding="utf-8")
    found, problems = masks(text.split("```toml\n")[1].split("```")[0])
    assert problems == []
    assert templates(["ship argo left", "ship beagle left"], found) == ["ship <ship> left"]


def test_samples_that_are_known_to_come_out_are_not_looked_at_again(tmp_path):
    """Strangers' samples are verified at each run; those of folders that are held are not."""
    (tmp_path / "a.toml").write_text(SHIP.replace("ship <ship> left", "ship <ship> sank"))
    assert not declared([tmp_path])[0].masks
    found, problems = declared([tmp_path], held=[tmp_path])
    assert [len(found.masks), problems] == [1, []]


def test_only_our_own_masks_are_held(tmp_path):
    """A run takes masks of our own wheel at their word, and those of nobody else."""

    class Stranger:
        @hookimpl
        def register_masks(self):
            return [tmp_path]

    with Host(kinds=("masks",), objects=[("masks", "ships", Stranger())]) as host:
        assert tmp_path in host.masks()
        assert host.held_masks() == [Path(logsense_masks.__file__).parent]
