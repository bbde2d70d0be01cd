"""A format that takes the lines of others."""

from pathlib import Path

MEANT, PLUGIN = "takes_no_other", Path(__file__).with_suffix(".toml")
