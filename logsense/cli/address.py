"""Arguments that are paths or addresses."""

import os
from typing import Any

import click


class PathOrAddress(click.Path):
    """A path that exists, or an address (``k8s://shop``), which the run asks its sources for."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """As click does for a path; an address as it is; what may be meant as one is told its form."""
        from logsense.addresses import mistyped, scheme

        if not isinstance(value, str) or not scheme(value):
            try:
                return super().convert(value, param, ctx)
            except click.BadParameter as error:
                form = mistyped(value) if isinstance(value, str) else ""
                said = f"{error.message} {form[0].upper()}{form[1:]}." if form else error.message
                raise click.BadParameter(said, ctx=ctx, param=param) from error
        return value
