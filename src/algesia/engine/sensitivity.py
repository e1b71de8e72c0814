"""`solve_with_sensitivities`: the answer, and how it changes with parameters."""

import os
from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray

from .batch import Batch
from .program import Program
from .raw import Raw
from .sensitivity_events import EventSensitivity
from .sensitivity_kernels import compiled_with_columns
from .sensitivity_workspace import Columns
from .solve import check_fit, raw_of, run_chunks
from .task import task_of
from .tolerances import Tolerances
from .workspace import Task

__all__ = ["Sensitivities", "solve_with_sensitivities"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sensitivities:
    """The answer for one batch with its derivatives.

    Attributes
    ----------
    raw
        The answer itself, as `solve` gives it, within the tolerances.
    derivatives
        Derivatives of the outputs, (S, T, O, W); NaN where `raw.values` is.
    columns
        Names of what they are derivatives in, (W,).
    """

    raw: Raw
    derivatives: FloatArray
    columns: tuple[str, ...]


def solve_with_sensitivities(
    program: Program,
    batch: Batch,
    tolerances: Tolerances,
    *,
    wrt: tuple[str, ...],
    event_sensitivity: EventSensitivity | None = None,
    threads: int | None = None,
) -> Sensitivities:
    """Solve every subject of a batch, with the derivatives of the outputs in parameters.

    State and derivatives advance in the same steps of Rodas5P, whatever the stepper of the
    program, with one factorisation per step. A step is accepted when the errors of the state
    and of every derivative are within the tolerances.

    Events count exactly. If the time t of an event depends on a parameter p, the derivative s
    of the state jumps by (f before - f after) dt/dp, with f the right-hand side; what an event
    adds or sets jumps by the derivative of its value; a rate brings the derivative of the rate.
    A sample at the time of an event keeps to its side: taken before the event, its derivative
    is that of the past, as if the event moved later only; taken after, as if earlier only.

    Not counted is what a discontinuous ``where(state < parameter, ...)`` in the equations
    adds when the moment of its switching moves; kinks, as of `max` or `abs`, are counted.

    Parameters
    ----------
    program
        The system of equations.
    batch
        Parameters, starting values, events and samples of the subjects.
    tolerances
        Accuracy wanted.
    wrt
        Names of the parameters of the program to differentiate in, in the order of the columns.
    event_sensitivity
        How events, starting values and rows depend on them, and on others that follow them as
        further columns; not at all if None.
    threads
        Threads to use, at least 1; all processors of this process if None. The answer has the
        same bits for any number.

    Returns
    -------
    Sensitivities
        Outputs, derivatives, and one status per subject. A numerical failure is a status.

    Raises
    ------
    ValueError
        If program, batch and columns do not fit each other.

    Examples
    --------
    >>> decay = Program(states=("amount",), parameters=("rate",),
    ...     derivatives=("-rate * amount",), outputs=(("amount", "amount"),))
    >>> one = Batch(parameters=[[0.1]], initial=[[100.0]], start_row=[0], start_time_h=[0.0],
    ...     event_offset=[0, 0], event_time_h=[], event_kind=[], event_index=[], event_value=[],
    ...     sample_time_h=[[0.0, 10.0]], sample_event=[[0, 0]])
    >>> found = solve_with_sensitivities(decay, one, Tolerances(), wrt=("rate",))
    >>> found.derivatives[0, :, 0, 0].round(2) + 0.0
    array([   0.  , -367.88])
    """
    check_fit(program, batch)
    count = threads if threads is not None else len(os.sched_getaffinity(0))
    if count < 1:
        raise ValueError(f"threads is {count}; expected at least 1")
    given = event_sensitivity if event_sensitivity is not None else EventSensitivity()
    filled = given.filled(program, batch, wrt)
    names = (*wrt, *filled.others)
    task = task_of(batch, tolerances, outputs=len(program.outputs))
    subjects, samples, outputs = task.samples.values.shape
    derivatives = np.full((subjects, samples, outputs, len(names)), np.nan)
    if batch.subjects:
        kernels = compiled_with_columns(program, wrt)
        columns = _columns(filled, kernels.LANES, derivatives)

        def solve_chunk(first: int, last: int, of_task: Task) -> None:
            kernels.solve_columns(first, last, of_task, columns)

        run_chunks(solve_chunk, task, count, (None, None))
    return Sensitivities(raw=raw_of(task), derivatives=derivatives, columns=names)


def _columns(filled: EventSensitivity, lanes: int, derivatives: FloatArray) -> Columns:
    """The arrays of the driver, with columns of zeros that fill up the last block."""
    columns = derivatives.shape[3]
    missing = -columns % lanes
    blocks = (columns + missing) // lanes

    def wide(array: FloatArray | None, value: float = 0.0) -> FloatArray:
        assert array is not None
        padding = [(0, 0)] * (array.ndim - 1) + [(0, missing)]
        return _ready(np.pad(array, padding, constant_values=value))

    initial = wide(filled.dinitial)
    subjects, states, _ = initial.shape
    by_block = initial.reshape(subjects, states, blocks, lanes).transpose(0, 2, 1, 3)
    assert filled.dparameters is not None
    return Columns(
        initial=_ready(by_block.reshape(subjects, blocks, states * lanes)),
        event_time=wide(filled.dtime),
        event_value=wide(filled.dvalue),
        weight=_ready(filled.dparameters),
        size=wide(filled.size, 1.0),
        derivatives=derivatives,
    )


def _ready(values: FloatArray) -> FloatArray:
    # The type of a compiled argument says whether an array is contiguous and writeable.
    return np.require(values, dtype=np.float64, requirements=["C", "A", "W"])
