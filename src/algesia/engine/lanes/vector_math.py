"""Exponential, logarithm and power of a vector, without a branch.

All are accurate to a few units in the last place over the whole range, with the infinities,
NaN and subnormal numbers of the C functions. A power takes the logarithm in twice the
precision, because its error is multiplied by up to 700. The integer next to a number is found
by adding `ROUNDER`, which stays exact only while nothing is rearranged; hence `exact`.

Source: Hart 1968, ISBN 0-471-35630-6 (reduction to a small interval); the expansion of the
logarithm in ``(m - 1) / (m + 1)`` and of the exponential are the Taylor series (derived).
"""

import math
from collections.abc import Sequence

from .emitter import Value

__all__ = ["exponential", "logarithm", "power"]

ROUNDER = 1.5 * 2.0**52
"""A sum with it has no digits left after the point, and the integer in its lowest bits."""

MANTISSA_BITS = 52
BIAS = 1023
ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
"""Bits of the root of 1/2: mantissas are taken between it and its double."""

# ln 2 in two parts of which the first has trailing zeros: an integer times it is exact.
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# 1 / ln 2 as the sum of two doubles.
LOG2E_HIGH, LOG2E_LOW = 1.4426950408889634, 2.0355273740931033e-17
THIRD_LOW = 1.850371707708594e-17
"""1/3 less the double nearest to it."""

EXP_TERMS = tuple(1.0 / math.factorial(order) for order in range(13, -1, -1))
LOG_TERMS = tuple(1.0 / (2 * order + 1) for order in range(12, 1, -1))
"""Coefficients of z², z³ … of ``artanh(s) / s`` with z = s², the highest first."""

LARGEST, SMALLEST = 1100.0, -1100.0
"""Powers of two beyond which everything is infinite, or 0."""


def _polynomial(x: Value, terms: Sequence[float]) -> Value:
    """A polynomial, the highest coefficient first, by fused products."""
    emitter = x.emitter
    total = emitter.number(terms[0])
    for term in terms[1:]:
        total = emitter.call("fma", total, x, term)
    return total


def _within(x: Value) -> Value:
    """Cut to the range of the exponent; NaN stays NaN."""
    emitter = x.emitter
    below = emitter.select(emitter.compare("ogt", x, LARGEST), LARGEST, x)
    return emitter.select(emitter.compare("olt", below, SMALLEST), SMALLEST, below)


def _scaled(x: Value, rounded: Value) -> Value:
    """`x` times 2 to the integer in the lowest bits of `rounded`, in two exact steps.

    One step could not reach the subnormal numbers.
    """
    emitter = x.emitter
    count = emitter.integer("sub", emitter.bits(rounded), emitter.bits(emitter.number(ROUNDER)))
    half = emitter.integer("ashr", count, 1)
    for part in (half, emitter.integer("sub", count, half)):
        exponent = emitter.integer("add", part, BIAS)
        x = x * emitter.from_bits(emitter.integer("shl", exponent, MANTISSA_BITS))
    return x


def exponential(x: Value) -> Value:
    """`e**x`."""
    emitter = x.emitter
    with emitter.exact():
        inside = _within(x)
        rounded = emitter.call("fma", inside, LOG2E_HIGH, ROUNDER)
        count = rounded - ROUNDER
        rest = emitter.call("fma", count, -LN2_HIGH, inside)
        rest = emitter.call("fma", count, -LN2_LOW, rest)
        return _scaled(_polynomial(rest, EXP_TERMS), rounded)


def _split(x: Value) -> tuple[Value, Value]:
    """Mantissa near 1 and exponent of a positive number; subnormal numbers too."""
    emitter = x.emitter
    tiny = emitter.compare("olt", x, 2.0**-1022)
    whole = emitter.select(tiny, x * 2.0**54, x)
    bits = emitter.bits(whole)
    count = emitter.integer("ashr", emitter.integer("sub", bits, ROOT_HALF_BITS), MANTISSA_BITS)
    shifted = emitter.integer("shl", count, MANTISSA_BITS)
    mantissa = emitter.from_bits(emitter.integer("sub", bits, shifted))
    exponent = emitter.to_double(count) - emitter.select(tiny, 54.0, 0.0)
    return mantissa, exponent


def _artanh(mantissa: Value) -> tuple[Value, Value, Value]:
    """``s = (m - 1) / (m + 1)`` as a sum of two doubles, and the square of the first."""
    emitter = mantissa.emitter
    above, below = mantissa - 1.0, mantissa + 1.0
    lost = mantissa - (below - 1.0)
    inverse = 1.0 / below
    s = above * inverse
    remainder = emitter.call("fma", -s, below, above)
    s_low = emitter.call("fma", -s, lost, remainder) * inverse
    return s, s_low, s * s


def logarithm(x: Value) -> Value:
    """Natural logarithm: -inf at 0, NaN below."""
    emitter = x.emitter
    with emitter.exact():
        mantissa, exponent = _split(x)
        s, s_low, z = _artanh(mantissa)
        series = z * _polynomial(z, (*LOG_TERMS, 1.0 / 3.0))
        small = emitter.call("fma", 2.0 * s, series, 2.0 * s_low)
        small = emitter.call("fma", exponent, LN2_LOW, small)
        # The larger of the two parts comes first in each sum, so that what it loses is known.
        large = exponent * LN2_HIGH
        total = large + 2.0 * s
        small = small + (2.0 * s - (total - large))
        found = total + small
        found = emitter.select(emitter.compare("oeq", x, 0.0), -math.inf, found)
        found = emitter.select(emitter.compare("oeq", x, math.inf), math.inf, found)
        return emitter.select(emitter.compare("ult", x, 0.0), math.nan, found)


def _precise_log2(x: Value) -> tuple[Value, Value]:
    """Logarithm to base 2 of a positive number as a sum of two doubles."""
    emitter = x.emitter
    fused = emitter.call
    mantissa, exponent = _split(x)
    s, s_low, z = _artanh(mantissa)
    z_low = fused("fma", s, s, -z) + 2.0 * s * s_low
    # w = 1/3 + z/5 + …, t = z w, ln m = 2 s (1 + t), each with what its rounding loses
    tail = z * _polynomial(z, LOG_TERMS)
    w = tail + 1.0 / 3.0
    w_low = tail - (w - 1.0 / 3.0) + THIRD_LOW
    t = z * w
    t_low = fused("fma", z, w, -t) + fused("fma", z, w_low, z_low * w)
    double = 2.0 * s
    product = double * t
    lost = fused("fma", double, t, -product) + fused("fma", double, t_low, 2.0 * s_low)
    lost = fused("fma", 2.0 * s_low, t, lost)
    natural = double + product
    natural_low = product - (natural - double) + lost
    binary = natural * LOG2E_HIGH
    binary_low = fused("fma", natural, LOG2E_HIGH, -binary)
    binary_low = fused("fma", natural, LOG2E_LOW, binary_low)
    binary_low = fused("fma", natural_low, LOG2E_HIGH, binary_low)
    total = exponent + binary
    return total, binary - (total - exponent) + binary_low


def power(base: Value, exponent: Value) -> Value:
    """`base**exponent`; of a negative base only with an integer exponent, else NaN.

    Other than in C the sign of a zero is not heeded, and minus infinity is no exception.
    """
    emitter = base.emitter
    with emitter.exact():
        size = emitter.call("fabs", base)
        high, low = _precise_log2(size)
        # 0, infinity and NaN have no mantissa: their logarithms replace what came of it.
        zero, endless = (
            emitter.compare("oeq", size, 0.0),
            emitter.compare("ueq", size, math.inf),
        )
        for at_edge, logarithm_of_it in ((zero, -math.inf), (endless, size)):
            high = emitter.select(at_edge, logarithm_of_it, high)
            low = emitter.select(at_edge, 0.0, low)
        product = exponent * high
        product_low = emitter.call("fma", exponent, high, -product)
        product_low = emitter.call("fma", exponent, low, product_low)
        inside = _within(product)
        moved = emitter.compare("one", inside, product)
        product_low = emitter.select(moved, 0.0, product_low)
        rounded = inside + ROUNDER
        rest = ((inside - (rounded - ROUNDER)) + product_low) * math.log(2.0)
        found = _scaled(_polynomial(rest, EXP_TERMS), rounded)
        return _signed(found, base, exponent)


def _signed(found: Value, base: Value, exponent: Value) -> Value:
    """The power of the size of a base, with the sign of that of the base."""
    emitter = base.emitter
    half = exponent * 0.5
    even = emitter.compare("oeq", emitter.call("floor", half), half)
    whole = emitter.compare("oeq", emitter.call("floor", exponent), exponent)
    turned = emitter.select(even, found, -found)
    of_negative = emitter.select(whole, turned, math.nan)
    found = emitter.select(emitter.compare("olt", base, 0.0), of_negative, found)
    return emitter.select(emitter.compare("oeq", exponent, 0.0), 1.0, found)
