"""The room that finds what is not as usual: counts in, anomalies out.

In: a View without a baseline (`windowed` chooses one, or takes the windows that somebody chose), then with
one (`detect`). Out: one ANOMALIES frame of all detectors, sorted, and nothing else: failures of detectors are
kept by the host. `compare` tells two windows of a View apart: COMPARED.

Promises
- The baseline is known-good logs where there are any, else what lies around a window, else buckets of the
  run itself, chosen so that a fault at the start, in the middle or up to the end stays outside where that
  can be told: few error-like records, and a mix of templates like that of most other buckets. Its words
  (`how`) say how it was chosen, and where that is doubtful.
- What lies outside the judged buckets of a view is no anomaly (`beside`).
- Detectors are plugins: each is constructed with its defaults, fitted and asked once; what one of them
  does wrong is an entry of `host.failures`, and costs the others nothing.
- Scores are -log10 of a p-value corrected for the number of series tested, in 0..300.
- The same view gives the same frame, in the same order, whatever the order of its rows.
"""

from logsense.detect.baseline import baseline
from logsense.detect.compare import compare
from logsense.detect.run import detect
from logsense.detect.unjudged import not_judged
from logsense.detect.windows import spoken, windowed

__all__ = ["baseline", "compare", "detect", "not_judged", "spoken", "windowed"]
