"""Lines to records: recognise the format, split the header, join multi-line records.

In: blocks of whole lines (``plans.Block``) and a plan of each file. Out: Parts (``plans.Part``).

Three steps, each a public function here:

1. ``plan_source`` looks at a file's first 2,000 lines, once, whatever the block size, and writes down all
   the map needs (format, place of the time, zone, year, kind of key, ids). ``align_years`` then puts files
   whose dates have no year inside the span of the others.
2. ``map_block`` is pure in (block, plan). Only the time is read for every line; format, header, level,
   service and the flags that bound a record are worked out once per distinct *key* (the line with its
   digit runs collapsed) and joined back.
3. ``merge`` adds Parts in any order and grouping; ``settle`` joins what block borders cut.

Promises: the same lines give the same records for any block size, file order and number of threads; every
line is a record's, or counted as without event; no line is ever dropped for being odd. One exception: of an
object written over many lines that a block border cuts, what stands behind the border is not read.

Formats are declared data (TOML) or learned from the file itself (``recognise/``): both become
the same ``plans.Layout``, so the map knows no difference.
"""

from logsense.parse.block import map_block
from logsense.parse.parts import DETAIL_MARK, Settled, merge, settle
from logsense.parse.recognise import align_years, plan_source
from logsense.parse.records import records

__all__ = ["DETAIL_MARK", "Settled", "align_years", "map_block", "merge", "plan_source", "records", "settle"]
