"""SciPy's LSODA (`odeint`), right-hand side and Jacobian compiled by numba."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from peers.equations import compiled_jacobian, compiled_right_side
from peers.model_text import Model
from peers.segments import Floats, Result, march, segment_times, timed
from problems.dosing_shapes import Shape

PACKAGES = ("scipy", "numba")


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
        from scipy.integrate import odeint

        given = np.append(row, np.zeros(len(self.model.driven)))

        def advance(state: Floats, rate: Floats, segment: Floats) -> Floats:
            given[len(row) :] = rate
            return odeint(
                self.right_side,
                state,
                segment,
                args=(given,),
                Dfun=self.jacobian,
                tfirst=True,
                rtol=tolerance,
                atol=tolerance * 1e-3,
                mxstep=100_000,
            )

        return march(shape, self.model, times, advance)


def prepare(model: Model) -> Solver:
    """Compile the right-hand side and the Jacobian."""
    import numba

    fill_right_side, fill_jacobian = compiled_right_side(model), compiled_jacobian(model)

    @numba.njit
    def right_side(_time: float, y: Floats, p: Floats) -> Floats:
        dy = np.empty(y.size)
        fill_right_side(y, p, dy)
        return dy

    @numba.njit
    def jacobian(_time: float, y: Floats, p: Floats) -> Floats:
        jac = np.zeros((y.size, y.size))
        fill_jacobian(y, p, jac)
        return jac

    return Solver(model=model, right_side=right_side, jacobian=jacobian)
