"""Functions of values that kernels call and Python or numpy provides."""

from collections.abc import Callable, Mapping

from .emitter import Value
from .vector_math import exponential, logarithm

__all__ = ["VALUE_FUNCTIONS"]


def _same(x: Value) -> Value:
    return x


def _root(x: Value) -> Value:
    return x.emitter.call("sqrt", x)


def _size(x: Value) -> Value:
    return x.emitter.call("fabs", x)


def _larger(first: Value, second: Value) -> Value:
    """Python's `max`: the first unless the second is greater."""
    emitter = first.emitter
    return emitter.select(emitter.compare("ogt", second, first), second, first)


def _smaller(first: Value, second: Value) -> Value:
    """Python's `min`: the first unless the second is less."""
    emitter = first.emitter
    return emitter.select(emitter.compare("olt", second, first), second, first)


VALUE_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": _size,
    "exp": exponential,
    "float": _same,
    "log": logarithm,
    "max": _larger,
    "min": _smaller,
    "sqrt": _root,
}
"""What writes the instructions of each function."""
