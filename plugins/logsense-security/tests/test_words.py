"""What is known of techniques: each sample tells of its technique, each near miss does not."""

import polars as pl
import pytest

from logsense_security.knowledge import families, techniques
from logsense_security.telling import fits, tail

ALL = [*families("telling"), *families("surge")]


def told(family, text):
    """Whether a template of this text tells of the family."""
    return pl.DataFrame({"text": [text], "example": [text]}).select(fits(family)).item()


@pytest.mark.parametrize("family,text", [(f, s) for f in ALL for s in f.samples])
def test_samples_tell(family, text):
    """Each sample is told."""
    assert told(family, text)


@pytest.mark.parametrize("text", [s for f in ALL for s in f.near])
def test_near_misses_do_not(text):
    """What is harmless for one family is harmless for all: no near miss is told at all."""
    assert not [f.what for f in ALL if told(f, text)]


def test_every_family_has_samples_and_near_misses():
    """No words without proof: at least one sample and one near miss a family."""
    assert all(family.samples and family.near for family in ALL)


def test_ids_are_those_of_attack():
    """An id reads T1234 or T1234.567, and has a tactic."""
    for id_, one in techniques().items():
        assert one.id == id_
        assert pl.Series([id_]).str.contains(r"^T\d{4}(\.\d{3})?$").item()
        assert one.tactics


def test_tail_is_that_of_a_negative_binomial():
    """Of mean 1 and dispersion 1 (geometric with 1/2): P(N >= n) is 2 to the power of -n."""
    assert tail(10, 1.0, 1.0) == pytest.approx(10 * 0.30103, abs=1e-4)
    assert tail(0, 1.0, 1.0) == 0.0
    assert tail(5000, 1.0, 1.0) == pytest.approx(5000 * 0.30103, rel=1e-4)
