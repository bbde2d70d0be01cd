"""The README's table is what the detectors tell."""

from pathlib import Path

from logsense_security.knowledge import techniques
from logsense_security.table import table

README = Path(__file__).parents[1] / "README.md"


def test_the_table_is_that_of_the_readme():
    """Technique, detector, example: as ``python -m logsense_security.table`` prints it."""
    text = README.read_text(encoding="utf-8")
    shown = text.split("logsense_security.table -->\n")[1].split("<!-- end -->")[0]
    assert shown.strip() == table().strip()


def test_every_technique_is_in_the_table():
    """No technique is known that nothing tells."""
    assert all(f"| {id_} " in table() for id_ in techniques())
