"""diffsol through pydiffsol: BDF, model in DiffSL, compiled by LLVM with its own Jacobian."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from peers.equations import with_calls
from peers.model_text import Model
from peers.segments import Floats, Result, march, segment_times, timed
from problems.dosing_shapes import Shape

PACKAGES = ("pydiffsol",)


def diffsl(model: Model) -> str:
    """Write the model in DiffSL; the inputs are the state at the start and all arguments."""
    starts = [f"start{name}" for name in model.states]
    inputs = ", ".join(f"{name} = 1.0" for name in (*starts, *model.arguments))
    states = ", ".join(
        f"{name} = {start}" for name, start in zip(model.states, starts, strict=True)
    )
    definitions = "\n".join(
        f"{name} {{ {with_calls(text)} }}" for name, text in model.definitions
    )
    slopes = ",\n".join(with_calls(text) for text in model.full_derivatives)
    return f"in_i {{ {inputs} }}\nu_i {{ {states} }}\n{definitions}\nF_i {{ {slopes} }}\n"


@dataclass
class Solver:
    """The compiled model."""

    model: Model
    ode: Any

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve patients one after the other."""
        times = segment_times(shape)
        self.ode.rtol = tolerance
        self.ode.atol = tolerance * 1e-3
        return timed(lambda: np.stack([self._patient(shape, times, row) for row in parameters]))

    def _patient(self, shape: Shape, times: list[Floats], row: Floats) -> Floats:
        states = len(self.model.states)
        given = np.concatenate([np.zeros(states), row, np.zeros(len(self.model.driven))])

        def advance(state: Floats, rate: Floats, segment: Floats) -> Floats:
            given[:states] = state
            given[states + len(row) :] = rate
            # Nothing depends on time itself: every segment starts at 0.
            found = self.ode.solve_dense(given, segment[1:] - segment[0])
            return np.vstack([state, found.ys.T])

        return march(shape, self.model, times, advance)


def prepare(model: Model) -> Solver:
    """Compile the model."""
    import pydiffsol

    ode = pydiffsol.Ode(
        diffsl(model),
        matrix_type=pydiffsol.nalgebra_dense,
        linear_solver=pydiffsol.lu,
        ode_solver=pydiffsol.bdf,
    )
    return Solver(model=model, ode=ode)
