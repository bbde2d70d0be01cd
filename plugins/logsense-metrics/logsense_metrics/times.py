"""Times as text, and numbers of any unit since 1970, as naive UTC."""

import polars as pl

#: Up to these numbers a time is in seconds, milliseconds, microseconds; beyond, in nanoseconds. In seconds
#: the first is the year 5138, in milliseconds 1973: no two units can be meant by one number of our days.
#: Below LEAST (1973) it is no time but seconds since something unknown, or any other number.
LEAST, SECONDS, MILLIS, MICROS = 1e8, 1e11, 1e14, 1e17
_CLOCK = r"^\s*(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d)(:\d\d)?([.,]\d{1,9})?\s*(Z|UTC|[+-]\d\d:?\d\d)?\s*$"


def parsed(text: pl.Expr) -> pl.Expr:
    """A time of each text: ISO 8601 (UTC where no zone stands), or a number since 1970; null for neither.

    The unit of a number is told by its size: s, ms, µs or ns.
    """
    return pl.coalesce(_clock(text), numbered(text))


def numbered(text: pl.Expr) -> pl.Expr:
    """The same of numbers alone."""
    whole = text.str.strip_chars().cast(pl.Int64, strict=False)
    value = text.str.strip_chars().cast(pl.Float64, strict=False)
    size = value.abs()
    micros = (
        # Whole numbers of nanoseconds do not fit a float: they are divided as they are.
        pl.when(size > MICROS).then(whole // 1000)
        .when(size > MILLIS).then(whole)
        .when(size > SECONDS).then((value * 1e3).round())
        .otherwise((value * 1e6).round())
    )  # fmt: skip
    return (
        pl.when(value >= LEAST, value.is_finite())
        .then(micros.cast(pl.Int64, strict=False))
        .cast(pl.Datetime("us"))
    )


def _clock(text: pl.Expr) -> pl.Expr:
    part = [text.str.extract(_CLOCK, group) for group in range(1, 8)]
    fraction = part[5].fill_null(".0").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    stamp = pl.concat_str(
        part[0], pl.lit("-"), part[1], pl.lit("-"), part[2], pl.lit("T"), part[3], part[4].fill_null(":00")
    )
    told = stamp.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    zone = part[6].str.replace_all(":", "")
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    minutes = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + zone.str.slice(3, 2).cast(
        pl.Int64, strict=False
    )
    east = (sign * minutes).fill_null(0)
    return (
        told + pl.duration(microseconds=(fraction * 1e6).round().cast(pl.Int64)) - pl.duration(minutes=east)
    )
