"""The bundled rankers keep what every ranker promises."""

from typing import Any

from logsense_rankers import register_rankers

from logsense.testing import parametrize_with_checks


@parametrize_with_checks([cls() for cls in register_rankers()])
def test_conforms(plugin: Any, check: Any) -> None:
    """Each check of the kit holds for each bundled ranker."""
    check(plugin)
