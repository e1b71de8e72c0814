"""A function that numba compiles once per machine, kept as machine code, called without numba.

Importing numba takes longer than most answers. So a driver is kept as the object file LLVM
makes of it, behind an entry that takes two addresses: whole numbers, among them the addresses
and shapes of all arrays, and doubles. A later process loads the object and packs its arguments.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .cache import keep_bytes, kept_bytes

__all__ = ["Native", "native"]

ENTRY = "native_entry"

RETURNED = (0, -2)
"""What numba's functions end with: no exception, without and with None as the answer."""

ENTRY_HEADER = """
from numba import types

from algesia.engine.native_arrays import floats_at, integers_at
"""


class Native:
    """A function in machine code, called with named tuples of arrays and numbers.

    Attributes
    ----------
    notes
        Text kept beside the code.
    """

    __slots__ = ("_function", "_owner", "notes")

    def __init__(self, address: int, owner: object, notes: str) -> None:
        # A call through ctypes lets other threads run.
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 4)
        self._function: Callable[..., int] = kind(address)
        self._owner = owner
        self.notes = notes

    def __call__(self, *arguments: object) -> None:
        """Call the function; the arrays are those it was made for in type and axes."""
        words, reals = packed(arguments)
        # numba's own convention: a place for the answer, one for an exception, the arguments.
        spare = np.zeros(2, dtype=np.int64)
        place = spare.ctypes.data
        status = self._function(place, place + 8, words.ctypes.data, reals.ctypes.data)
        if status not in RETURNED:
            raise RuntimeError(f"machine code ended with status {status}; expected none")


def native(
    name: str, make: Callable[[], tuple[str, str]], function: str, examples: tuple[object, ...]
) -> Native:
    """A function as machine code: from disk, else compiled by numba and kept.

    Parameters
    ----------
    name
        Name of the file, which changes with anything the code depends on.
    make
        Returns a source whose functions are made by `compiled`, numba's decorator without any
        wrapper, and notes to keep; called if the file is missing or damaged.
    function
        Function of the source to call.
    examples
        Arguments of the types of every call: whole numbers, doubles, arrays of either in C
        order, and named tuples of these.
    """
    from .lanes.machine_code import loaded

    content = kept_bytes(name)
    if content is None:
        source, notes = make()
        code = _compiled(f"{source}{ENTRY_HEADER}{_entry(function, examples)}")
        content = notes.encode() + b"\n" + code
        keep_bytes(name, content)
    kept, _, code = content.partition(b"\n")
    (address,), owner = loaded(code, (ENTRY,))
    return Native(address, owner, kept.decode())


def packed(arguments: tuple[object, ...]) -> tuple[IntArray, FloatArray]:
    """Arguments as whole numbers and doubles, in the order in which `_entry` reads them."""
    words: list[int] = []
    reals: list[float] = []
    for value in _leaves(arguments):
        if isinstance(value, np.ndarray):
            words += [value.ctypes.data, *value.shape]
        elif isinstance(value, float):
            reals.append(value)
        else:
            words.append(int(value))
    return np.array(words, dtype=np.int64), np.array(reals, dtype=np.float64)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, tuple):
        return [leaf for each in value for leaf in _leaves(each)]
    return [value]


class _Reader:
    """Writes the expressions that make arguments out of words and reals again."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self._words = 0
        self._reals = 0

    def text(self, value: Any) -> str:
        """Expression of one argument."""
        if isinstance(value, tuple):
            name = type(value).__name__
            self.imports.add(f"from {type(value).__module__} import {name}")
            return f"{name}({', '.join(self.text(each) for each in value)})"
        if isinstance(value, np.ndarray):
            kind = "floats_at" if value.dtype == np.float64 else "integers_at"
            address = self._word()
            shape = "".join(f"{self._word()}, " for _ in value.shape)
            return f"{kind}({address}, ({shape}))"
        if isinstance(value, float):
            self._reals += 1
            return f"reals[{self._reals - 1}]"
        return self._word()

    def _word(self) -> str:
        self._words += 1
        return f"words[{self._words - 1}]"


def _entry(function: str, examples: tuple[object, ...]) -> str:
    """Source of a function of two pointers that calls another with what they hold."""
    reader = _Reader()
    arguments = ", ".join(reader.text(each) for each in examples)
    imports = "\n".join(sorted(reader.imports))
    return f"""{imports}

def {ENTRY}(words, reals):
    {function}({arguments})


{ENTRY} = compiled({ENTRY})
{ENTRY}.compile((types.CPointer(types.int64), types.CPointer(types.float64)))
"""


def _compiled(source: str) -> bytes:
    """Object file of a source that ends in an entry."""
    from .lanes.machine_code import machine_code
    from .native_compiler import without_machine_code  # imports numba

    module: dict[str, Any] = {"__name__": "algesia_native"}
    with without_machine_code():
        exec(compile(source, "<native>", "exec"), module)  # noqa: S102 - text of this room
        (made,) = module[ENTRY].overloads.values()
        made.library.finalize()
    text: str = made.library.get_llvm_str()
    return machine_code(text.replace(made.fndesc.llvm_func_name, ENTRY))
