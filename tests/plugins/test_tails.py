"""Tails in log space agree with reference values, far beyond where a float would be zero."""

import numpy as np
import pytest
from logsense_detectors.tails import lgamma, nb_lower, nb_upper


def exact_upper(x: int, mean: float, size: float) -> float:
    """Log P(X >= x) by summing the terms in log space."""
    k = np.arange(x, x + 20_000, dtype=np.float64)
    p = mean / (mean + size)
    terms = lgamma(k + size) - lgamma(size) - lgamma(k + 1) + size * np.log1p(-p) + k * np.log(p)
    top = terms.max()
    return float(top + np.log(np.exp(terms - top).sum()))


@pytest.mark.parametrize("x", [1, 2, 7, 40, 300, 5000])
@pytest.mark.parametrize("mean", [0.01, 0.7, 12.0, 200.0])
@pytest.mark.parametrize("size", [0.3, 4.0, 90.0])
def test_upper_tail_agrees_with_the_sum_of_its_terms(x: int, mean: float, size: float) -> None:
    """Log P(X >= x) of the negative binomial is right to 1e-6, relative, over all magnitudes met."""
    assert float(nb_upper(x, mean, size)) == pytest.approx(exact_upper(x, mean, size), rel=1e-6, abs=1e-9)


def test_tails_add_up_to_one() -> None:
    """P(X <= x) + P(X >= x + 1) = 1."""
    x = np.arange(0, 60, dtype=np.float64)
    total = np.exp(nb_lower(x, 9.0, 3.0)) + np.exp(nb_upper(x + 1, 9.0, 3.0))
    assert np.allclose(total, 1.0, atol=1e-9)


@pytest.mark.parametrize(
    ("x", "mean", "size", "upper", "lower"),
    [
        (1, 6.0, 2.5, -0.04805016569795864, -2.042504321401447),
        (5, 6.0, 2.5, -0.5894329681041216, -0.6128522576447247),
        (50, 6.0, 2.5, -13.560940723177579, -9.360640507464708e-07),
        (400, 6.0, 2.5, -132.44218321985738, -2.145037178076771e-58),
        (3, 0.02, 0.3, -10.184523566746254, -1.950916322436508e-06),
        (900, 200.0, 4.0, -10.825205510021995, -1.956306458879425e-05),
    ],
)
def test_agrees_with_values_of_another_implementation(
    x: int, mean: float, size: float, upper: float, lower: float
) -> None:
    """Both tails equal logsf(x - 1) and logcdf(x) of scipy.stats.nbinom (SciPy), recorded."""
    assert float(nb_upper(x, mean, size)) == pytest.approx(upper, rel=1e-8)
    assert float(nb_lower(x, mean, size)) == pytest.approx(lower, rel=1e-6, abs=1e-15)


def test_lgamma_small_and_large() -> None:
    """Lgamma is right at halves, one, two and large arguments."""
    import math

    values = [0.1, 0.5, 1.0, 2.0, 9.99, 10.0, 1e3, 1e8]
    assert np.allclose(lgamma(values), [math.lgamma(v) for v in values], rtol=1e-11, atol=1e-11)
