from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.catalog.entry import entry
from algesia.engine import EventKind
from algesia.errors import DomainError, UnknownNameError
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, Tolerance, run, sensitivities
from algesia.simulate.lower import lower
from algesia.simulate.sensitivity_plan import moving_arm

from .small_models import CLEARANCE, VOLUME, one_compartment, typical

TIGHT = Tolerance(relative=1e-11)
HOURS = Sampling(times_h=np.array([0.0, 0.3, 1.0, 2.5, 6.0, 24.0]), at_doses=False)
FRACTION, LAG_H, LENGTH_H = 0.6, 0.5, 2.0


def arm_of(model, regimen, cohort=None):
    cohort = typical() if cohort is None else cohort
    return Arm(name="arm", model=model, regimen=parse_regimen(regimen), cohort=cohort)


def cohort_of(size):
    return Cohort(seed=3, subjects=np.arange(size), covariates={"weight": np.full(size, 70.0)})


def bolus(point, time_h):
    """Concentration, ng/mL, of 40 mg; point: clearance, volume, available, lag."""
    clearance, volume, available, lag_h = point
    return 40e3 * available / volume * np.exp(-clearance / volume * (time_h - lag_h))


def infusion(point, time_h):
    """The same for a dose that the model lets in over a time, the last of the point."""
    clearance, volume, available, lag_h, length_h = point
    rate = clearance / volume
    # A sample at the very end of the input is taken before it.
    until = np.where(time_h <= (lag_h + length_h).real, time_h - lag_h, length_h)
    level = np.exp(-rate * (time_h - lag_h - until)) - np.exp(-rate * (time_h - lag_h))
    return 40e3 * available / length_h / clearance * level


def complex_step(formula, point, time_h):
    """Derivatives, (T, W), exact to rounding."""
    columns = []
    for place in range(len(point)):
        moved = np.array(point, dtype=complex)
        moved[place] += 1e-30j
        columns.append(formula(moved, time_h).imag / 1e-30)
    return np.where((time_h > LAG_H)[:, None], np.stack(columns, axis=1), 0.0)


@pytest.mark.parametrize(("formula", "length_h"), [(bolus, None), (infusion, LENGTH_H)])
def test_fraction_lag_and_duration_of_a_dose_count_exactly(formula, length_h):
    model = one_compartment(lag_h=LAG_H, fraction=FRACTION, duration_h=length_h)
    names = ("clearance", "volume", "available", "lag_time")
    point = [CLEARANCE, VOLUME, FRACTION, LAG_H]
    if length_h is not None:
        names, point = (*names, "length"), [*point, length_h]
    found = sensitivities(
        arm_of(model, "40 mg esketamine IV"), HOURS, parameters=names, tolerance=TIGHT
    )
    expected = complex_step(formula, point, found.time_h)
    assert_allclose(found.derivatives[0, :, 0], expected, rtol=1e-7, atol=1e-6)
    assert_allclose(found.parameter_values, [point], rtol=1e-15, atol=0)
    scaled = found.per_relative_change()[0, :, 0]
    assert_allclose(scaled, expected * point, rtol=1e-7, atol=1e-6)


def test_a_derivative_has_the_unit_of_the_output_per_unit_of_the_parameter():
    arm = arm_of(one_compartment(fraction=FRACTION), "40 mg esketamine IV")
    found = sensitivities(arm, HOURS, parameters=("clearance", "available"))
    assert found.unit("plasma", "clearance") == "ng/mL per L/h"
    assert found.unit("plasma", "available") == "ng/mL per 1"
    with pytest.raises(UnknownNameError, match="plasm"):
        found.unit("plasm", "clearance")


def test_columns_stand_in_the_order_asked_for():
    arm = arm_of(one_compartment(lag_h=LAG_H), "40 mg esketamine IV")
    names = ("lag_time", "volume", "clearance")
    forwards = sensitivities(arm, HOURS, parameters=names)
    backwards = sensitivities(arm, HOURS, parameters=names[::-1])
    assert_array_equal(forwards.parameter_values, backwards.parameter_values[:, ::-1])
    assert_allclose(
        forwards.derivatives, backwards.derivatives[..., ::-1], rtol=1e-9, atol=1e-9
    )


def test_individuals_are_differentiated_where_they_are():
    model = one_compartment(spread=0.2, occasion=0.1)
    arm = arm_of(model, "40 mg esketamine IV", cohort_of(4))
    found = sensitivities(arm, HOURS, parameters=("clearance",), tolerance=TIGHT)
    assert np.ptp(found.parameter_values) > 0.1
    # C = D / V exp(-CL t / V) on the one occasion.
    expected = -found.time_h / VOLUME * found.values[:, :, 0]
    assert_allclose(found.derivatives[:, :, 0, 0], expected, rtol=1e-8, atol=1e-7)


def test_a_shift_of_clearance_lasts_through_every_occasion():
    arm = arm_of(
        one_compartment(occasion=0.3),
        "40 mg esketamine IV every 24 h for 3 doses",
        cohort_of(3),
    )
    sampling = Sampling(times_h=np.array([20.0, 44.0, 71.0]), at_doses=False)
    found = sensitivities(arm, sampling, parameters=("clearance",), tolerance=TIGHT)
    numbers = lower(arm, sampling=sampling, tolerance=TIGHT)
    place = numbers.program.parameters.index("clearance")
    by_occasion = numbers.batch.parameters[:, place].reshape(3, 3)
    for sample, time_h in enumerate(found.time_h):
        expected = np.zeros(3)
        for start_h in np.arange(0.0, time_h, 24.0):
            hours = [
                max(0.0, min(time_h, 24.0 * (n + 1)) - max(start_h, 24.0 * n)) for n in range(3)
            ]
            left = 40e3 / VOLUME * np.exp(-(np.array(hours) @ by_occasion) / VOLUME)
            expected -= (time_h - start_h) / VOLUME * left
        assert_allclose(found.derivatives[:, sample, 0, 0], expected, rtol=1e-7, atol=0)


def test_events_with_derivatives_are_the_lowered_events():
    arm = arm_of(
        one_compartment(occasion=0.3),
        "40 mg esketamine IV every 24 h for 3 doses",
        cohort_of(3),
    )
    numbers = lower(arm, sampling=HOURS, tolerance=TIGHT)
    assert (numbers.batch.event_kind == EventKind.PARAMETERS).sum() == 6
    moving = moving_arm(arm, numbers, ("clearance",)).events
    for name in ("time_h", "kind", "index"):
        assert_array_equal(getattr(moving, name), getattr(numbers.batch, f"event_{name}"))
    assert_allclose(moving.value, numbers.batch.event_value, rtol=1e-14, atol=0)


def test_the_film_agrees_with_differences_of_runs():
    model = entry("simons_2022_film").model
    cohort = Cohort.typical({"weight": 73.0, "ethnicity": "other"})
    sampling = Sampling(times_h=np.array([0.1, 0.5, 1.0, 2.0, 5.0, 12.0]), at_doses=False)
    names = (
        "clearance_elimination",
        "volume_central",
        "film_fraction_mucosal",
        "film_release_duration",
        "swallowed_release_duration",
        "gut_to_liver_time",
    )

    def seen(changed, share):
        parameters = tuple(
            replace(each, reported=replace(each.reported, value=each.reported.value * share))
            if each.name == changed
            else each
            for each in model.parameters
        )
        arm = arm_of(replace(model, parameters=parameters), "50 mg esketamine film", cohort)
        scenario = Scenario(title="film", arms=(arm,), sampling=sampling, tolerance=TIGHT)
        return run(scenario).arms[0].values

    arm = arm_of(model, "50 mg esketamine film", cohort)
    found = sensitivities(arm, sampling, parameters=names, tolerance=TIGHT)
    assert_allclose(found.values, seen(None, 1.0), rtol=1e-8, atol=1e-8)
    changes = found.per_relative_change()
    for column, name in enumerate(names):
        far, near = (
            (seen(name, 1 + step) - seen(name, 1 - step)) / (2 * step) for step in (2e-3, 1e-3)
        )
        scale = np.abs(changes[..., column]).max()
        assert scale > 1.0
        assert_allclose(
            changes[..., column], (4 * near - far) / 3, rtol=1e-5, atol=1e-6 * scale
        )


def test_a_parameter_the_model_does_not_use_is_refused():
    arm = arm_of(one_compartment(), "40 mg esketamine IV")
    with pytest.raises(UnknownNameError, match=r"'clearence'.*clearance"):
        sensitivities(arm, HOURS, parameters=("clearence",))
    for names in ((), ("volume", "volume")):
        with pytest.raises(DomainError, match="expected distinct names"):
            sensitivities(arm, HOURS, parameters=names)
