"""The way from messages to templates: masks, shapes, the column rule, the merge, crowds, texts."""

from collections import defaultdict
from dataclasses import dataclass

import polars as pl

from logsense.mine.column import MANY, blanked
from logsense.mine.crowd import crowds
from logsense.mine.marks import ANY, SLASH, WILD
from logsense.mine.masks import masked
from logsense.mine.merge import Counts, Steps, Tokens, fit, merge
from logsense.mine.shape import public, shaped, spans
from logsense.mine.text import EXAMPLES, Example, identity, text
from logsense.mine.words import CAUSES
from logsense.schema import MINED, TEMPLATES

#: Distinct shapes that may make templates of their own; those with most records come first, and a shape that
#: states a cause counts as ten: the rare message that matters must not drown in chatter.
CAP = 5000
#: The template of what is too varied to be grouped.
UNPARSED = "<unparsed>"
#: Shapes that are kept of one template, the first by text: profiles match by them.
SHAPES = 200


@dataclass(frozen=True)
class Mined:
    """What mining gives. templates: template (id), text, shapes (sorted); keys: MINED, key -> template.

    unparsed: how many records lie in the template of what is too varied to be grouped.
    """

    templates: pl.DataFrame
    keys: pl.DataFrame
    unparsed: int = 0


def mine(keys: pl.DataFrame) -> Mined:
    """Templates of a run, from its distinct keys (KEYS; ``n`` is the number of records of each key).

    A pure function of the set of (key, message, n): the order of rows does not matter.
    """
    frame = pl.DataFrame({"key": keys["key"], "n": keys["n"], "masked": masked(keys["message"])})
    texts = frame.group_by("masked").agg(pl.sum("n")).sort("masked")
    texts = texts.with_columns(shape=shaped(texts["masked"]))
    shapes = texts.group_by("shape").agg(pl.sum("n")).sort("shape")
    shapes = shapes.with_columns(ruled=blanked(shapes["shape"]) if shapes.height > MANY else shapes["shape"])
    homes, steps = _grouped(shapes)
    shapes = shapes.with_columns(home=shapes["ruled"].replace_strict(homes, return_dtype=pl.String))
    templates, ids = _templates(texts, shapes, steps)
    by_text = texts.join(shapes.select("shape", "home"), on="shape").select(
        "masked", template=pl.col("home").replace_strict(ids, return_dtype=pl.String)
    )
    mined = frame.join(by_text, on="masked", how="left", maintain_order="left")
    unparsed = int(mined.filter(pl.col("template") == ids.get(UNPARSED, ""))["n"].sum())
    return Mined(templates, MINED.check(mined.select("key", "template")), unparsed)


def shapes(messages: pl.Series) -> pl.Series:
    """The shape of each message: its words and signs with single blanks, ``<*>`` for what varies by its form.

    Messages of one shape always have one template; verdicts and profiles match templates by shape.
    """
    text = pl.col("shape").str.replace_all(ANY, WILD, literal=True).str.replace_all(SLASH, "/", literal=True)
    return pl.DataFrame({"shape": shaped(masked(messages))}).select(text).to_series()


def _grouped(shapes: pl.DataFrame) -> tuple[dict[str, str], Steps]:
    """Ruled shape -> template (both as text), and the steps that led there."""
    ruled = shapes.group_by("ruled").agg(pl.sum("n")).sort("ruled")
    if ruled.height > CAP:
        weight = pl.col("n") * pl.when(pl.col("ruled").str.contains(CAUSES)).then(10).otherwise(1)
        ruled = ruled.sort([weight, pl.col("ruled")], descending=[True, False])
    steps = Steps()
    start: dict[str, Tokens] = {}
    first: dict[Tokens, int] = defaultdict(int)
    late: dict[Tokens, int] = defaultdict(int)
    for row, (name, n) in enumerate(ruled.iter_rows()):
        tokens = tuple(name.split(" "))
        start[name] = tokens
        bucket = first if row < CAP else late
        bucket[steps.take(tokens, tokens)] += n
    found = crowds(merge(first, Counts(), steps), steps)
    found = fit(found, found, steps)
    fit({shape: n for shape, n in late.items() if shape not in found}, found, steps, anywhere=True)
    homes = {}
    for name, tokens in start.items():
        end = steps.end(tokens)[0]
        homes[name] = " ".join(end) if end in found else UNPARSED
    return homes, steps


def _templates(
    texts: pl.DataFrame, shapes: pl.DataFrame, steps: Steps
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The templates frame, and the id of each template by its shape."""
    ids = {home: identity(home) for home in shapes["home"].unique().sort().to_list()}
    members = texts.join(shapes.select("shape", "ruled", "home"), on="shape").sort("home", "masked")
    examples = members.group_by("home", maintain_order=True).agg(
        pl.col("masked").head(EXAMPLES), pl.col("ruled").head(EXAMPLES), pl.len()
    )
    words = {home: _text(home, some, rules, size, steps) for home, some, rules, size in examples.iter_rows()}
    own = shapes.sort("home", "shape").group_by("home", maintain_order=True).agg(pl.col("shape").head(SHAPES))
    rows = [
        {"template": ids[home], "text": words[home], "shapes": sorted(map(public, group))}
        for home, group in own.iter_rows()
    ]
    frame = pl.DataFrame(
        rows, schema={name: TEMPLATES.columns[name] for name in ("template", "text", "shapes")}
    )
    return frame.sort("template"), ids


def _text(home: str, some: list[str], rules: list[str], size: int, steps: Steps) -> str:
    if home == UNPARSED:
        return UNPARSED
    examples = []
    for masked_text, ruled in zip(some, rules, strict=True):
        tokens = tuple(ruled.split(" "))
        examples.append(Example(spans(masked_text), steps.end(tokens)[1]))
    return text(home.split(" "), examples, complete=size <= EXAMPLES)
