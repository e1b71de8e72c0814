"""`Lanes`: the memory of one thread that advances several subjects at once."""

from typing import NamedTuple

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .layout import CONTROL, Layout

__all__ = ["Lanes", "lanes_of"]

CLOCKS = 6
"""Rows of `Lanes.clock`."""

CURSORS = 10
"""Rows of `Lanes.cursor`."""

ALIGNMENT = 64
"""Bytes; a vector that crosses a line of the cache is slow."""


class Lanes(NamedTuple):
    """What the driver touches of the memory, and its own notes; L lanes."""

    kernels: IntArray
    """Addresses of the entries."""
    memory: FloatArray
    """All rows, flat; its beginning is what the kernels are given."""
    control: FloatArray
    """The rows of `CONTROL`."""
    state: FloatArray
    rates: FloatArray
    slope: FloatArray
    parameters: FloatArray
    values: FloatArray
    absolute: FloatArray
    clock: FloatArray
    """(`CLOCKS`, L): times and lengths of steps."""
    cursor: IntArray
    """(`CURSORS`, L): subject, events, samples, and what a lane is doing."""
    queue: IntArray
    """(2,): next subject to be taken, and subjects done; shared by all threads."""


def lanes_of(layout: Layout, addresses: tuple[int, ...], width: int, queue: IntArray) -> Lanes:
    """Empty memory for one thread.

    Parameters
    ----------
    layout
        Where the fields are.
    addresses
        Addresses of the entries.
    width
        Number of lanes, L.
    queue
        (2,), shared by the threads of one call.
    """
    spare = ALIGNMENT // 8
    raw = np.zeros(layout.total * width + spare)
    skipped = (-raw.ctypes.data % ALIGNMENT) // 8
    memory = raw[skipped : skipped + layout.total * width]
    table = memory.reshape(layout.total, width)

    def rows(name: str) -> FloatArray:
        first = layout.first[name]
        return table[first : first + layout.rows[name]]

    return Lanes(
        kernels=np.array(addresses, dtype=np.int64),
        memory=memory,
        control=table[: len(CONTROL)],
        state=rows("state"),
        rates=rows("rates"),
        slope=rows("slope"),
        parameters=rows("parameters"),
        values=rows("values"),
        absolute=rows("absolute"),
        clock=np.zeros((CLOCKS, width)),
        cursor=np.zeros((CURSORS, width), dtype=np.int64),
        queue=queue,
    )
