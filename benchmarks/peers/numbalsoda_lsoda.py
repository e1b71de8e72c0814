"""numbalsoda's LSODA: right-hand side and the loops over patients and segments in numba."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from peers.equations import compiled_right_side
from peers.model_text import Model
from peers.segments import Floats, Result, segment_times, timed
from problems.dosing_shapes import Shape

PACKAGES = ("numbalsoda", "numba")


@dataclass
class Solver:
    """Compiled loop of one model."""

    model: Model
    loop: Any
    address: int

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve patients one after the other, inside compiled code."""
        times = segment_times(shape)
        packed = np.concatenate(times)
        offset = np.cumsum([0, *map(len, times)])
        given = np.hstack([parameters, np.zeros((len(parameters), len(self.model.driven)))])

        def solve() -> Floats:
            values = np.empty((len(parameters), len(shape.sample_h), len(self.model.states)))
            problem = (packed, offset, shape.dose_mg, shape.rate_mg_per_h, shape.first_sample)
            starts_at_sample = shape.sample_h[0] == shape.start_h[0]
            ok = self.loop(
                self.address,
                (given, np.array(self.model.initial), np.array(self.model.fed_indices)),
                problem,
                (starts_at_sample, tolerance),
                values,
            )
            return values if ok else np.full_like(values, np.nan)

        return timed(solve)


def prepare(model: Model) -> Solver:
    """Compile the right-hand side and the loops."""
    import numba
    from numbalsoda import lsoda, lsoda_sig

    fill = compiled_right_side(model)
    states, arguments = len(model.states), len(model.arguments)

    @numba.cfunc(lsoda_sig)
    def right_side(_time, y, dy, p):  # noqa: ANN001, ANN202 - pointers that numba types
        fill(numba.carray(y, states), numba.carray(p, arguments), numba.carray(dy, states))

    @numba.njit
    def loop(address, patients, problem, options, values):  # noqa: ANN001, ANN202 - as above
        given, initial, fed = patients
        times, offset, dose, rate, first = problem
        starts_at_sample, tolerance = options
        for s in range(len(given)):
            state = initial.copy()
            for k in range(len(offset) - 1):
                begin, stop = first[k], first[k + 1]
                if k == 0 and starts_at_sample:
                    values[s, begin] = state
                    begin += 1
                state[fed] += dose[k]
                given[s, -rate.shape[1] :] = rate[k]
                segment = times[offset[k] : offset[k + 1]]
                found, ok = lsoda(
                    address, state, segment, given[s], tolerance, tolerance * 1e-3, 100_000
                )
                if not ok:
                    return False
                values[s, begin:stop] = found[1 : 1 + stop - begin]
                state[:] = found[-1]
        return True

    return Solver(model=model, loop=loop, address=right_side.address)
