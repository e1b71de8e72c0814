"""Children are answered by the models that were built on them, adults by the others."""

import numpy as np
import pytest

from algesia.catalog.administration import lowered_plan, trial_of, typical_cohort
from algesia.catalog.entry import entry, entry_ids
from algesia.engine import solve
from algesia.errors import DomainError
from algesia.population import check_validity
from algesia.simulate import Sampling

FOR_CHILDREN = (
    "elkomy_2015_children",
    "flint_2017_intensive_care_children",
    "herd_2007_children",
    "hornik_2018_children",
)
OF_KETAMINE = ("ketamine", "esketamine", "arketamine")
FLINT = "flint_2017_intensive_care_children"
CHILD = {"age": 6.0, "weight": 20.0}
ADULT = {"age": 30.0, "weight": 72.0}


@pytest.mark.parametrize("name", FOR_CHILDREN)
def test_a_model_of_children_takes_a_child_and_refuses_an_adult(name: str) -> None:
    model = entry(name).model
    check_validity(model, typical_cohort(model, CHILD))
    with pytest.raises(DomainError, match=r"age of subject .* is 30 year"):
        check_validity(model, typical_cohort(model, ADULT))


def test_every_other_model_of_ketamine_refuses_a_child() -> None:
    models = [entry(name).model for name in entry_ids() if name not in FOR_CHILDREN]
    others = [model for model in models if model.drug in OF_KETAMINE]
    assert len(others) >= 9
    for model in others:
        assert not model.validity.children
        with pytest.raises(DomainError, match=r"age of subject .* is 6 year"):
            check_validity(model, typical_cohort(model, CHILD))


def _levels(plan: str, times_h: list[float]) -> np.ndarray:
    """S-ketamine and S-norketamine of a typical ventilated child, (T, 2)."""
    trial = trial_of(entry(FLINT))
    sampling = Sampling(times_h=np.asarray(times_h), at_doses=False)
    numbers = lowered_plan(trial, plan, sampling=sampling)
    return solve(numbers.program, numbers.batch, numbers.tolerances).values[0]


def test_the_clock_of_norketamine_clearance_starts_with_the_first_dose() -> None:
    at_once = _levels("esketamine 20 mg IV over 30 min", [1.0, 6.0, 24.0])
    later = _levels("esketamine 20 mg IV over 30 min at 40 h", [41.0, 46.0, 64.0])
    np.testing.assert_allclose(later, at_once, rtol=1e-4, atol=1e-12)


def test_the_clock_goes_on_long_after_the_drug_is_gone() -> None:
    """With a slope of 0.87 % per hour, clearance has grown by 8.7 in a thousand hours."""
    dose = "esketamine 200 mg IV over 40 h"
    first = _levels(dose, [39.0])[0]
    second = _levels(f"esketamine 1 mg IV plus {dose} at 1000 h", [1039.0])[0]
    assert second[0] == pytest.approx(first[0], rel=1e-3, abs=0.0)
    grown = (1.0 + 0.00870 * 1039.0) / (1.0 + 0.00870 * 39.0)
    assert first[1] / second[1] == pytest.approx(grown, rel=5e-3, abs=0.0)


def test_norketamine_falls_under_a_constant_infusion_as_its_clearance_rises() -> None:
    levels = _levels("esketamine 10 mg/h IV for 130 h", [60.0, 120.0])
    ratio = levels[:, 1] / levels[:, 0]
    rise = (1.0 + 0.00870 * 120.0) / (1.0 + 0.00870 * 60.0)
    assert ratio[0] / ratio[1] == pytest.approx(rise, rel=1e-3, abs=0.0)
