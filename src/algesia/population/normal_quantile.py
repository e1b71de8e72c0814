"""Quantiles and probabilities of the standard normal distribution.

Written out because loading the library that has them costs a third of a second at every start;
the tests compare both with SciPy.
"""

import math
from typing import Final

import numpy as np

from algesia.arrays import FloatArray

__all__ = ["normal_probability", "normal_quantile"]

# Coefficients from the highest power down.
_CENTRE: Final = (
    (
        2.50908092873012267e3, 3.34305755835881281e4, 6.72657709270087009e4,
        4.59219539315498715e4, 1.37316937655094611e4, 1.97159095030655144e3,
        1.33141667891784377e2, 3.38713287279636661,
    ),
    (
        5.22649527885285456e3, 2.87290857357219427e4, 3.93078958000927106e4,
        2.12137943015865959e4, 5.39419602142475111e3, 6.87187007492057908e2,
        4.23133307016009113e1, 1.0,
    ),
)  # fmt: skip
_NEAR: Final = (
    (
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
        1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550,
        4.63033784615654529590, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
        1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
        2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR: Final = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
        2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580,
        5.46378491116411436990, 6.65790464350110377720,
    ),
    (
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
        7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
        5.99832206555887937690e-1, 1.0,
    ),
)  # fmt: skip
_CENTRE_HALF_WIDTH, _CENTRE_SHIFT = 0.425, 0.180625
_NEAR_SHIFT, _FAR_SHIFT = 1.6, 5.0


def normal_quantile(probability: FloatArray) -> FloatArray:
    """Value below which a standard normal variable falls with a probability.

    Parameters
    ----------
    probability
        Probabilities, any shape, 0 to 1.

    Returns
    -------
    FloatArray
        Quantiles, same shape; minus and plus infinity at 0 and 1, NaN outside.

    Notes
    -----
    Source: Wichura 1988, doi:10.2307/2347330, algorithm PPND16 (reported).

    Examples
    --------
    >>> normal_quantile(np.array([0.5, 0.975])).round(6)
    array([0.      , 1.959964])
    """
    given = np.asarray(probability, dtype=np.float64)
    from_middle = given - 0.5
    central = from_middle * _ratio(_CENTRE, _CENTRE_SHIFT - from_middle * from_middle)
    inside = np.abs(from_middle) <= _CENTRE_HALF_WIDTH
    if np.all(inside):
        return central
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.sqrt(-np.log(np.where(from_middle <= 0.0, given, 1.0 - given)))
        near = _ratio(_NEAR, depth - _NEAR_SHIFT)
        far = _ratio(_FAR, depth - _FAR_SHIFT)
        tail = np.where(depth <= _FAR_SHIFT, near, far)
        tail = np.where(np.isposinf(depth), np.inf, tail)
    quantile: FloatArray = np.where(inside, central, np.copysign(tail, from_middle))
    return quantile


def normal_probability(value: float) -> float:
    """Probability that a standard normal variable falls below a value.

    Parameters
    ----------
    value
        Any number, infinite ones included.

    Examples
    --------
    >>> round(normal_probability(1.959964), 6)
    0.975
    """
    return 0.5 * math.erfc(-value / math.sqrt(2.0))


def _ratio(
    coefficients: tuple[tuple[float, ...], tuple[float, ...]], at: FloatArray
) -> FloatArray:
    """Ratio of two polynomials by Horner's rule."""
    top, bottom = (np.full_like(at, each[0]) for each in coefficients)
    for above, below in zip(coefficients[0][1:], coefficients[1][1:], strict=True):
        top = top * at + above
        bottom = bottom * at + below
    result: FloatArray = top / bottom
    return result
