"""The way from messages to templates: masks, shapes, the column rule, the merge, crowds, texts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from logsense.mine.column import MANY, blanked
from logsense.mine.crowd import crowds
from logsense.mine.fold import folded
from logsense.mine.marks import ANY, SLASH, WILD
from logsense.mine.masks import first_lines, masked, prepared, side_by_side
from logsense.mine.masks.declared import Masks
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

#: No masks of plugins.
NONE = Masks()


@dataclass(frozen=True)
class Mined:
    """What mining gives. templates: template (id), text, shapes (sorted); keys: MINED, key -> template.

    unparsed: how many records lie in the template of what is too varied to be grouped. kinds: names of
    placeholders beside the usual ones.
    """

    templates: pl.DataFrame
    keys: pl.DataFrame
    unparsed: int = 0
    kinds: tuple[str, ...] = ()


def mine(keys: pl.DataFrame, masks: Masks = NONE) -> Mined:
    """Templates of a run, from its distinct keys (KEYS; ``n`` is the number of records of each key).

    A pure function of the masks and the set of (key, message, n): the order of rows does not matter. masks:
    those of plugins, which are put on before ours.
    """
    ready = bool(masks.masks)
    messages = first_lines(keys["message"])
    messages = side_by_side(messages, lambda some: prepared(some, masks.masks)) if ready else messages
    fold = folded(messages, ready=ready)
    n = keys["n"] if fold.form is None else _totals(keys["n"], fold.form)
    frame = pl.DataFrame({"masked": fold.masked, "n": n})
    texts = frame.group_by("masked").agg(pl.sum("n")).sort("masked")
    texts = texts.with_columns(shape=shaped(texts["masked"]))
    shapes = texts.group_by("shape").agg(pl.sum("n")).sort("shape")
    shapes = shapes.with_columns(ruled=blanked(shapes["shape"]) if shapes.height > MANY else shapes["shape"])
    homes, steps = _grouped(shapes)
    shapes = shapes.with_columns(home=shapes["ruled"].replace_strict(homes, return_dtype=pl.String))
    by_text = texts.join(shapes.select("shape", "home"), on="shape").select("masked", "shape", "home")
    frame = frame.join(by_text, on="masked", how="left", maintain_order="left")
    unparsed = int(frame.filter(pl.col("home") == UNPARSED)["n"].sum())
    own = shapes if fold.form is None else _own(frame, messages, fold.hide, fold.form, ready=ready)
    templates, ids = _templates(texts, shapes, own, steps, masks.kinds)
    template = frame["home"].replace_strict(ids, return_dtype=pl.String)
    if fold.form is not None:
        template = template.gather(fold.form)
    mined = pl.DataFrame({"key": keys["key"], "template": template})
    return Mined(templates, MINED.check(mined), unparsed, tuple(masks.kinds.values()))


def _totals(n: pl.Series, forms: pl.Series) -> pl.Series:
    """The records of each form."""
    return pl.DataFrame({"form": forms, "n": n}).group_by("form").agg(pl.sum("n")).sort("form")["n"]


def _own(
    frame: pl.DataFrame, messages: pl.Series, hide: pl.Series, form: pl.Series, *, ready: bool
) -> pl.DataFrame:
    """Shapes of each template's messages as they are without folding.

    All of the forms that hide no word; of the others those of each template's first messages by text.
    """
    frame = frame.with_columns(hide=hide)
    exact = frame.filter(~pl.col("hide")).select("home", "shape")
    homes = frame.select(pl.when("hide").then("home")).to_series().gather(form)
    rows = pl.DataFrame({"home": homes, "text": messages}).drop_nulls("home").unique()
    some = rows.group_by("home").agg(pl.col("text").bottom_k(SHAPES)).explode("text")
    return pl.concat([exact, some.select("home", shape=shaped(masked(some["text"], ready=ready)))]).unique()


def shapes(messages: pl.Series, masks: Masks = NONE) -> pl.Series:
    """The shape of each message: its words and signs with single blanks, ``<*>`` for what varies by its form.

    Messages of one shape always have one template; verdicts and profiles match templates by shape.
    """
    text = pl.col("shape").str.replace_all(ANY, WILD, literal=True).str.replace_all(SLASH, "/", literal=True)
    return (
        pl.DataFrame({"shape": shaped(masked(prepared(messages, masks.masks), ready=True))})
        .select(text)
        .to_series()
    )


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
    texts: pl.DataFrame, shapes: pl.DataFrame, own: pl.DataFrame, steps: Steps, kinds: Mapping[str, str]
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The templates frame, and the id of each template by its shape."""
    ids = {home: identity(home) for home in shapes["home"].unique().sort().to_list()}
    members = texts.join(shapes.select("shape", "ruled", "home"), on="shape").sort("home", "masked")
    examples = members.group_by("home", maintain_order=True).agg(
        pl.col("masked").head(EXAMPLES), pl.col("ruled").head(EXAMPLES), pl.len()
    )
    words = {
        home: _text(home, some, rules, steps, kinds, complete=size <= EXAMPLES)
        for home, some, rules, size in examples.iter_rows()
    }
    own = (
        own.select("home", "shape")
        .sort("home", "shape")
        .group_by("home", maintain_order=True)
        .agg(pl.col("shape").head(SHAPES))
    )
    rows = [
        {"template": ids[home], "text": words[home], "shapes": sorted(map(public, group))}
        for home, group in own.iter_rows()
    ]
    frame = pl.DataFrame(
        rows, schema={name: TEMPLATES.columns[name] for name in ("template", "text", "shapes")}
    )
    return frame.sort("template"), ids


def _text(
    home: str, some: list[str], rules: list[str], steps: Steps, kinds: Mapping[str, str], *, complete: bool
) -> str:
    if home == UNPARSED:
        return UNPARSED
    examples = []
    for masked_text, ruled in zip(some, rules, strict=True):
        tokens = tuple(ruled.split(" "))
        examples.append(Example(spans(masked_text), steps.end(tokens)[1]))
    return text(home.split(" "), examples, complete=complete, kinds=kinds)
