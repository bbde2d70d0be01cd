"""logsense: point it at a directory of logs, be told what broke, when, where it began and why.

Importing this package loads nothing heavy: the Python API is resolved on first use, so that
``logsense --help`` answers in a blink.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Analysis", "__version__", "analyze"]

if TYPE_CHECKING:
    from logsense.analysis import Analysis
    from logsense.pipeline import analyze


def __getattr__(name: str) -> object:
    """Resolve the public names late: polars alone costs 0.2 s of start-up."""
    if name == "analyze":
        from logsense.pipeline import analyze

        return analyze
    if name == "Analysis":
        from logsense.analysis import Analysis

        return Analysis
    msg = f"module 'logsense' has no attribute {name!r}"
    raise AttributeError(msg)
