"""Measured values: keyed residual error beside true values that nobody touches."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.arrays import FloatArray
from algesia.errors import DomainError, InputError, UnknownNameError
from algesia.model import Model, ResidualError
from algesia.population import Cohort, Fixed, normal, observe, outputs_without_error

PROPORTIONAL = ResidualError(output="arterial", kind="proportional", proportional_sd=0.2)
ADDITIVE = ResidualError(output="arterial", kind="additive", additive_sd=0.5)
COMBINED = ResidualError(
    output="arterial", kind="combined", proportional_sd=0.3, additive_sd=0.4
)
LOG_ADDITIVE = ResidualError(output="arterial", kind="log_additive", log_sd=0.25)
VENOUS = ResidualError(output="venous", kind="proportional", proportional_sd=0.1)


def people(size: int, first: int = 0) -> Cohort:
    return Cohort.sample(size, {"weight": Fixed(value=70.0)}, 3, first_subject=first)


def flat(size: int, times: int, level: float = 10.0) -> FloatArray:
    return np.full((size, times, 2), level)


def with_error(kit: SimpleNamespace, *errors: ResidualError) -> Model:
    return kit.model(residuals=errors)


@pytest.mark.parametrize(
    ("error", "level", "variance"),
    [
        (PROPORTIONAL, 10.0, (0.2 * 10.0) ** 2),
        (ADDITIVE, 10.0, 0.5**2),
        (COMBINED, 2.0, (0.3 * 2.0) ** 2 + 0.4**2),
    ],
)
def test_the_error_has_the_variance_stated_around_the_true_value(
    kit: SimpleNamespace, error: ResidualError, level: float, variance: float
) -> None:
    observed, _ = observe(with_error(kit, error), flat(20_000, 3, level), people(20_000))
    difference = observed[:, :, 0] - level
    assert_allclose(difference.mean(), 0.0, rtol=0, atol=4.0 * np.sqrt(variance / 60_000))
    assert_allclose(difference.var(), variance, rtol=4.0 * np.sqrt(2.0 / 60_000), atol=0)


def test_a_log_additive_error_has_its_log_sd_and_is_never_negative(
    kit: SimpleNamespace,
) -> None:
    wide = ResidualError(output="arterial", kind="log_additive", log_sd=3.0)
    observed, _ = observe(with_error(kit, wide), flat(20_000, 3), people(20_000))
    assert observed[:, :, 0].min() > 0.0
    logarithm = np.log(observed[:, :, 0] / 10.0)
    assert_allclose(logarithm.std(), 3.0, rtol=4.0 / np.sqrt(2 * 60_000), atol=0)


def test_time_zero_with_nothing_in_the_plasma_stays_zero_unless_the_error_is_additive(
    kit: SimpleNamespace,
) -> None:
    for error in (PROPORTIONAL, LOG_ADDITIVE):
        observed, _ = observe(with_error(kit, error), flat(5, 2, 0.0), people(5))
        assert (observed == 0.0).all()
    observed, _ = observe(with_error(kit, ADDITIVE), flat(5, 2, 0.0), people(5))
    assert (observed[:, :, 0] != 0.0).all()


def test_true_values_are_never_touched(kit: SimpleNamespace) -> None:
    true = flat(4, 3)
    before = true.copy()
    observe(
        with_error(kit, COMBINED), true, people(4), limit_of_quantification={"venous": 99.0}
    )
    assert np.array_equal(true, before)


def test_a_draw_is_that_of_its_output_subject_and_time(kit: SimpleNamespace) -> None:
    observed, _ = observe(with_error(kit, PROPORTIONAL), flat(6, 9), people(6, first=40))
    for time in range(9):
        draw = normal(3, "residual:arterial", np.arange(40, 46), index=time)
        assert_allclose(observed[:, time, 0], 10.0 * (1.0 + 0.2 * draw), rtol=1e-13, atol=0)


def test_other_subjects_outputs_and_later_times_change_no_measured_value(
    kit: SimpleNamespace,
) -> None:
    whole, _ = observe(with_error(kit, LOG_ADDITIVE, VENOUS), flat(50, 13), people(50))
    chosen = [31, 2, 17]
    part, _ = observe(with_error(kit, LOG_ADDITIVE), flat(3, 5), people(50).subset(chosen))
    assert np.array_equal(part[:, :, 0], whole[chosen, :5, 0])
    alone, _ = observe(
        with_error(kit, LOG_ADDITIVE, VENOUS), flat(50, 13)[:, :, :1], people(50),
        outputs=["venous"],
    )  # fmt: skip
    assert np.array_equal(alone[:, :, 0], whole[:, :, 1])


def test_errors_of_two_outputs_and_two_times_are_uncorrelated(kit: SimpleNamespace) -> None:
    observed, _ = observe(
        with_error(kit, PROPORTIONAL, VENOUS), flat(40_000, 2), people(40_000)
    )
    rows = observed.reshape(40_000, 4).T
    assert np.abs(np.corrcoef(rows) - np.eye(4)).max() < 4.0 / np.sqrt(40_000)


def test_values_below_the_limit_are_flagged_and_missing_for_that_output_only(
    kit: SimpleNamespace,
) -> None:
    true = np.array([[[0.5, 0.5], [1.0, 0.5], [2.0, 0.5]]])
    observed, below = observe(
        kit.model(), true, people(1), limit_of_quantification={"arterial": 1.0}
    )
    assert below[0, :, 0].tolist() == [True, False, False]
    assert np.isnan(observed[0, :, 0]).tolist() == [True, False, False]
    assert not below[:, :, 1].any()
    assert np.array_equal(observed[0, :, 1], true[0, :, 1])


def test_the_limit_is_applied_to_the_measured_value_not_to_the_true_one(
    kit: SimpleNamespace,
) -> None:
    model = with_error(kit, ADDITIVE)
    free, _ = observe(model, flat(1000, 1), people(1000))
    cut, below = observe(
        model, flat(1000, 1), people(1000), limit_of_quantification={"arterial": 10.0}
    )
    assert np.array_equal(below[:, :, 0], free[:, :, 0] < 10.0)
    assert 400 < np.count_nonzero(below) < 600
    assert np.array_equal(cut[~below], free[~below])


def test_a_failed_subject_stays_missing_and_is_not_called_below_the_limit(
    kit: SimpleNamespace,
) -> None:
    true = flat(2, 3)
    true[1] = np.nan
    observed, below = observe(
        with_error(kit, COMBINED), true, people(2), limit_of_quantification={"arterial": 1.0}
    )
    assert np.isnan(observed[1]).all()
    assert not below[1].any()
    assert np.isfinite(observed[0]).all()


def test_an_output_without_a_stated_error_is_measured_without_error_and_listed(
    kit: SimpleNamespace,
) -> None:
    model = with_error(kit, PROPORTIONAL)
    observed, _ = observe(model, flat(5, 2), people(5))
    assert (observed[:, :, 1] == 10.0).all()
    assert (observed[:, :, 0] != 10.0).all()
    assert outputs_without_error(model) == ("venous",)


def test_wrong_shapes_names_and_limits_are_refused(kit: SimpleNamespace) -> None:
    model = kit.model()
    with pytest.raises(InputError, match=r"shape \(4, 3, 2\); expected \(5 subjects, times, 2"):
        observe(model, flat(4, 3), people(5))
    with pytest.raises(InputError, match=r"shape \(5, 3, 2\); expected .*1 outputs"):
        observe(model, flat(5, 3), people(5), outputs=["venous"])
    with pytest.raises(InputError, match="name one twice"):
        observe(model, flat(5, 3), people(5), outputs=["venous", "venous"])
    with pytest.raises(UnknownNameError, match="'arteriel'; close names: arterial"):
        observe(model, flat(5, 3), people(5), limit_of_quantification={"arteriel": 1.0})
    for limit in (-1.0, np.nan, np.inf):
        with pytest.raises(DomainError, match="limit of quantification of 'venous' is"):
            observe(model, flat(5, 3), people(5), limit_of_quantification={"venous": limit})
