"""Single forms of a template, each followed on its own: one of several jobs may stop while others go on."""

import polars as pl

from logsense.count.axis import SECOND, Axis
from logsense.count.rhythm.gaps import OFTEN, pauses
from logsense.count.rows import Names
from logsense.schema import FORM_GAPS, FORMS

#: Records from which a form may have a rhythm, and from which it may take over from another.
LEAST, FEW = 10, 4
#: A template of more forms than this tells of a crowd (users, pages): which of it come is chance.
CROWD = 200
#: A template of more keys than this is a crowd without looking; so many forms are followed at most in a run.
MOST_KEYS, MOST = 2000, 1000
#: Forms are kept whose gaps spread (MAD) by this share of their median at most; by chance it is 0.7.
EVEN = 0.5
#: What comes more often than this, on average and beside the buckets too, has no rhythm to be read.
FASTEST, PER_BUCKET = 10 * SECOND, 1.5

_BY = ["service", "template", "form"]


def forms(
    records: pl.LazyFrame, keys: pl.DataFrame, names: Names, axis: Axis
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """FORMS in order of bucket, service, template and form, and FORM_GAPS of the same.

    keys: KEYS. A form is a distinct message with its runs of digits made equal; kept are those whose gaps are
    even, and from which no other took over. Streams over the records of the forms in question alone.
    """
    chosen = followed(keys, names, axis)
    if not chosen.height:
        return FORMS.empty(), FORM_GAPS.empty()
    found = (
        records.filter(axis.bucket(pl.col("time")) >= 0)
        .join(chosen.lazy(), on="key", how="inner")
        .select("source", "line", "time", "key", "form")
        .collect(engine="streaming")
    )
    # A key names no service where its source does: what is said by several sources is several forms.
    placed = names.put(found).filter(pl.len().over(_BY) >= FEW).sort(*_BY, "time", "source", "line")
    stamped = placed.select(*_BY, second=pl.col("time").dt.epoch("s"), last=pl.col("time").last().over(_BY))
    even = pauses(stamped, _BY, axis).filter(pl.col("mad") <= EVEN * pl.col("median"))
    several = placed.filter(pl.len().over(_BY) >= LEAST).select(_BY).unique()
    gaps = even.join(several, on=_BY, how="semi", maintain_order="left")
    gaps = gaps.join(_taken_over(placed, gaps, even, axis), on=_BY, how="anti", maintain_order="left")
    counted = (
        placed.join(gaps, on=_BY, how="semi", maintain_order="left")
        .with_columns(bucket=axis.bucket(pl.col("time")).cast(pl.Int32))
        .group_by("bucket", *_BY, maintain_order=True)
        .agg(
            pl.len().cast(pl.UInt32).alias("n"),
            pl.first("source", "line"),
            pl.last("source").alias("last_source"),
            pl.last("line").alias("last_line"),
            pl.first("time").alias("first"),
            pl.last("time").alias("last"),
        )
        .sort("bucket", *_BY)
    )
    return counted.select(list(FORMS.columns)), gaps.select(list(FORM_GAPS.columns))


def _taken_over(placed: pl.DataFrame, gaps: pl.DataFrame, even: pl.DataFrame, axis: Axis) -> pl.DataFrame:
    """The forms whose longest pause another of their template fills.

    That is the same message with another word in it (KiB, then MiB): it comes from when the form was due, at
    about its distance, and elsewhere at most half as often.

    placed: records in order of form and time; gaps: of the forms asked about; even: of those and others.
    """
    at = pl.col("time").dt.epoch("us")
    end = axis.origin + axis.buckets * axis.width
    paused = placed.select(*_BY, begin=at, pause=at.shift(-1).over(_BY).fill_null(end) - at)
    longest = (
        paused.sort(*_BY, "pause", "begin")
        .unique(_BY, keep="last", maintain_order=True)
        .join(gaps.select(*_BY, "median"), on=_BY)
        .filter(pl.col("pause") >= 2 * pl.col("median"))
    )
    others = placed.join(even.select(*_BY, own="median"), on=_BY)
    others = others.select("service", "template", "own", other="form", at=at)
    inside = pl.col("at").is_between("begin", pl.col("begin") + pl.col("pause"), closed="right")
    own, median, pause = pl.col("own"), pl.col("median"), pl.col("pause")
    filled = (
        longest.join(others, on=["service", "template"])
        .filter((pl.col("form") != pl.col("other")) & own.is_between(0.5 * median, 2 * median))
        .group_by(*_BY, "other")
        .agg(
            pl.first("begin", "pause", "median"),
            due=pl.col("at").filter(inside).min(),
            inside=inside.sum(),
            beside=(~inside).sum() / (axis.buckets * axis.width - pl.first("pause")).clip(1),
        )
    )
    often = (pl.col("inside") >= 0.5 * pause / median) & (pl.col("beside") <= 0.5 * pl.col("inside") / pause)
    when_due = (pl.col("due") - pl.col("begin")).is_between(0.5 * median, 1.5 * median)
    return filled.filter(often & when_due).select(_BY).unique()


def followed(keys: pl.DataFrame, names: Names, axis: Axis) -> pl.DataFrame:
    """Columns key and form of what is followed; none where nothing has a time.

    Forms that come as often as a rhythm allows, beside others of their template, unless that has a crowd of
    them. Templates of few forms go first.
    """
    if axis.start is None:
        return pl.DataFrame(schema={"key": pl.UInt64, "form": pl.String})
    # All keys of a form, be they ever so rare: what is left out would look like a pause.
    told = formed(keys, names)
    most = min(OFTEN, max(int(PER_BUCKET * axis.buckets), axis.buckets * axis.width // FASTEST))
    rows = (
        told.group_by("pair", "form")
        .agg(pl.sum("n"), pl.len().alias("own"), pl.first("keys"), pl.col("key"))
        .filter((pl.col("n") >= FEW) & (pl.col("own") < pl.col("keys")))
        .with_columns(crowd=(pl.col("n") >= LEAST).sum().over("pair"))
        .filter(pl.col("crowd").is_between(1, CROWD) & (pl.col("n") <= most))
        .sort("crowd", "pair", "form")
        .head(MOST)
    )
    return rows.select("key", "form").explode("key")


def formed(keys: pl.DataFrame, names: Names) -> pl.DataFrame:
    """KEYS of the templates that have several and no crowd, each with its pair, their number and its form.

    Where several loggers (programs, classes) say what one template reads, a message is that of its logger,
    which stands before it.
    """
    several = names.keys.select("key", "pair", keys=pl.len().over("pair"))
    several = several.filter(pl.col("keys").is_between(2, MOST_KEYS))
    told = keys.select("key", "logger", "message", "n").join(several, on="key")
    by_logger = pl.col("logger").is_not_null() & (pl.col("logger").n_unique().over("pair") > 1)
    said = pl.when(by_logger).then(pl.concat_str("logger", "message", separator=": "))
    told = told.with_columns(message=pl.coalesce(said, "message")).drop("logger")
    return told.with_columns(form=pl.col("message").str.replace_all(r"[0-9]+", "<num>"))
