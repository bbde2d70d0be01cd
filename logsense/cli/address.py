"""Arguments that are paths or addresses."""

import os
from typing import Any

import click


class PathOrAddress(click.Path):
    """A path that exists, or an address (``k8s://shop``), which the run asks its sources for."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """As click does for a path; an address as it is."""
        from logsense.addresses import scheme

        return value if isinstance(value, str) and scheme(value) else super().convert(value, param, ctx)
