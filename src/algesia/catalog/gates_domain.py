"""Gates on refusal: whom and what a model does not hold for, it does not answer for."""

from collections.abc import Iterator, Mapping
from typing import Final

from algesia.errors import InputError
from algesia.population import check_validity
from algesia.regimen import ROUTES
from algesia.simulate import Sampling

from .administration import lowered_plan, trial_of, typical_cohort
from .entry import Entry
from .gate import Issue

__all__ = ["absent_route_refused", "dose_ranges_stated", "outside_validity_refused"]

_CHILD: Final[Mapping[str, float | bool | str]] = {"age": 10.0}
_NEEDED_RANGES: Final = ("age", "weight")
# Far outside adults of any study and still a person.
_EXTREMES: Final = {"age": (18.0, 110.0), "weight": (25.0, 300.0)}
_UNKNOWN_LEVEL: Final = "unstated"
_OTHER_DRUG: Final = "morphine"


def outside_validity_refused(entry: Entry) -> list[Issue]:
    """A child, a pregnant subject and anyone outside a range is refused; the typical is not."""
    model = entry.model
    issues = []
    try:
        check_validity(model, typical_cohort(model, {}))
    except InputError as error:
        issues.append(
            Issue(
                gate="outside_validity_refused",
                place="population",
                message=f"the typical subject is refused: {error}",
            )
        )
    for who, covariates in _outsiders(entry):
        try:
            check_validity(model, typical_cohort(model, covariates))
        except InputError:
            continue
        issues.append(
            Issue(
                gate="outside_validity_refused",
                place="validity",
                message=f"{who} is accepted; expected to be refused",
            )
        )
    return issues


def _outsiders(entry: Entry) -> Iterator[tuple[str, dict[str, float | bool | str]]]:
    """Subjects that a model must refuse, each with words for it."""
    validity = entry.model.validity
    if not validity.children:
        yield "a subject of 10 years", dict(_CHILD)
    if not validity.pregnancy:
        yield "a pregnant subject", {"pregnant": True, "female": True}
    ranges = validity.ranges()
    for name in dict.fromkeys((*_NEEDED_RANGES, *ranges)):
        if name not in ranges:
            for value in _EXTREMES[name]:
                if name != "age" or value > _EXTREMES["age"][0]:
                    yield f"{name} {value:g}, for which no range is given,", {name: value}
            continue
        low, high = ranges[name]
        yield f"{name} {0.9 * low:g}, below {low:g},", {name: 0.9 * low}
        yield f"{name} {1.1 * high:g}, above {high:g},", {name: 1.1 * high}
    for name, levels in validity.levels().items():
        if not {"true", "false"} & set(levels):
            yield f"{name} '{_UNKNOWN_LEVEL}'", {name: _UNKNOWN_LEVEL}


def absent_route_refused(entry: Entry) -> list[Issue]:
    """A dose by a route the model lacks, or of a drug it does not take, is refused."""
    trial = trial_of(entry)
    drug = next((each.substance for each in trial.administrations), entry.model.drug)
    served = {route for each in trial.model.inputs for route in each.routes}
    studied = set(entry.model.validity.routes) or served
    plans = [f"{drug} 10 mg {route}" for route in ROUTES if route not in served & studied]
    plans += [
        f"{_OTHER_DRUG} 10 mg {each.input.routes[0]}"
        for each in trial.administrations
        if _OTHER_DRUG not in each.input.substances
    ]
    issues = []
    for plan in dict.fromkeys(plans):
        try:
            lowered_plan(trial, plan, sampling=Sampling.every(1.0, until_h=1.0))
        except InputError:
            continue
        issues.append(
            Issue(
                gate="absent_route_refused",
                place="inputs",
                message=f"'{plan}' is accepted although the entry lacks it; expected a refusal",
            )
        )
    return issues


def dose_ranges_stated(entry: Entry) -> list[Issue]:
    """Every route of every input has a range of doses studied, or says that none is known."""
    validity = entry.model.validity

    def stated(ways: tuple[str, ...]) -> bool:
        ranges, reason = validity.studied(ways)
        return bool(ranges or reason)

    missing = []
    for each in entry.model.inputs:
        routes = tuple(route for route in each.routes if route in ROUTES)
        if not routes and not stated(each.routes):
            missing.append(each.routes[0])
        missing += [route for route in routes if not stated((*each.formulations, route))]
    return [
        Issue(
            gate="dose_ranges_stated",
            place="validity.dose",
            message=f"nothing is stated of doses by route '{route}'; "
            "expected what was studied, or `unknown` with the reason",
        )
        for route in dict.fromkeys(missing)
    ]
