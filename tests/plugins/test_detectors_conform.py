"""The bundled detectors keep what every detector promises."""

from typing import Any

from logsense_detectors import register_detectors

from logsense.testing import parametrize_with_checks


@parametrize_with_checks([cls() for cls in register_detectors()])
def test_conforms(plugin: Any, check: Any) -> None:
    """Each check of the kit holds for each bundled detector."""
    check(plugin)
