"""Lowering: the one place where names become columns and units are erased."""

from dataclasses import dataclass, replace

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, Program, Tolerances
from algesia.errors import InputError
from algesia.model import GIVEN, Model
from algesia.population import check_validity
from algesia.regimen import DoseRow, Regimen
from algesia.units import convert_amount, substance

from .covariate_lines import Equations, equations_of
from .dosing import moiety_share
from .handed_out import handed_out_notes
from .layout import initial_states, output_factor, output_info
from .output_info import OutputInfo
from .reactive_plan import reactive_plan
from .record_plan import plan_records
from .regimen_plan import plan_regimen
from .sampling import Sampling
from .scenario import Arm, Tolerance

__all__ = ["Lowered", "arm_equations", "lower"]

# Absolute tolerance per relative tolerance, as a share of the largest dose: small enough that a
# tail of a millionth of the dose is solved to full accuracy.
_NEGLIGIBLE_SHARE = 1e-6
_SMALLEST_DOSE_MG = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """An arm as numbers, with what is needed to give the answer its names and units back.

    Parameters
    ----------
    program, batch, tolerances
        What the engine solves.
    told
        What the doses bring into each state, (S, X), its unit, fractions applied.
    columns
        Which of the program's outputs are wanted, (O,).
    outputs, factors
        What each of those is, (O,), and what turns its canonical value into its unit.
    time_h
        Sampling times, (T,), h.
    rows
        The doses as given, drug and route filled in.
    regimen_text
        The regimen in words.
    notes
        What lowering had to decide.
    individual
        Individual parameters, (J, S, P) for J occasions or covariate levels, canonical units.
    moiety
        Substance the model follows once its drug is given, or None.
    """

    program: Program
    batch: Batch
    tolerances: Tolerances
    told: FloatArray
    columns: tuple[int, ...]
    outputs: tuple[OutputInfo, ...]
    factors: FloatArray
    time_h: FloatArray
    rows: tuple[DoseRow, ...]
    regimen_text: str
    notes: tuple[str, ...]
    individual: FloatArray
    moiety: str | None


def lower(arm: Arm, *, sampling: Sampling | None, tolerance: Tolerance) -> Lowered:
    """Turn an arm into numbers.

    Parameters
    ----------
    arm
        The arm.
    sampling
        When outputs are looked at; None takes the observation records of an event table.
    tolerance
        How exactly the equations are solved.

    Raises
    ------
    InputError
        If doses, patients and model do not fit together.
    """
    unchecked = check_validity(arm.model, arm.cohort)
    if arm.protocol is not None:
        # What rules cannot do shows here, before anything is solved.
        reactive_plan(arm)
    equations = arm_equations(arm)
    program = equations.program
    per_mg = _tolerances_per_mg(arm.model, tolerance)
    if isinstance(arm.regimen, Regimen):
        plan = plan_regimen(arm, arm.regimen, sampling, program, per_mg)
    else:
        plan = plan_records(arm, arm.regimen, sampling, equations, per_mg)
    moiety = _followed(arm, plan.drug)
    scale_mg = max(plan.dose_mg, _SMALLEST_DOSE_MG)
    tolerances = replace(per_mg, absolute=scale_mg * per_mg.absolute_of(len(arm.model.states)))
    subjects, states = arm.cohort.subjects.size, len(arm.model.states)
    wanted = [arm.model.output(name) for name in arm.output_names()]
    columns = equations.columns
    batch = Batch(
        parameters=plan.parameters[..., columns].reshape(-1, len(columns)),
        initial=(
            initial_states(arm.model, plan.parameters[0])
            if plan.initial is None
            else plan.initial
        ),
        start_row=np.arange(subjects, dtype=np.int64),
        start_time_h=plan.start_h,
        event_offset=plan.events.offset,
        event_time_h=plan.events.time_h,
        event_kind=plan.events.kind,
        event_index=plan.events.index,
        event_value=plan.events.value,
        # What is looked at before a subject starts is its state at the start.
        sample_time_h=np.maximum(plan.time_h, plan.start_h[:, None]),
        sample_event=plan.sample_event,
    )
    return Lowered(
        program=program,
        batch=batch,
        tolerances=tolerances,
        told=np.pad(plan.events.told, ((0, 0), (0, states - plan.events.told.shape[1]))),
        columns=tuple(arm.model.outputs.index(each) for each in wanted),
        outputs=tuple(output_info(each, moiety) for each in wanted),
        factors=np.asarray([output_factor(arm.model, each, moiety) for each in wanted]),
        time_h=plan.time_h,
        rows=plan.rows,
        regimen_text=plan.regimen_text,
        notes=(*unchecked, *handed_out_notes(arm.model, plan.parameters[0]), *plan.notes),
        individual=plan.parameters,
        moiety=moiety,
    )


def arm_equations(arm: Arm) -> Equations:
    """Equations of the model of an arm, covariates along lines where its records say so."""
    rules = {} if isinstance(arm.regimen, Regimen) else arm.regimen.rules()
    return equations_of(arm.model, rules)


def _tolerances_per_mg(model: Model, tolerance: Tolerance) -> Tolerances:
    """Tolerances for a largest dose of 1 mg."""
    scale = np.ones(len(model.states))
    for place, state in enumerate(model.states):
        if state.substance is not None and state.unit == "nmol":
            name = model.drug if state.substance == GIVEN else state.substance
            scale[place] = convert_amount(
                1.0, from_unit="mg", to_unit="nmol", substance=substance(name)
            )
    return Tolerances(
        relative=tolerance.relative, absolute=tolerance.relative * _NEGLIGIBLE_SHARE * scale
    )


def _followed(arm: Arm, drug: str | None) -> str | None:
    """Substance the model follows once the drug is given."""
    if drug is None or arm.follow is None:
        return drug
    for each in arm.model.inputs:
        try:
            return moiety_share(arm.model, each, drug, follow=arm.follow)[1]
        except InputError:
            continue
    return drug
