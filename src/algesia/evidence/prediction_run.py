"""Runs behind predictions: each distinct regimen, weight and perpetrator is solved once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from algesia.arrays import FloatArray
from algesia.catalog.administration import typical_cohort
from algesia.catalog.companion import accompanied
from algesia.catalog.entry import Entry, entry
from algesia.errors import InputError, ModelError
from algesia.model import Model
from algesia.population import Categorical, Cohort, Distribution, Fixed, study_population
from algesia.population.distribution import Conditional
from algesia.regimen import DoseRow, parse_regimen
from algesia.simulate import Arm, ArmTrajectories, Sampling, Scenario, run

from .observation import Perpetrator

__all__ = ["Request", "RunBook", "request_times_h"]

_MINUTE_H: Final = 1.0 / 60.0
_DENSE_MINUTES: Final = 240
_UNTIL_H: Final = 480.0
_LATE_POINTS: Final = 260
# A course of many doses is looked at densely around its last dose only.
_DENSE_STARTS: Final = 4
SEED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing to simulate.

    Parameters
    ----------
    regimen
        Text regimen.
    weight_kg
        Weight of the typical subject, kg.
    perpetrator
        What is given beside, or None.
    categories
        Categorical covariates of the subject, by name; the typical one where empty.
    """

    regimen: str
    weight_kg: float
    perpetrator: Perpetrator | None = None
    categories: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBook:
    """A model, who takes it, and the answers so far.

    Parameters
    ----------
    entry
        The catalogue entry that is judged.
    subjects
        Number of sampled subjects, None for the typical one.
    also_h
        Further times at which every run is looked at, (T,), h.
    answers
        What was run, or why it could not be.
    """

    entry: Entry
    subjects: int | None
    also_h: FloatArray
    answers: dict[Request, ArmTrajectories | str] = field(default_factory=dict)

    def answer(self, request: Request) -> ArmTrajectories | str:
        """Run a request once.

        Parameters
        ----------
        request
            What to simulate.

        Returns
        -------
        ArmTrajectories or str
            The answer, or one line that says why the model refuses.
        """
        if request not in self.answers:
            try:
                self.answers[request] = self._run(request)
            except InputError as error:
                self.answers[request] = " ".join(str(error).split())
        return self.answers[request]

    def _run(self, request: Request) -> ArmTrajectories:
        regimen = parse_regimen(_whole_text(request))
        times_h = request_times_h(regimen.rows(), self.also_h)
        model = _model(self.entry, request.perpetrator)
        arm = Arm(
            name=request.regimen,
            model=model,
            regimen=regimen,
            cohort=_cohort(model, request, self.subjects),
        )
        sampling = Sampling(times_h=times_h)
        return run(Scenario(title=arm.name, arms=(arm,), sampling=sampling)).arms[0]


def request_times_h(rows: Iterable[DoseRow], also_h: FloatArray) -> FloatArray:
    """Times at which a run is looked at: every minute after a dose, then ever further apart.

    Parameters
    ----------
    rows
        The doses.
    also_h
        Further times, (T,), h.

    Returns
    -------
    FloatArray
        Times, (T,), h, increasing.
    """
    edges = sorted({time for row in rows for time in (row.time_h, row.time_h + row.duration_h)})
    dense = _MINUTE_H * np.arange(1, _DENSE_MINUTES + 1)
    late = np.geomspace(_MINUTE_H * _DENSE_MINUTES, _UNTIL_H, _LATE_POINTS)
    starts = [*edges[:1], *edges[-_DENSE_STARTS:]]
    pieces = [np.asarray([0.0]), also_h, np.asarray(edges), edges[-1] + late]
    pieces += [start + dense for start in starts]
    if edges[-1] > edges[0]:
        pieces.append(np.linspace(edges[0], edges[-1], _DENSE_MINUTES))
    times = np.unique(np.concatenate(pieces))
    # Times that differ by rounding only are one time.
    distinct: FloatArray = times[np.concatenate([[True], np.diff(times) > 1e-9])]
    return distinct


def _whole_text(request: Request) -> str:
    """Regimen with that of the perpetrator side by side."""
    beside = request.perpetrator
    if beside is None:
        return request.regimen
    return f"{beside.regimen} plus {request.regimen} starting at {beside.victim_at_h:g} h"


def _model(asked: Entry, beside: Perpetrator | None) -> Model:
    """Model of an entry, joined to that of a perpetrator."""
    if beside is None:
        return asked.model
    taking = {port.name for port in asked.model.ports if port.direction == "in"}
    other = entry(beside.entry)
    giving = {port.name for port in other.model.ports if port.direction == "out"}
    if not taking & giving:
        raise ModelError(
            f"model '{asked.id}' has no port that {beside.entry} acts on; expected one of "
            f"{', '.join(sorted(giving))}"
        )
    return accompanied(asked.model, [other])


def _cohort(model: Model, request: Request, subjects: int | None) -> Cohort:
    if subjects is None:
        return typical_cohort(model, {"weight": request.weight_kg, **dict(request.categories)})
    distributions: dict[str, Distribution | Conditional] = dict(study_population(model))
    distributions.setdefault("weight", Fixed(value=request.weight_kg))
    for name, level in request.categories:
        distributions[name] = Categorical(levels={level: 1.0})
    return Cohort.sample(subjects, distributions, SEED)
