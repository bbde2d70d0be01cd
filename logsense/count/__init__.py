"""count: records and templates to counts per bucket, and everything else that detectors look at.

In: a ``Run``: RECORDS (a LazyFrame, on disk for large runs), KEYS, MINED, the templates' texts, SOURCES,
LINKS and SAMPLES. Out: a ``Counted``: the time axis and TEMPLATES, COUNTS, VALUES, GAPS, FORMS,
FORM_GAPS and FORM_VALUES, STEPS, EDGES, CHANGES and SKEW. ``skew_notes`` says SKEW in words.

Promises
- The same result whatever the order of the records, how they are split into frames, and the threads.
- Nothing is lost: the counts, ``stray`` and ``untimed`` add up to the records, and so do the templates'.
- Memory: records are streamed; what is held grows with buckets x templates (and with the records of
  rare templates, whose gaps are read). No run has more than 2,000 buckets.

Decisions
- A record's service is what a field of it names, else its source's service.
- A bucket's width comes from the span of the run: 2 s for minutes, 30 s to 1 min for hours, 5 to 30 min
  for days, an hour for weeks. A stray clock does not stretch the axis (``axis.ends``).
- What is only there to tell what is usual lies on the same axis: known-good logs before the run, the lines
  around a window around it (``known``). ``Axis.judged`` says what is judged; CHANGES are of that alone.
- Records are joined to (service, template) numbers before they are grouped: one cheap join a row, since
  keys may be as many as lines. The first and last record of a group come from the least and largest of
  (time, line) packed into 64 bits: exact, and a plain minimum for the streaming engine.
- Where nothing has a time a bucket is a hundred-and-twentieth of each source, sources side by side.
- An edge goes from caller to callee: by shared ids where the callee first appears right after the caller
  (by when work began, where a record says how long it took), and by names in others' texts (edges.toml).
- What a change reads like is reviewed data (changes/changes.toml). What happens all the time or in a
  rhythm is no change. Surges and scans are read from counts.
"""

from logsense.count.known import Beside, covered, real_span
from logsense.count.run import Counted, Run, count
from logsense.count.skew import sentences as skew_notes

__all__ = ["Beside", "Counted", "Run", "count", "covered", "real_span", "skew_notes"]
