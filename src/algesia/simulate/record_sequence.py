"""The order of what the records of a table cause."""

from typing import TypeVar

import numpy as np

from algesia.arrays import IntArray

__all__ = ["record_sequence"]

Record = TypeVar("Record", int, np.int64, IntArray)


def record_sequence(record: Record) -> Record:
    """Sequence number of the events of a record; the odd one after it is for what follows."""
    return 2 * record
