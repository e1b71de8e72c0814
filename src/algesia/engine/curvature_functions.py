"""Second derivatives of the functions the kernels call, safe at the edges of their range.

The text below the mark is copied into the generated files of sensitivities, where `exp` and
`log` come from `math` (compiled) or numpy (plain).
"""

from numpy import log

__all__ = ["hill_bend", "hill_cross", "power_bend", "power_cross"]

# The text below this line is copied into the generated kernels.


def power_bend(base: float, exponent: float, value: float) -> float:
    """Second derivative of a power in its base from its value; at 0 it is 0 if infinite."""
    if base != 0.0:
        return exponent * (exponent - 1.0) * (value / base) / base
    return 2.0 if exponent == 2.0 else 0.0


def power_cross(base: float, exponent: float, value: float) -> float:
    """Derivative of a power in base and exponent from its value; 0 unless the base is > 0."""
    return value / base * (1.0 + exponent * float(log(base))) if base > 0.0 else 0.0


def hill_bend(x: float, half: float, exponent: float, value: float) -> float:
    """Second derivative of `hill` in x from its value; at 0 from the right, 0 if infinite."""
    if x > 0.0:
        steepness = exponent * (1.0 - value) * (value / x)
        return steepness * ((exponent * (1.0 - 2.0 * value) - 1.0) / x)
    if x == 0.0 and exponent == 1.0:
        return -2.0 / (half * half)
    return 2.0 / (half * half) if x == 0.0 and exponent == 2.0 else 0.0


def hill_cross(x: float, half: float, exponent: float, value: float) -> float:
    """Derivative of `hill` in x and its exponent from its value, 0 unless x is above 0."""
    if x <= 0.0:
        return 0.0
    bend = exponent * (1.0 - 2.0 * value) * float(log(x / half))
    return (1.0 - value) * (value / x) * (1.0 + bend)
