"""The sources and the command keep what the conformance kit asks of every one."""

from logsense import testing

from logsense_kubernetes import register_sources
from logsense_kubernetes.commands import pods


@testing.parametrize_with_checks([*(source() for source in register_sources()), pods])
def test_conforms(plugin, check):
    """Each named check of the kit passes."""
    check(plugin)
