"""What was found out about a key is remembered: lines of one key differ in digits alone.

The map stays pure: a verdict depends on the key's text only, whichever block asks first.
"""

from collections.abc import Callable

import polars as pl

#: More keys than this are forgotten, all at once: what is remembered must not grow with the logs.
MOST = 2_000_000


class Verdicts:
    """One answer a key, worked out when a key is first seen. Any number of threads may ask.

    judge: texts of keys -> an answer for each, never null.
    """

    def __init__(
        self, judge: Callable[[pl.Series], pl.Series], dtype: pl.DataType | type[pl.DataType]
    ) -> None:
        self._judge = judge
        self._none = pl.DataFrame(schema={"key": pl.UInt64, "verdict": dtype})
        self._known = self._none

    def of(self, keys: pl.Series, texts: pl.Series) -> pl.Series:
        """The answer for each of these distinct keys, which stand for these texts."""
        known = self._known
        found = pl.DataFrame({"key": keys}).join(known, on="key", how="left", maintain_order="left")[
            "verdict"
        ]
        new = found.is_null().arg_true()
        if not len(new):
            return found
        answers = self._judge(texts.gather(new)).cast(self._none["verdict"].dtype)
        # Two threads may judge a key at once, to the same end: what the later one found is remembered.
        fresh = pl.DataFrame({"key": keys.gather(new), "verdict": answers})
        self._known = pl.concat([known if known.height < MOST else self._none, fresh])
        return found.scatter(new, answers)
