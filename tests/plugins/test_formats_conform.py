"""The bundled formats keep what every format promises."""

from logsense_formats import register_formats

from logsense.testing import parametrize_with_checks


@parametrize_with_checks(list(register_formats()))
def test_conforms(plugin, check):
    """Each check of the kit holds for the folder of the bundled formats."""
    check(plugin)
