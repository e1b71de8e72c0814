"""diffrax on JAX's CPU back end: Kvaerno5, a batch of patients, one scan over the segments."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from peers.model_text import Model
from peers.segments import Floats, Result, segment_times, timed
from problems.dosing_shapes import Shape

PACKAGES = ("diffrax", "jax")

FIRST_STEP_H = 1e-4
MAXIMUM_STEPS = 16_384


def vector_field(model: Model) -> Any:
    """Write the right-hand side for JAX: `f(t, y, p)`."""
    import jax.numpy as jnp

    lines = [f"{name} = y[{i}]" for i, name in enumerate(model.states)]
    lines += [f"{name} = p[{i}]" for i, name in enumerate(model.arguments)]
    lines += [f"{name} = {text}" for name, text in model.definitions]
    lines.append(f"return stack([{', '.join(model.full_derivatives)}])")
    source = "def field(t, y, p):\n    " + "\n    ".join(lines) + "\n"
    scope: dict[str, Any] = {"sqrt": jnp.sqrt, "stack": jnp.stack}
    exec(compile(source, "<vector field>", "exec"), scope)  # noqa: S102 - text made above
    return scope["field"]


def padded_samples(shape: Shape) -> Floats:
    """Samples inside each segment from its start, padded with its duration, (K, M), h."""
    inside = [times[1:] - times[0] for times in segment_times(shape)]
    longest = max(map(len, inside))
    return np.stack([np.pad(times, (0, longest - len(times)), "edge") for times in inside])


@dataclass
class Solver:
    """The vector field of one model; a program is compiled per shape."""

    model: Model
    field: Any
    solve: Any

    def run(self, shape: Shape, parameters: Floats, tolerance: float) -> Result:
        """Solve all patients in one batched call."""
        samples = padded_samples(shape)

        def solve() -> Floats:
            found = np.asarray(
                self.solve(parameters, samples, shape.dose_mg, shape.rate_mg_per_h, tolerance)
            )
            first = shape.first_sample
            values = np.empty((len(parameters), len(shape.sample_h), len(self.model.states)))
            for k in range(len(shape.start_h)):
                begin, stop = first[k], first[k + 1]
                if stop > begin and shape.sample_h[begin] == shape.start_h[k]:
                    values[:, begin] = self.model.initial
                    begin += 1
                values[:, begin:stop] = found[:, k, : stop - begin]
            return values

        return timed(solve)


def prepare(model: Model) -> Solver:
    """Write the vector field and the function that JAX compiles at its first call."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    import diffrax
    import jax.numpy as jnp

    field = vector_field(model)
    initial, fed = jnp.array(model.initial), jnp.array(model.fed_indices)

    def one_segment(carry: Any, segment: Any) -> Any:
        state, row, tolerance = carry
        samples, dose, rate = segment
        given = jnp.concatenate([row, rate])
        control = diffrax.PIDController(rtol=tolerance, atol=tolerance * 1e-3)
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(field),
            diffrax.Kvaerno5(),
            t0=0.0,
            t1=samples[-1],
            dt0=FIRST_STEP_H,
            y0=state.at[fed].add(dose),
            args=given,
            # Steps end at the samples: the dense output has order three only.
            saveat=diffrax.SaveAt(ts=samples),
            stepsize_controller=diffrax.ClipStepSizeController(control, step_ts=samples),
            max_steps=MAXIMUM_STEPS,
            throw=False,
        )
        return (found.ys[-1], row, tolerance), found.ys

    @jax.jit
    def solve(parameters: Any, samples: Any, doses: Any, rates: Any, tolerance: Any) -> Any:
        def one_patient(row: Any) -> Any:
            carry = (initial, row, tolerance)
            return jax.lax.scan(one_segment, carry, (samples, doses, rates))[1]

        return jax.vmap(one_patient)(parameters)

    return Solver(model=model, field=field, solve=solve)
