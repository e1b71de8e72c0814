"""Arrays made of an address and a shape, for functions that numba compiles."""

from collections.abc import Callable
from typing import Any, cast

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from algesia.arrays import FloatArray, IntArray

__all__ = ["floats_at", "integers_at"]

BYTES = 8


def _floats_at(context: Any, address: Any, shape: Any) -> Any:
    """The doubles at an address, C order."""
    kind = types.Array(types.float64, len(shape), "C")
    return kind(address, shape), _code


def _integers_at(context: Any, address: Any, shape: Any) -> Any:
    """The whole numbers at an address, C order."""
    kind = types.Array(types.int64, len(shape), "C")
    return kind(address, shape), _code


def _code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Describe the memory as an array that nobody owns."""
    array = context.make_array(signature.return_type)(context, builder)
    sizes = cgutils.unpack_tuple(  # type: ignore[no-untyped-call] # numba has no types
        builder, arguments[1], len(signature.args[1])
    )
    steps = [context.get_constant(types.intp, BYTES)]
    for size in reversed(sizes[1:]):
        steps.insert(0, builder.mul(steps[0], size))
    populate_array(  # type: ignore[no-untyped-call] # numba has no types
        array,
        data=builder.inttoptr(arguments[0], array.data.type),
        shape=sizes,
        strides=steps,
        itemsize=context.get_constant(types.intp, BYTES),
        meminfo=None,
    )
    return array._getvalue()


# numba's type of an intrinsic is that of the function which writes its instructions.
floats_at: Callable[[int, tuple[int, ...]], FloatArray] = cast("Any", intrinsic(_floats_at))
integers_at: Callable[[int, tuple[int, ...]], IntArray] = cast("Any", intrinsic(_integers_at))
