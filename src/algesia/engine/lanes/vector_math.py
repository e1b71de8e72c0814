"""Exponential, logarithm and power of a vector, with a branch for the edges alone.

All are accurate to a few units in the last place, with the infinities, NaN and subnormal
numbers of the C functions; a power to three units between 1e-20 and 1e20 and to twelve at the
ends of the range. It takes the logarithm as a sum of two doubles, because the error of that is
multiplied by up to 700. The integer next to a number is found
by adding `ROUNDER`, which stays exact only while nothing is rearranged; hence `exact`.

Source: Hart 1968, ISBN 0-471-35630-6 (reduction to a small interval); the expansion of the
logarithm in ``(m - 1) / (m + 1)`` and of the exponential are the Taylor series (derived).
"""

import math
from collections.abc import Sequence

from .emitter import Condition, Value

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

EXP_TERMS = tuple(1.0 / math.factorial(order) for order in range(13, -1, -1))
LOG_TERMS = tuple(1.0 / (2 * order + 1) for order in range(12, 1, -1))
"""Coefficients of z², z³ … of ``artanh(s) / s`` with z = s², the highest first."""

SMALLEST_NORMAL = 2.0**-1022
USUAL = 1000.0
"""Powers of two below it, in size, are far from the ends of the range."""

LARGEST, SMALLEST = 1100.0, -1100.0
"""Powers of two beyond which everything is infinite, or 0."""


def _polynomial(x: Value, terms: Sequence[float]) -> Value:
    """A polynomial, the highest coefficient first, in pairs: none waits long for another."""
    emitter = x.emitter
    parts: list[Value] = [emitter.number(term) for term in reversed(terms)]
    power_of_x = x
    while len(parts) > 1:
        pairs = [
            emitter.call("fma", high, power_of_x, low)
            for low, high in zip(parts[::2], parts[1::2], strict=False)
        ]
        parts = pairs + parts[2 * len(pairs) :]
        if len(parts) > 1:
            power_of_x = power_of_x * power_of_x
    return parts[0]


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


def _shifted(x: Value, rounded: Value) -> Value:
    """The same for results that are neither subnormal nor infinite."""
    emitter = x.emitter
    count = emitter.integer("shl", emitter.bits(rounded), MANTISSA_BITS)
    return emitter.from_bits(emitter.integer("add", emitter.bits(x), count))


def _usual_power_of_two(x: Value) -> Condition:
    """Where 2 to the power of `x` is neither subnormal nor infinite nor NaN."""
    emitter = x.emitter
    return emitter.compare("olt", emitter.call("fabs", x), USUAL)


def _usual_positive(x: Value) -> Condition:
    """Where a number is positive and neither subnormal nor infinite nor NaN."""
    emitter = x.emitter
    return emitter.both(
        emitter.compare("oge", x, SMALLEST_NORMAL), emitter.compare("olt", x, math.inf)
    )


def exponential(x: Value) -> Value:
    """`e**x`."""
    emitter = x.emitter

    def reduced(inside: Value) -> tuple[Value, Value]:
        rounded = emitter.call("fma", inside, LOG2E_HIGH, ROUNDER)
        count = rounded - ROUNDER
        rest = emitter.call("fma", count, -LN2_HIGH, inside)
        rest = emitter.call("fma", count, -LN2_LOW, rest)
        return _polynomial(rest, EXP_TERMS), rounded

    with emitter.exact():
        usual = _usual_power_of_two(x * LOG2E_HIGH)
        found = _shifted(*reduced(x))
        return emitter.unless_all(usual, found, lambda: _scaled(*reduced(_within(x))))


def _split(x: Value) -> tuple[Value, Value]:
    """Mantissa near 1 and exponent of a positive number that is not subnormal."""
    emitter = x.emitter
    bits = emitter.bits(x)
    count = emitter.integer("ashr", emitter.integer("sub", bits, ROOT_HALF_BITS), MANTISSA_BITS)
    shifted = emitter.integer("shl", count, MANTISSA_BITS)
    return emitter.from_bits(emitter.integer("sub", bits, shifted)), emitter.to_double(count)


def _split_any(x: Value) -> tuple[Value, Value]:
    """The same, of subnormal numbers too."""
    emitter = x.emitter
    tiny = emitter.compare("olt", x, SMALLEST_NORMAL)
    mantissa, exponent = _split(emitter.select(tiny, x * 2.0**54, x))
    return mantissa, exponent - emitter.select(tiny, 54.0, 0.0)


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


def _natural(mantissa: Value, exponent: Value) -> Value:
    """Natural logarithm of a split number."""
    emitter = mantissa.emitter
    s, s_low, z = _artanh(mantissa)
    series = z * _polynomial(z, (*LOG_TERMS, 1.0 / 3.0))
    small = emitter.call("fma", 2.0 * s, series, 2.0 * s_low)
    small = emitter.call("fma", exponent, LN2_LOW, small)
    # The larger of the two parts comes first in each sum, so that what it loses is known.
    large = exponent * LN2_HIGH
    total = large + 2.0 * s
    return total + (small + (2.0 * s - (total - large)))


def logarithm(x: Value) -> Value:
    """Natural logarithm: -inf at 0, NaN below."""
    emitter = x.emitter

    def edges() -> Value:
        found = _natural(*_split_any(x))
        found = emitter.select(emitter.compare("oeq", x, 0.0), -math.inf, found)
        found = emitter.select(emitter.compare("oeq", x, math.inf), math.inf, found)
        return emitter.select(emitter.compare("ult", x, 0.0), math.nan, found)

    with emitter.exact():
        return emitter.unless_all(_usual_positive(x), _natural(*_split(x)), edges)


def _precise_log2(mantissa: Value, exponent: Value) -> tuple[Value, Value]:
    """Logarithm to base 2 of a split number as a sum of two doubles."""
    emitter = mantissa.emitter
    fused = emitter.call
    s, s_low, z = _artanh(mantissa)
    # ln m = 2 s (1 + t), t = z/3 + z²/5 + …; t is below 0.01, so one double holds enough of it.
    t = z * _polynomial(z, (*LOG_TERMS, 1.0 / 3.0))
    double = 2.0 * s
    product = double * t
    lost = fused("fma", double, t, -product) + 2.0 * s_low
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
        high, low = _precise_log2(*_split(base))
        product = exponent * high
        product_low = _product_low(exponent, high, low, product)
        found = _shifted(*_power_of_two(product, product_low))
        usual = emitter.both(_usual_positive(base), _usual_power_of_two(product))
        return emitter.unless_all(usual, found, lambda: _power_at_edges(base, exponent))


def _product_low(exponent: Value, high: Value, low: Value, product: Value) -> Value:
    """What the product of an exponent and a logarithm in two parts has beyond one double."""
    emitter = exponent.emitter
    product_low = emitter.call("fma", exponent, high, -product)
    return emitter.call("fma", exponent, low, product_low)


def _power_of_two(x: Value, low: Value) -> tuple[Value, Value]:
    """2 to the power of what `x` and `low` add to an integer, and that integer."""
    rounded = x + ROUNDER
    rest = ((x - (rounded - ROUNDER)) + low) * math.log(2.0)
    return _polynomial(rest, EXP_TERMS), rounded


def _power_at_edges(base: Value, exponent: Value) -> Value:
    """A power of any number."""
    emitter = base.emitter
    size = emitter.call("fabs", base)
    high, low = _precise_log2(*_split_any(size))
    # 0, infinity and NaN have no mantissa: their logarithms replace what came of it.
    zero, endless = emitter.compare("oeq", size, 0.0), emitter.compare("ueq", size, math.inf)
    for at_edge, logarithm_of_it in ((zero, -math.inf), (endless, size)):
        high = emitter.select(at_edge, logarithm_of_it, high)
        low = emitter.select(at_edge, 0.0, low)
    product = exponent * high
    product_low = _product_low(exponent, high, low, product)
    inside = _within(product)
    moved = emitter.compare("one", inside, product)
    product_low = emitter.select(moved, 0.0, product_low)
    found = _scaled(*_power_of_two(inside, product_low))
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
