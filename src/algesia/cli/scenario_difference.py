"""What differs between two scenarios, arm by arm."""

from typing import TYPE_CHECKING

from algesia.simulate import EventRecords, content_hash

from .difference import Difference, covariate_differences, unequal, value_differences
from .target import basis_of_model

if TYPE_CHECKING:
    from algesia.population import Cohort
    from algesia.regimen import Regimen
    from algesia.simulate import Arm, Sampling, Scenario

__all__ = ["scenario_differences"]


def scenario_differences(first: "Scenario", second: "Scenario") -> list[Difference]:
    """Compare two scenarios: title, sampling, tolerance, and every arm by its name."""
    found = unequal("", "title", first.title, second.title)
    pair = (_sampling_text(first.sampling), _sampling_text(second.sampling))
    found += unequal("", "sampling", *pair)
    tolerances = (f"{first.tolerance.relative:g}", f"{second.tolerance.relative:g}")
    found += unequal("", "relative tolerance", *tolerances)
    ours, theirs = ({arm.name: arm for arm in each.arms} for each in (first, second))
    found += unequal("", "arms", ", ".join(ours), ", ".join(theirs))
    for name in (name for name in ours if name in theirs):
        found += _arm_differences(name, ours[name], theirs[name])
    return found


def _arm_differences(name: str, first: "Arm", second: "Arm") -> list[Difference]:
    ours, theirs = first.model, second.model
    found = unequal(name, "model", ours.id, theirs.id)
    if ours.id == theirs.id:
        found += unequal(name, "model content", content_hash(ours), content_hash(theirs))
    bases = (basis_of_model(ours, name=name), basis_of_model(theirs, name=name))
    found += value_differences(name, bases[0].values, bases[1].values)
    found += unequal(name, "rung", first.rung, second.rung)
    plans = (_regimen_text(first.regimen), _regimen_text(second.regimen))
    found += unequal(name, "regimen", *plans)
    if plans[0] == plans[1]:
        pair = (content_hash(first.regimen), content_hash(second.regimen))
        found += unequal(name, "regimen content", *pair)
    rules = (content_hash(first.protocol)[:8], content_hash(second.protocol)[:8])
    found += unequal(name, "rules", *rules)
    found += _cohort_differences(name, first.cohort, second.cohort)
    found += unequal(
        name, "sampling", _sampling_text(first.sampling), _sampling_text(second.sampling)
    )
    for key in ("drug", "follow", "outputs", "observations", "occasion_gap_h"):
        found += unequal(name, key, str(getattr(first, key)), str(getattr(second, key)))
    limits = (dict(first.limits_of_quantification), dict(second.limits_of_quantification))
    return found + unequal(name, "limits of quantification", str(limits[0]), str(limits[1]))


def _cohort_differences(where: str, first: "Cohort", second: "Cohort") -> list[Difference]:
    found = unequal(where, "subjects", str(first.size), str(second.size))
    found += unequal(where, "seed", str(first.seed), str(second.seed))
    found += unequal(where, "spread between subjects", str(first.spread), str(second.spread))
    return found + covariate_differences(where, first.covariates, second.covariates)


def _regimen_text(regimen: "Regimen | EventRecords") -> str:
    from algesia.regimen import describe

    return regimen.describe() if isinstance(regimen, EventRecords) else describe(regimen)


def _sampling_text(sampling: "Sampling | None") -> str:
    if sampling is None:
        return "none of its own"
    times = sampling.times_h
    doses = " and at doses" if sampling.at_doses else ""
    whole = f"{times.size} times from {times[0]:g} to {times[-1]:g} h{doses}"
    return f"{whole} [{content_hash(times)[:8]}]"
