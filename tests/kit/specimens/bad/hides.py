"""A mask that takes a word that states a cause."""

from pathlib import Path

MEANT, PLUGIN = "causes_stay", Path(__file__).with_suffix(".toml")
