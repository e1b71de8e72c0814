"""`Emitter` and `Value`: LLVM assembly text, written one vector operation at a time.

Every operation works on each lane by itself, so no lane can feel its neighbours.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Condition", "Emitter", "Number", "Value"]

FAST = "contract nsz arcp "
"""As in the scalar kernels; what would hide an infinity or a NaN is left out."""


class Emitter:
    """Collects the instructions of one function.

    Parameters
    ----------
    lanes
        Doubles in a vector.
    """

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.doubles = f"<{lanes} x double>"
        self.integers = f"<{lanes} x i64>"
        self.lines: list[str] = []
        self.declared: set[str] = set()
        self.block = "start"
        self._flags = FAST
        self._count = 0

    def name(self, prefix: str = "v") -> str:
        """A name not used before."""
        self._count += 1
        return f"{prefix}{self._count}"

    def line(self, text: str) -> None:
        """Add an instruction without a result."""
        self.lines.append(f"  {text}")

    def result(self, text: str) -> str:
        """Add an instruction; return the name of its result."""
        name = f"%{self.name()}"
        self.lines.append(f"  {name} = {text}")
        return name

    @contextmanager
    def exact(self) -> Iterator[None]:
        """Within it nothing is fused or rearranged that is not written so."""
        flags, self._flags = self._flags, ""
        try:
            yield
        finally:
            self._flags = flags

    def start_block(self, label: str) -> None:
        """Begin a block; the one before it must have ended in a branch."""
        self.lines.append(f"{label}:")
        self.block = label

    def number(self, value: float) -> Value:
        """The same number in every lane."""
        return Value(self, _hexadecimal(float(value)), constant=float(value))

    def value(self, item: Number) -> Value:
        """A number or a value as a value."""
        return item if isinstance(item, Value) else self.number(item)

    def binary(self, operation: str, first: Number, second: Number) -> Value:
        """One of fadd, fsub, fmul and fdiv; two numbers are calculated at once."""
        left, right = self.value(first), self.value(second)
        folded = _folded(operation, left.constant, right.constant)
        if folded is not None:
            return self.number(folded)
        text = f"{operation} {self._flags}{self.doubles} {left.text}, {right.text}"
        return Value(self, self.result(text))

    def compare(self, relation: str, first: Number, second: Number) -> Condition:
        """A comparison, lane by lane; `relation` is one of LLVM's, such as ``olt``."""
        left, right = self.value(first), self.value(second)
        return Condition(
            self.result(f"fcmp {relation} {self.doubles} {left.text}, {right.text}")
        )

    def both(self, first: Condition, second: Condition) -> Condition:
        """Where both conditions hold."""
        return Condition(self.result(f"and <{self.lanes} x i1> {first.text}, {second.text}"))

    def unless_all(
        self, condition: Condition, usual: Value, otherwise: Callable[[], Value]
    ) -> Value:
        """A value where a condition holds; elsewhere another, calculated only if needed.

        The usual value is calculated for all lanes, and kept where the condition holds whatever
        the other lanes need: no lane can feel its neighbours.
        """
        before, slow, after = self.block, self.name("slow"), self.name("after")
        bits = self.result(f"bitcast <{self.lanes} x i1> {condition.text} to i{self.lanes}")
        every = self.result(f"icmp eq i{self.lanes} {bits}, -1")
        self.line(f"br i1 {every}, label %{after}, label %{slow}")
        self.start_block(slow)
        mended = self.select(condition, usual, otherwise())
        last = self.block
        self.line(f"br label %{after}")
        self.start_block(after)
        pairs = f"[ {usual.text}, %{before} ], [ {mended.text}, %{last} ]"
        return Value(self, self.result(f"phi {self.doubles} {pairs}"))

    def select(self, condition: Condition, yes: Number, no: Number) -> Value:
        """The one or the other, lane by lane."""
        left, right, kind = self.value(yes), self.value(no), self.doubles
        bits = f"<{self.lanes} x i1> {condition.text}"
        return Value(
            self, self.result(f"select {bits}, {kind} {left.text}, {kind} {right.text}")
        )

    def call(self, function: str, *arguments: Number) -> Value:
        """A function of LLVM itself, such as ``sqrt`` or ``fma``."""
        name = f"@llvm.{function}.v{self.lanes}f64"
        kinds = ", ".join([self.doubles] * len(arguments))
        self.declared.add(f"declare {self.doubles} {name}({kinds})")
        texts = ", ".join(f"{self.doubles} {self.value(item).text}" for item in arguments)
        return Value(self, self.result(f"call {self.doubles} {name}({texts})"))

    def negative(self, item: Value) -> Value:
        """The value with its sign turned."""
        if item.constant is not None:
            return self.number(-item.constant)
        return Value(self, self.result(f"fneg {self.doubles} {item.text}"))

    def bits(self, item: Value) -> str:
        """The bits of each lane as integers."""
        return self.result(f"bitcast {self.doubles} {item.text} to {self.integers}")

    def from_bits(self, text: str) -> Value:
        """Integers read as the bits of doubles."""
        return Value(self, self.result(f"bitcast {self.integers} {text} to {self.doubles}"))

    def integer(self, operation: str, first: str, second: str | int) -> str:
        """An operation on integers; `second` may be the same number for every lane."""
        other = f"splat (i64 {second})" if isinstance(second, int) else second
        return self.result(f"{operation} {self.integers} {first}, {other}")

    def to_double(self, text: str) -> Value:
        """Integers as doubles."""
        return Value(self, self.result(f"sitofp {self.integers} {text} to {self.doubles}"))


class Condition:
    """Yes or no in every lane."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Value:
    """A vector, or one number for every lane; arithmetic on it writes instructions."""

    __slots__ = ("constant", "emitter", "text")

    def __init__(self, emitter: Emitter, text: str, *, constant: float | None = None) -> None:
        self.emitter = emitter
        self.text = text
        self.constant = constant

    def __add__(self, other: Number) -> Value:
        return self.emitter.binary("fadd", self, other)

    def __radd__(self, other: float) -> Value:
        return self.emitter.binary("fadd", other, self)

    def __sub__(self, other: Number) -> Value:
        return self.emitter.binary("fsub", self, other)

    def __rsub__(self, other: float) -> Value:
        return self.emitter.binary("fsub", other, self)

    def __mul__(self, other: Number) -> Value:
        return self.emitter.binary("fmul", self, other)

    def __rmul__(self, other: float) -> Value:
        return self.emitter.binary("fmul", other, self)

    def __truediv__(self, other: Number) -> Value:
        return self.emitter.binary("fdiv", self, other)

    def __rtruediv__(self, other: float) -> Value:
        return self.emitter.binary("fdiv", other, self)

    def __neg__(self) -> Value:
        return self.emitter.negative(self)


Number = Value | float


def _hexadecimal(number: float) -> str:
    """A double in LLVM's notation of its bits: decimals would have to be exact."""
    bits = struct.unpack("<Q", struct.pack("<d", number))[0]
    return f"splat (double 0x{bits:016X})"


def _folded(operation: str, first: float | None, second: float | None) -> float | None:
    """The result of an operation on two numbers, None if it has to be left to run time."""
    if first is None or second is None:
        return None
    if operation == "fadd":
        return first + second
    if operation == "fsub":
        return first - second
    if operation == "fmul":
        return first * second
    return first / second if second != 0.0 else None
