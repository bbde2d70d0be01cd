"""The bundled detectors, found by entry point as a stranger's would be. One file a detector."""

from logsense.api import Detector, hookimpl
from logsense_detectors.due import Due
from logsense_detectors.forecast import Forecast
from logsense_detectors.missed import Missed
from logsense_detectors.novelty import Novelty
from logsense_detectors.privilege import Privilege
from logsense_detectors.rate import Rate
from logsense_detectors.security import Security
from logsense_detectors.sequence import Sequence
from logsense_detectors.severity import Severity
from logsense_detectors.silence import Silence
from logsense_detectors.value import Value


@hookimpl
def register_detectors() -> list[type[Detector]]:
    """The classes; each is constructed with its defaults."""
    return [Due, Forecast, Missed, Novelty, Rate, Privilege, Security, Sequence, Severity, Silence, Value]
