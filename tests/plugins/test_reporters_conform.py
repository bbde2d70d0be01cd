"""The bundled reporters keep what every reporter promises."""

from logsense_reporters import register_reporters

from logsense.testing import parametrize_with_checks


@parametrize_with_checks(list(register_reporters()))
def test_conforms(plugin, check):
    """Each check of the kit holds for each bundled reporter."""
    check(plugin)
