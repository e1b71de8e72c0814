"""`sensitivities`: how what is seen changes with the parameters of a model."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import Batch, EventSensitivity, solve_with_sensitivities
from algesia.engine.sensitivity_events import SIZE_OF_VALUE
from algesia.errors import DomainError, unknown_name
from algesia.provenance import NOTICE
from algesia.units import canonical_unit

from .lower import Lowered, lower
from .output_info import OutputInfo
from .sampling import Sampling
from .scenario import Arm, Tolerance
from .sensitivity_plan import moving_arm
from .tangent_queue import TangentEvents

__all__ = ["ArmSensitivities", "sensitivities"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmSensitivities:
    """Outputs of an arm and their derivatives in parameters.

    Attributes
    ----------
    arm
        Name of the arm.
    outputs
        What the outputs are, (O,).
    parameters, parameter_units
        Names of the parameters and their canonical units, (W,).
    parameter_values
        Values each subject has, in the first occasion, (S, W), canonical units.
    time_h
        Sampling times, (T,), h.
    values
        Outputs, (S, T, O), in their units; NaN where a subject failed.
    derivatives
        Derivatives, (S, T, O, W), in units of the output per canonical unit of the parameter,
        see `unit`; NaN where a subject failed.
    status
        How each subject ended, (S,), see `algesia.engine.Status`.
    notice
        What the numbers are for.
    """

    arm: str
    outputs: tuple[OutputInfo, ...]
    parameters: tuple[str, ...]
    parameter_units: tuple[str, ...]
    parameter_values: FloatArray
    time_h: FloatArray
    values: FloatArray
    derivatives: FloatArray
    status: IntArray
    notice: str = NOTICE

    def unit(self, output: str, parameter: str) -> str:
        """Unit of a derivative, such as ``ng/mL per L/h``."""
        infos = {each.name: each.unit for each in self.outputs}
        if output not in infos:
            raise unknown_name("output", output, infos)
        if parameter not in self.parameters:
            raise unknown_name("parameter", parameter, self.parameters)
        return f"{infos[output]} per {self.parameter_units[self.parameters.index(parameter)]}"

    def per_relative_change(self) -> FloatArray:
        """Change of each output per relative change of a parameter, (S, T, O, W).

        It is the derivative times the value of the parameter, in the unit of the output: a
        hundredth of it is about what one per cent more of the parameter does.
        """
        return self.derivatives * self.parameter_values[:, None, None, :]


def sensitivities(
    arm: Arm,
    sampling: Sampling,
    *,
    parameters: tuple[str, ...],
    tolerance: Tolerance | None = None,
    threads: int | None = None,
) -> ArmSensitivities:
    """Solve an arm with the derivatives of its outputs in parameters.

    They are derivatives in the parameters each subject has, after covariates and spread, and
    in the same shift of all occasions. Fractions, lags and durations of doses count exactly, as
    do initial values. A sample at the time of a dose keeps to the side it is taken from.

    Parameters
    ----------
    arm
        The arm; its doses are a regimen without a steady state before it.
    sampling
        When outputs are looked at.
    parameters
        Names of parameters of the model that its equations, outputs, initial values or inputs
        use.
    tolerance
        How exactly the equations and their derivatives are solved.
    threads
        Threads to use, all processors where not given; the answer does not depend on it.

    Raises
    ------
    InputError
        If a parameter is unknown or stands twice, or doses, patients and model do not fit.
    """
    given = {each.name for each in arm.model.parameters}
    known = [name for name in arm.model.dynamic_parameters() if name in given]
    for name in parameters:
        if name not in known:
            raise unknown_name(f"parameter of model '{arm.model.id}'", name, known)
    if not parameters or len(set(parameters)) < len(parameters):
        raise DomainError(
            f"parameters are {', '.join(parameters) or 'none'}; expected distinct names"
        )
    numbers = lower(arm, sampling=sampling, tolerance=tolerance or Tolerance())
    in_program = tuple(name for name in parameters if name in numbers.program.parameters)
    others = tuple(name for name in parameters if name not in in_program)
    columns = (*in_program, *others)
    moving = moving_arm(arm, numbers, columns)
    values = np.abs(moving.parameters)
    found = solve_with_sensitivities(
        numbers.program,
        _batch(numbers, moving.events),
        numbers.tolerances,
        wrt=in_program,
        event_sensitivity=EventSensitivity(
            others=others,
            dtime=moving.events.dtime,
            dvalue=moving.events.dvalue,
            dinitial=moving.dinitial,
            size=SIZE_OF_VALUE * np.where(values > 0.0, values, 1.0),
        ),
        threads=threads,
    )
    order = [columns.index(name) for name in parameters]
    wanted = list(numbers.columns)
    derivatives = found.derivatives[:, :, wanted][..., order]
    return ArmSensitivities(
        arm=arm.name,
        outputs=numbers.outputs,
        parameters=parameters,
        parameter_units=tuple(
            canonical_unit(arm.model.parameter(name).reported.unit) for name in parameters
        ),
        parameter_values=moving.parameters[:, order],
        time_h=numbers.time_h,
        values=found.raw.values[:, :, wanted] * numbers.factors,
        derivatives=derivatives * numbers.factors[:, None],
        status=found.raw.status,
    )


def _batch(numbers: Lowered, events: TangentEvents) -> Batch:
    """The lowered batch with events that each keep their own derivative.

    Every sample stays before, or after, all events of its time as it was.
    """
    old = numbers.batch
    applied = np.zeros_like(old.sample_event)
    for subject in range(old.subjects):
        time_h = old.sample_time_h[subject]
        before = old.event_time_h[old.event_offset[subject] : old.event_offset[subject + 1]]
        now = events.time_h[events.offset[subject] : events.offset[subject + 1]]
        after = old.sample_event[subject] > np.searchsorted(before, time_h, side="left")
        applied[subject] = np.where(
            after,
            np.searchsorted(now, time_h, side="right"),
            np.searchsorted(now, time_h, side="left"),
        )
    return replace(
        old,
        event_offset=events.offset,
        event_time_h=events.time_h,
        event_kind=events.kind,
        event_index=events.index,
        event_value=events.value,
        sample_event=applied,
    )
