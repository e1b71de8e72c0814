"""Calls of kernels at an address, with the beginnings of arrays."""

from collections.abc import Callable
from typing import Any, cast

from numba import types
from numba.extending import intrinsic

from algesia.arrays import FloatArray

__all__ = ["call_four", "call_three", "call_two"]


def _code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Write the call of the function at an address."""
    from llvmlite import ir

    data = [
        context.make_array(kind)(context, builder, argument).data
        for kind, argument in zip(signature.args[1:], arguments[1:], strict=True)
    ]
    kind = ir.FunctionType(ir.VoidType(), [pointer.type for pointer in data])
    builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), data)
    return context.get_dummy_value()


def _call_two(context: Any, address: Any, first: Any, second: Any) -> Any:
    return types.none(address, first, second), _code


def _call_three(context: Any, address: Any, first: Any, second: Any, third: Any) -> Any:
    return types.none(address, first, second, third), _code


def _call_four(
    context: Any, address: Any, first: Any, second: Any, third: Any, fourth: Any
) -> Any:
    return types.none(address, first, second, third, fourth), _code


# numba's type of an intrinsic is that of the function which writes its instructions.
call_two: Callable[[int, FloatArray, FloatArray], None] = cast("Any", intrinsic(_call_two))
call_three: Callable[[int, FloatArray, FloatArray, FloatArray], None] = cast(
    "Any", intrinsic(_call_three)
)
call_four: Callable[[int, FloatArray, FloatArray, FloatArray, FloatArray], None] = cast(
    "Any", intrinsic(_call_four)
)
