"""One question put to every catalogue entry that can answer it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from algesia.errors import DomainError, InputError, unknown_name
from algesia.model import Model
from algesia.population import Cohort
from algesia.regimen import Regimen
from algesia.simulate import Arm, OutputInfo, Scenario, Trajectories, run
from algesia.simulate.lower import lower
from algesia.simulate.run import Progress
from algesia.units import convert_amount, substance

from .cohort_file import typical_values
from .entry import Entry, entry, entry_ids

__all__ = ["ComparedCurve", "ModelComparison", "ModelSpan", "compare_models"]

_UNIT: Final = "ng/mL"
_SHOWN_TIMES_H: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 24.0, 72.0, 168.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCurve:
    """One moiety at one site in one model.

    Parameters
    ----------
    model, rung
        The model and how far it has been checked.
    moiety, site
        What is measured, and where.
    output
        Name of the output in the model.
    to_ng_per_ml
        What turns the output's values into ng/mL.
    cmax, tmax, auc
        Medians over subjects, ng/mL, h and ng/mL·h; NaN where none is defined.
    cmax_ratio, auc_ratio
        Over those of the scenario's own model; NaN where it does not have the moiety.
    """

    model: str
    rung: str
    moiety: str
    site: str | None
    output: str
    to_ng_per_ml: float
    cmax: float
    tmax: float
    auc: float
    cmax_ratio: float
    auc_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpan:
    """How far the models are apart in one moiety at one site and time.

    Parameters
    ----------
    moiety, site
        What is measured, and where; arterial and venous blood are never compared here.
    time_h
        When, h.
    lowest, highest
        Ends of the range over models, medians over subjects, ng/mL.
    lowest_model, highest_model
        The models at these ends.
    models
        How many models there are.
    """

    moiety: str
    site: str | None
    time_h: float
    lowest: float
    highest: float
    lowest_model: str
    highest_model: str
    models: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """What every model says that can take the question, and why the others cannot.

    Parameters
    ----------
    own
        Model the scenario names.
    answer
        One arm per model, of its name, the scenario's own in front.
    refused
        Reason for each entry that cannot answer.
    curves
        Every moiety that at least two models show; where there is none, those of the own.
    """

    own: str
    answer: Trajectories
    refused: Mapping[str, str]
    curves: tuple[ComparedCurve, ...]

    def moieties(self) -> tuple[str, ...]:
        """Names of what is compared, in the order of the curves."""
        return tuple(dict.fromkeys(curve.moiety for curve in self.curves))

    def spans(self) -> tuple[ModelSpan, ...]:
        """Ranges over models at a few times; of curves at the same site only."""
        places = dict.fromkeys((curve.moiety, curve.site) for curve in self.curves)
        return tuple(span for place in places for span in self._spans_of(*place))

    def _spans_of(self, moiety: str, site: str | None) -> Iterator[ModelSpan]:
        curves = [each for each in self.curves if (each.moiety, each.site) == (moiety, site)]
        if len({curve.model for curve in curves}) < 2:
            return
        end_h = min(float(arm.time_h[-1]) for arm in self.answer.arms)
        for time_h in _SHOWN_TIMES_H:
            if time_h > end_h:
                continue
            found = {self._value(curve, time_h): curve.model for curve in curves}
            low, high = min(found), max(found)
            yield ModelSpan(
                moiety=moiety,
                site=site,
                time_h=time_h,
                lowest=low,
                highest=high,
                lowest_model=found[low],
                highest_model=found[high],
                models=len({curve.model for curve in curves}),
            )

    def _value(self, curve: ComparedCurve, time_h: float) -> float:
        arm = self.answer.arm(curve.model)
        median = arm.median()[:, arm.output_index(curve.output)]
        return float(np.interp(time_h, arm.time_h, median)) * curve.to_ng_per_ml


def compare_models(
    scenario: Scenario, *, arm: str | None = None, progress: Progress | None = None
) -> ModelComparison:
    """Run an arm of a scenario with every catalogue entry that can take it.

    The subjects are those of the arm. A covariate that another entry needs and the arm does not
    give is that of the middle of the entry's study population. A racemate is never given to a
    model of one enantiomer as its half.

    Parameters
    ----------
    scenario
        The question.
    arm
        Name of the arm; the only one where not given.
    progress
        Told how many subjects are done, and of how many.

    Raises
    ------
    InputError
        If the arm does not exist, has explicit records, or its own model cannot answer.
    """
    asked = _asked(scenario, arm)
    own = replace(asked, name=asked.model.id, outputs=(), observations=False)
    own = replace(own, limits_of_quantification={})
    arms, refused = [own], {}
    for name in entry_ids():
        if name == own.name:
            continue
        try:
            candidate = _candidate(own, entry(name))
            lower(
                candidate,
                sampling=candidate.sampling or scenario.sampling,
                tolerance=scenario.tolerance,
            )
        except InputError as error:
            refused[name] = str(error)
        else:
            arms.append(candidate)
    title = f"{scenario.title}: {asked.name}, by {len(arms)} models"
    answer = run(replace(scenario, title=title, arms=tuple(arms)), progress=progress)
    return ModelComparison(
        own=own.name, answer=answer, refused=refused, curves=_curves(answer, own.name)
    )


def _asked(scenario: Scenario, name: str | None) -> Arm:
    """Arm that is asked about."""
    arms = {arm.name: arm for arm in scenario.arms}
    if name is None and len(arms) > 1:
        raise DomainError(
            f"scenario '{scenario.title}' has the arms {', '.join(arms)}; expected one by name"
        )
    chosen = next(iter(arms)) if name is None else name
    if chosen not in arms:
        raise unknown_name("arm", chosen, arms)
    if not isinstance(arms[chosen].regimen, Regimen):
        raise DomainError(
            f"arm '{chosen}' has explicit records; expected a regimen, which any model can take"
        )
    return arms[chosen]


def _candidate(own: Arm, other: Entry) -> Arm:
    """Arm of another entry: the same doses to the same people."""
    _refuse_other_moiety(own, other.model)
    cohort, filled = _with_covariates(own.cohort, other.model)
    return replace(
        own,
        name=other.id,
        model=other.model,
        cohort=cohort,
        follow=None,
        rung=other.rung,
        notes=(*filled, *other.misfits),
    )


def _refuse_other_moiety(own: Arm, model: Model) -> None:
    """Refuse a model that takes another drug, or an enantiomer of a racemate that is given."""
    assert isinstance(own.regimen, Regimen)
    rows = own.regimen.rows()
    given = {row.drug or own.drug or own.model.drug for row in rows}
    takes = list(dict.fromkeys(name for each in model.inputs for name in each.substances))
    for name in sorted(given):
        drug = substance(name)
        if drug.name in takes:
            continue
        same = [each for each in takes if substance(each).molecule == drug.molecule]
        if not same:
            raise DomainError(f"takes no {drug.name}")
        if drug.stereochemistry == "racemate":
            raise DomainError(
                f"takes {' and '.join(same)} only; a racemate is not given as its half"
            )
        raise DomainError(f"takes {' and '.join(same)}, not {drug.name}")


def _with_covariates(cohort: Cohort, model: Model) -> tuple[Cohort, tuple[str, ...]]:
    """Cohort with what the model needs and nobody gave, and a note on each."""
    missing = {
        name: value
        for name, value in typical_values(model).items()
        if name not in cohort.covariates
    }
    columns = {name: np.full(cohort.size, value) for name, value in missing.items()}
    if not columns:
        return cohort, ()
    notes = tuple(
        f"{name} is {value}, the middle of its study" for name, value in missing.items()
    )
    return replace(cohort, covariates={**cohort.covariates, **columns}), notes


def _curves(answer: Trajectories, own: str) -> tuple[ComparedCurve, ...]:
    measured = {(row.arm, row.output, row.measure): row.median for row in answer.exposure()}
    found: list[ComparedCurve] = []
    for arm in answer.arms:
        for output in arm.outputs:
            factor = _to_ng_per_ml(output)
            if factor is None:
                continue
            cmax, tmax, auc = (
                measured.get((arm.name, output.name, name), float("nan"))
                for name in ("cmax", "tmax", "auc")
            )
            found.append(
                ComparedCurve(
                    model=arm.name,
                    rung=arm.rung,
                    moiety=str(output.substance),
                    site=output.site,
                    output=output.name,
                    to_ng_per_ml=factor,
                    cmax=cmax * factor,
                    tmax=tmax,
                    auc=auc * factor,
                    cmax_ratio=float("nan"),
                    auc_ratio=float("nan"),
                )
            )
    return tuple(_with_ratios(curve, found, own) for curve in _shared(found, own))


def _to_ng_per_ml(output: OutputInfo) -> float | None:
    """What turns an output into ng/mL of base; None where it is no concentration of a drug."""
    if output.substance is None:
        return None
    try:
        return float(
            convert_amount(
                1.0,
                from_unit=output.unit,
                to_unit=_UNIT,
                substance=substance(output.substance),
                from_form=output.form,
            )
        )
    except InputError:
        return None


def _shared(curves: list[ComparedCurve], own: str) -> list[ComparedCurve]:
    """Curves of the moieties several models show, or of the own model alone; in order."""
    models: dict[str, set[str]] = {}
    present = [curve for curve in curves if curve.cmax > 0.0]
    for curve in present:
        models.setdefault(curve.moiety, set()).add(curve.model)
    common = [name for name, held in models.items() if len(held) > 1]
    kept = common or [name for name, held in models.items() if own in held]
    return [curve for name in kept for curve in present if curve.moiety == name]


def _with_ratios(curve: ComparedCurve, every: list[ComparedCurve], own: str) -> ComparedCurve:
    base = next((c for c in every if c.model == own and c.moiety == curve.moiety), None)
    if base is None:
        return curve
    return replace(
        curve,
        cmax_ratio=_ratio(curve.cmax, base.cmax),
        auc_ratio=_ratio(curve.auc, base.auc),
    )


def _ratio(value: float, base: float) -> float:
    return value / base if base > 0.0 else float("nan")
