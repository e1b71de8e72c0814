"""The numba types of a `Task`. Imports numba, and is imported only to compile or load kernels."""

from typing import Any

from numba import types

from .workspace import Task

__all__ = ["task_signature"]

RANKS = {
    "parameters": 2,
    "initial": 2,
    "sample_time_h": 2,
    "sample_event": 2,
    "values": 3,
    "final_state": 2,
}
INTEGERS = frozenset(
    {
        "start_row", "event_offset", "event_kind", "event_index", "sample_event", "halt",
        "status", "failure_state", "failure_event", "accepted", "rejected",
    }
)  # fmt: skip
SCALARS = {
    "relative": types.float64,
    "maximum_steps": types.int64,
    "maximum_step_h": types.float64,
}


def task_signature() -> tuple[Any, ...]:
    """Arguments of `solve_subjects`: two subject numbers and a task of contiguous arrays."""
    parts = [_field_type(name) for name in Task._fields]
    return (types.int64, types.int64, types.NamedTuple(parts, Task))


def _field_type(name: str) -> Any:
    if name in SCALARS:
        return SCALARS[name]
    item = types.int64 if name in INTEGERS else types.float64
    return types.Array(item, RANKS.get(name, 1), "C")
