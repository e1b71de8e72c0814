"""What a study reported."""

import math

import pytest

from algesia.errors import DomainError
from algesia.evidence.observation import ObservedValue, Study, Use


def study(*uses: Use) -> Study:
    return Study(
        id="one", citation="One 2020", doi=None, url=None, same_trial_as=(), used_by=uses,
        observations=(), curves=(),
    )  # fmt: skip


def test_one_sd_of_a_narrow_spread_is_nearly_mean_plus_and_minus_sd():
    low, high = ObservedValue(central=100.0, sd=5.0).spread()
    assert low == pytest.approx(95.0, abs=0.3, rel=0.0)
    assert high == pytest.approx(105.0, abs=0.3, rel=0.0)


def test_an_sd_above_the_mean_does_not_reach_below_zero():
    low, high = ObservedValue(central=33.5, sd=35.8).spread()
    assert 0.0 < low < 33.5 < high


def test_a_mean_and_sd_read_as_log_normal_give_the_mean_and_sd_back():
    low, high = ObservedValue(central=52.3, sd=12.2).spread()
    log_sd = 0.5 * math.log(high / low)
    median = math.sqrt(low * high)
    assert median * math.exp(0.5 * log_sd**2) == pytest.approx(52.3, rel=1e-12, abs=0.0)
    cv = math.sqrt(math.expm1(log_sd**2))
    assert cv * 52.3 == pytest.approx(12.2, rel=1e-12, abs=0.0)


def test_a_geometric_sd_multiplies_and_divides():
    assert ObservedValue(central=60.0, geometric_sd=2.0).spread() == (30.0, 120.0)


def test_a_geometric_sd_of_one_is_no_spread():
    assert ObservedValue(central=2.0, geometric_sd=1.0).spread() is None


def test_a_coefficient_of_variation_is_a_spread_too():
    assert ObservedValue(central=95.0, cv_percent=13.0).spread() == pytest.approx(
        ObservedValue(central=95.0, sd=0.13 * 95.0).spread(), rel=1e-12, abs=0.0
    )


def test_the_middle_of_a_range_is_geometric_and_a_bound_is_itself():
    assert ObservedValue(low=20.0, high=45.0).middle == pytest.approx(30.0, rel=1e-12, abs=0.0)
    assert ObservedValue(low=78.0).middle == 78.0
    assert ObservedValue(high=2.0).middle == 2.0


def test_nothing_reported_is_not_known():
    assert not ObservedValue().known
    assert ObservedValue(low=78.0).known


def test_a_negative_number_is_refused():
    with pytest.raises(DomainError, match=r"-1\.0; expected 0 or above"):
        ObservedValue(central=-1.0)


def test_a_use_without_observations_takes_the_whole_study():
    taken = study(Use(entry="model", value="every value", what="the data"))
    assert taken.gave("model", "arm/cmax")
    assert not taken.gave("other", "arm/cmax")


def test_a_use_of_an_arm_or_of_one_observation_leaves_the_others():
    taken = study(Use(entry="model", value="v", what="w", observations=("film/*", "vein/cmax")))
    assert taken.gave("model", "film/auc")
    assert taken.gave("model", "vein/cmax")
    assert not taken.gave("model", "vein/auc")
