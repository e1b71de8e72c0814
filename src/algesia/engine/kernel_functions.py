"""Functions the kernels call, safe at the edges of their range.

The text below the mark is copied into every generated file, where `exp`, `log` and `sqrt` come
from `math` (compiled) or numpy (plain).
"""

from numpy import exp, log, sqrt

__all__ = [
    "hill",
    "hill_slope",
    "logistic",
    "positive_log",
    "power_slope",
    "root_slope",
    "square_root",
]

# The text below this line is copied into the generated kernels.


def square_root(x: float) -> float:
    """Square root, not a number below 0."""
    return float(sqrt(x))


def root_slope(value: float) -> float:
    """Derivative of a square root from its value, 0 at 0 where it would be infinite."""
    return 0.5 / value if value > 0.0 else 0.0


def power_slope(base: float, exponent: float, value: float) -> float:
    """Derivative of a power in its base from its value, 0 at 0 where it would be infinite."""
    if base != 0.0:
        return exponent * value / base
    return 1.0 if exponent == 1.0 else 0.0


def positive_log(x: float) -> float:
    """Natural logarithm, 0 where x is not positive."""
    return float(log(x)) if x > 0.0 else 0.0


def logistic(x: float) -> float:
    """`1 / (1 + exp(-x))`."""
    return 1.0 / (1.0 + float(exp(-x)))


def hill(x: float, half: float, exponent: float) -> float:
    """`x**n / (half**n + x**n)` without overflow, 0 for x at or below 0."""
    if x <= 0.0:
        return 0.0
    return 1.0 / (1.0 + float(exp(-exponent * log(x / half))))


def hill_slope(x: float, half: float, exponent: float, value: float) -> float:
    """Derivative of `hill` in x from its value; at 0 the slope from the right, if finite."""
    if x > 0.0:
        return exponent * (1.0 - value) * (value / x)
    return 1.0 / half if x == 0.0 and exponent == 1.0 else 0.0
