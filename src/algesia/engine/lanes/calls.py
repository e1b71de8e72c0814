"""What the driver cannot say in Python: a call to an address, and a count all threads share."""

from collections.abc import Callable
from typing import Any, cast

from numba import types
from numba.extending import intrinsic

from algesia.arrays import FloatArray, IntArray

__all__ = ["call_kernel", "take_ticket"]


def _call_kernel(context: Any, address: Any, memory: Any) -> Any:
    """Call the function at an address with the beginning of an array."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        array = context.make_array(signature.args[1])(context, builder, arguments[1])
        kind = ir.FunctionType(ir.VoidType(), [array.data.type])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), [array.data])
        return context.get_dummy_value()

    return types.none(address, memory), code


def _take_ticket(context: Any, counts: Any, index: Any) -> Any:
    """The value of a count, which goes up by 1 before any other thread sees it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        one = context.get_constant(types.int64, 1)
        place = builder.gep(array.data, [arguments[1]])
        return builder.atomic_rmw("add", place, one, "monotonic")

    return types.int64(counts, types.int64), code


# numba's type of an intrinsic is that of the function which writes its instructions.
call_kernel: Callable[[int, FloatArray], None] = cast("Any", intrinsic(_call_kernel))
take_ticket: Callable[[IntArray, int], int] = cast("Any", intrinsic(_take_ticket))
