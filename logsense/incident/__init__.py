"""The room that makes few incidents of many anomalies, and decides which deserve the name.

In: ANOMALIES and the view (`group`); later the ranked causes (`build`). Out: groups, most important
first; Incident objects; what came closest without being one (`near_misses`). `weigh` says what each
anomaly counts by itself, `ENOUGH` what an incident needs.

Promises
- Few: anomalies near in time are one incident. Weak anomalies never join two incidents into one.
- Evidence adds up over families (new, rate, severity, silence, value, sequence), each capped, because
  one family alone cries wolf on real quiet logs. An incident needs trouble in words, an absence, or a
  lasting loss of performance: a surge, a rollout or a scan that harms nothing is not one.
- Its start is the time of a record, not of a bucket.
- An id is a hash of onset, first cause and service: the same input gives the same id.
"""

from logsense.incident.build import build, near_misses
from logsense.incident.group import ENOUGH, Group, group
from logsense.incident.weigh import weigh

__all__ = ["ENOUGH", "Group", "build", "group", "near_misses", "weigh"]
