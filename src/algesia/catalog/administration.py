"""The doses a gate gives a model: every input, every substance it takes, at once and slowly."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch
from algesia.model import Input, Model, Output, parse
from algesia.population import Cohort, individual_parameters
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Tolerance
from algesia.simulate.layout import static_values
from algesia.simulate.lower import Lowered, lower

from .cohort_file import build_cohort
from .driver import driven, tried_inputs
from .entry import Entry, entry_hash
from .entry_file import read_entry_model
from .scenario_schema import CohortFile

__all__ = [
    "Administration",
    "Trial",
    "lowered_plan",
    "trial_of",
    "typical_cohort",
    "undosed",
]

_USUAL_DOSE_MG = 10.0
_DAY_H = 24.0
_EARLY_H = np.linspace(0.0, 1.0, 13)
_LATE_H = np.linspace(1.5, _DAY_H, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One dose by one input.

    Parameters
    ----------
    input
        Input of the model.
    substance
        What is given.
    amount_mg
        How much, mg of base; twice as much still fits one device where there are devices.
    text
        The dose in words, without the amount: `{amount}` stands for it.
    lowered
        The dose as numbers, for a typical subject.
    """

    input: Input
    substance: str
    amount_mg: float
    text: str
    lowered: Lowered

    @property
    def place(self) -> str:
        """Where an issue of this dose belongs."""
        return f"inputs.{self.input.name}, {self.plan()}"

    def plan(self, *, doses: float = 1.0) -> str:
        """Regimen in words, with a multiple of the amount."""
        return self.text.format(amount=f"{doses * self.amount_mg:.10g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A model with its typical subject and every dose a gate gives.

    Parameters
    ----------
    model
        The model; one that takes no dose stands beside what drives it.
    cohort
        The typical subject, one.
    administrations
        The doses.
    time_h
        Times looked at, (T,), h, the same for all.
    """

    model: Model
    cohort: Cohort
    administrations: tuple[Administration, ...]
    time_h: FloatArray

    def constants(self) -> dict[str, float]:
        """Parameters and constant definitions of the typical subject, canonical units."""
        row = individual_parameters(self.model, self.cohort)[0, 0]
        names = self.model.dynamic_parameters()
        values = {name: row[[place]] for place, name in enumerate(names)}
        return {
            name: float(np.ravel(value)[0])
            for name, value in static_values(self.model, values).items()
        }


def typical_cohort(model: Model, covariates: Mapping[str, float | bool | str]) -> Cohort:
    """One subject in the middle of the study population.

    Parameters
    ----------
    model
        The model.
    covariates
        What is different from the middle, in the unit of each covariate.
    """
    middle = build_cohort(
        model, CohortFile(typical={}), folder=Path(), where=f"typical subject of {model.id}"
    )
    merged = {name: column.tolist()[0] for name, column in middle.covariates.items()}
    return Cohort.typical({**merged, **covariates})


def lowered_plan(
    trial: Trial, plan: str, *, sampling: Sampling, relative: float = Tolerance().relative
) -> Lowered:
    """Lower another plan for the typical subject of a trial, all outputs of the model."""
    return _lowered(trial.model, trial.cohort, plan, sampling, relative)


def undosed(batch: Batch) -> Batch:
    """Take every dose out of a batch."""
    nothing = np.zeros(0)
    return replace(
        batch,
        event_offset=np.zeros_like(batch.event_offset),
        event_time_h=nothing,
        event_kind=nothing.astype(np.int64),
        event_index=nothing.astype(np.int64),
        event_value=nothing,
        sample_event=np.zeros_like(batch.sample_event),
    )


def trial_of(entry: Entry) -> Trial:
    """Every dose a gate gives the model of an entry; made once per content of its files.

    Raises
    ------
    InputError
        If the typical subject or a dose is refused by the model itself.
    """
    return _trial(entry.folder, entry_hash(entry.folder))


@lru_cache(maxsize=16)
def _trial(folder: Path, content: str) -> Trial:
    del content  # only there so that a changed file is read again
    model = driven(folder, _with_ports_shown(read_entry_model(folder)))
    tried = tried_inputs(folder)
    cohort = typical_cohort(model, {})
    time_h = np.concatenate([_EARLY_H, _LATE_H])
    sampling = Sampling(times_h=time_h, at_doses=False)
    administrations = []
    for into in model.inputs:
        if tried is not None and into.name not in tried:
            continue
        amount_mg = _amount_mg(model, into)
        for drug in into.substances:
            for text in _texts(into, drug):
                plan = text.format(amount=f"{amount_mg:.10g}")
                administrations.append(
                    Administration(
                        input=into,
                        substance=drug,
                        amount_mg=amount_mg,
                        text=text,
                        lowered=_lowered(model, cohort, plan, sampling, Tolerance().relative),
                    )
                )
    return Trial(
        model=model, cohort=cohort, administrations=tuple(administrations), time_h=time_h
    )


def _with_ports_shown(model: Model) -> Model:
    """Model whose out ports are outputs as well, so that what others feel is looked at."""
    known = {output.name for output in model.outputs}
    shown = tuple(
        Output(name=port.name, expression=parse(port.name), unit=port.unit)
        for port in model.ports
        if port.direction == "out" and port.name not in known
    )
    return replace(model, outputs=(*model.outputs, *shown)) if shown else model


def _texts(into: Input, drug: str) -> list[str]:
    at_once = " ".join([f"{drug} {{amount}} mg {into.routes[0]}", *into.formulations[:1]])
    return [at_once, f"{at_once} over 30 min"] if into.infusible else [at_once]


def _amount_mg(model: Model, into: Input) -> float:
    """Half a device, or the smallest dose studied, or the usual one."""
    if into.device_amount is not None:
        return 0.5 * model.parameter(into.device_amount).reported.canonical()
    studied = model.validity.dose_mg
    return studied[0] if studied is not None and studied[0] > 0.0 else _USUAL_DOSE_MG


def _lowered(
    model: Model, cohort: Cohort, plan: str, sampling: Sampling, relative: float
) -> Lowered:
    arm = Arm(name=plan, model=model, regimen=parse_regimen(plan), cohort=cohort)
    return lower(arm, sampling=sampling, tolerance=Tolerance(relative=relative))
