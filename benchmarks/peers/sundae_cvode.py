"""CVODE of SUNDIALS through scikit-sundae: BDF, right-hand side and Jacobian by numba."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from peers.equations import compiled_jacobian, compiled_right_side
from peers.model_text import Model
from peers.segments import Floats, Result, march, segment_times, timed
from problems.dosing_shapes import Shape

PACKAGES = ("scikit-sundae", "numba")


@dataclass
class Solver:
    """Compiled functions of one model."""

    model: Model
    right_side: Any
    jacobian: Any

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve patients one after the other."""
        times = segment_times(shape)
        return timed(
            lambda: np.stack(
                [self._patient(shape, times, row, tolerance) for row in parameters]
            )
        )

    def _patient(
        self, shape: Shape, times: list[Floats], row: Floats, tolerance: float
    ) -> Floats:
        from sksundae.cvode import CVODE

        given = np.append(row, np.zeros(len(self.model.driven)))
        solver = CVODE(
            self.right_side,
            # A bare array fails scikit-sundae's test of whether there is user data.
            userdata=(given,),
            jacfn=self.jacobian,
            method="BDF",
            linsolver="dense",
            rtol=tolerance,
            atol=tolerance * 1e-3,
            max_num_steps=100_000,
        )

        def advance(state: Floats, rate: Floats, segment: Floats) -> Floats:
            given[len(row) :] = rate
            if len(segment) > 2:
                return solver.solve(segment, state).y
            # Two times would mean "every step": ask for the end alone.
            solver.init_step(segment[0], state)
            end = solver.step(segment[1], tstop=segment[1])
            return np.stack([state, np.ravel(end.y)])

        return march(shape, self.model, times, advance)


def prepare(model: Model) -> Solver:
    """Compile the right-hand side and the Jacobian."""
    import numba

    fill_right_side, fill_jacobian = compiled_right_side(model), compiled_jacobian(model)

    @numba.njit
    def right_side(_time: float, y: Floats, dy: Floats, data: tuple[Floats]) -> None:
        fill_right_side(y, data[0], dy)

    @numba.njit
    def jacobian(
        _time: float, y: Floats, _dy: Floats, jac: Floats, data: tuple[Floats]
    ) -> None:
        fill_jacobian(y, data[0], jac)

    return Solver(model=model, right_side=right_side, jacobian=jacobian)
