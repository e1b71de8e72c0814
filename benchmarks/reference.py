"""The exact answers for the side-by-side comparison, and how far a second method is off."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from peers.algesia_engine import prepare
from peers.equations import compiled_right_side
from peers.model_text import Model
from peers.segments import Floats, march, segment_times
from peers.worker import achieved_error
from problems.dosing_shapes import Shape

__all__ = ["check", "write_reference"]

TOLERANCE = 1e-12


def write_reference(shape: Shape, model: Model, rows: Floats, directory: Path) -> Floats:
    """Solve with the engine's plain kernels at `TOLERANCE` and write the states, (S, T, X)."""
    values, _ = prepare(model, lanes=1).run(shape, rows, TOLERANCE)
    np.save(directory / f"reference_{shape.name}.npy", values)
    return values


def check(shape: Shape, model: Model, rows: Floats, reference: Floats) -> float:
    """Achieved error of SciPy's DOP853, an explicit method of order 8, against the reference.

    Parameters
    ----------
    shape
        Doses and samples.
    model
        The equations.
    rows
        Parameters of the first patients, (S, P).
    reference
        States of those patients or more.
    """
    from numba import njit
    from scipy.integrate import solve_ivp

    fill = compiled_right_side(model)

    @njit
    def right_side(_time: float, y: Floats, p: Floats) -> Floats:
        dy = np.empty(y.size)
        fill(y, p, dy)
        return dy

    def patient(row: Floats) -> Floats:
        def advance(state: Floats, rate: Floats, times: Floats) -> Floats:
            given = np.append(row, rate)
            found = [state]
            # Steps end at the samples: the dense output is less accurate than the steps.
            for begin, end in pairwise(times):
                answer = solve_ivp(
                    right_side,
                    (begin, end),
                    found[-1],
                    method="DOP853",
                    args=(given,),
                    rtol=TOLERANCE,
                    atol=TOLERANCE * 1e-3,
                )
                found.append(answer.y[:, -1])
            return np.stack(found)

        return march(shape, model, segment_times(shape), advance)

    return achieved_error(np.stack([patient(row) for row in rows]), reference)
