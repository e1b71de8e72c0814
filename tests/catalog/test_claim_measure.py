"""Each measure against the closed form of one compartment."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.claim_measure import measured
from algesia.catalog.curve_file import curve
from algesia.errors import DomainError, InputError, RouteError
from algesia.units import substance

from .small_entry import (
    ABSORPTION_PER_H,
    CLEARANCE_L_PER_H,
    LOG_VARIANCE,
    VOLUME_L,
    claim,
    small_entry,
)

RATE = CLEARANCE_L_PER_H / VOLUME_L
DOSE_MG = 10.0
PEAK_NG_PER_ML = 1000.0 * DOSE_MG / VOLUME_L


@pytest.fixture
def measure(tmp_path):
    """What one claim on the small entry gives, in the unit of the claim."""

    def of(quantity, *, expected="1 ng/mL", **more):
        def spoil(model, values, claims) -> None:
            more_outputs = {"plasma_ketamine": dict(model["outputs"]["plasma_esketamine"])}
            more_outputs["plasma_ketamine"]["expression"] = "4 * concentration_central"
            model["outputs"] |= more_outputs
            claims["claims"] = [claim("one", expected, quantity, **more)]

        entry = small_entry(tmp_path, spoil)
        (said,) = entry.claims()
        return measured(entry.model, said).in_unit(said.unit)

    return of


def test_the_peak_of_a_bolus_is_dose_over_volume(measure) -> None:
    assert_allclose(
        measure({"measure": "cmax", "to": "6 h"}), PEAK_NG_PER_ML, rtol=1e-9, atol=0
    )


def test_a_concentration_is_compared_in_moles_where_the_claim_prints_moles(measure) -> None:
    molar = 1000.0 * PEAK_NG_PER_ML / substance("esketamine").molar_mass()
    found = measure({"measure": "cmax", "to": "6 h"}, expected="1 nmol/L")
    assert_allclose(found, molar, rtol=1e-9, atol=0)


def test_the_area_of_a_window_in_ng_min_per_ml_follows_the_exponential(measure) -> None:
    area = PEAK_NG_PER_ML / RATE * (math.exp(-RATE) - math.exp(-RATE * 5.0))
    found = measure({"measure": "auc", "from": "1 h", "to": "5 h"}, expected="1 ng*min/mL")
    assert_allclose(found, 60.0 * area, rtol=1e-5, atol=0)


def test_an_area_on_the_studys_own_times_is_the_trapezoid_of_those_times(measure) -> None:
    found = measure(
        {"measure": "auc", "sampled_at": ["0 min", "30 min", "2 h"]},
        expected="1 ng*h/mL",
        regimen="esketamine 10 mg oral",
    )
    share = 0.5 * PEAK_NG_PER_ML * ABSORPTION_PER_H / (ABSORPTION_PER_H - RATE)
    first, second = (
        share * (math.exp(-RATE * t) - math.exp(-ABSORPTION_PER_H * t)) for t in (0.5, 2.0)
    )
    falling = (first - second) * 1.5 / math.log(first / second)
    between = falling if second < first else 0.5 * (first + second) * 1.5
    assert_allclose(found, 0.25 * first + between, rtol=1e-5, atol=0)


def test_the_time_of_an_oral_peak_is_found_within_a_minute(measure) -> None:
    expected_min = 60.0 * math.log(ABSORPTION_PER_H / RATE) / (ABSORPTION_PER_H - RATE)
    found = measure(
        {"measure": "tmax", "to": "12 h"}, expected="1 min", regimen="esketamine 10 mg oral"
    )
    assert_allclose(found, expected_min, rtol=0, atol=1.0)


def test_the_half_life_is_that_of_the_tail(measure) -> None:
    half_life = measure({"measure": "half_life"}, expected="1 min")
    assert_allclose(half_life, 60.0 * math.log(2.0) / RATE, rtol=1e-5, atol=0)


def test_clearance_is_dose_over_area(measure) -> None:
    found = measure({"measure": "clearance"}, expected="1 mL/min")
    assert_allclose(found, CLEARANCE_L_PER_H * 1000.0 / 60.0, rtol=1e-4, atol=0)


def test_the_fraction_absorbed_is_the_share_the_input_takes_up(measure) -> None:
    found = measure(
        {"measure": "fraction_absorbed"}, expected="1 %", regimen="esketamine 10 mg oral"
    )
    assert_allclose(found, 50.0, rtol=1e-4, atol=0)


def test_the_ratio_of_two_areas_is_that_of_the_outputs(measure) -> None:
    found = measure(
        {"measure": "auc_ratio", "over": "plasma_ketamine", "to": "6 h"}, expected="1 %"
    )
    assert_allclose(found, 25.0, rtol=1e-9, atol=0)


def test_the_steady_state_of_an_infusion_is_rate_over_clearance(measure) -> None:
    found = measure(
        {"measure": "steady_state", "from": "40 h", "to": "48 h"},
        regimen="esketamine 2 mg/h IV for 48 h",
    )
    assert_allclose(found, 2.0 / CLEARANCE_L_PER_H * 1000.0, rtol=1e-5, atol=0)


def test_a_window_before_the_steady_state_has_none(measure) -> None:
    found = measure(
        {"measure": "steady_state", "from": "0 h", "to": "4 h"},
        regimen="esketamine 2 mg/h IV for 48 h",
    )
    assert np.isnan(found).all()


def test_a_steady_state_without_a_window_is_refused(measure) -> None:
    with pytest.raises(DomainError, match="window"):
        measure({"measure": "steady_state"}, regimen="esketamine 2 mg/h IV for 48 h")


def test_the_spread_of_clearance_is_that_of_its_random_effect(measure) -> None:
    found = measure({"measure": "spread_cv", "of": "clearance"}, expected="1 %", subjects=4000)
    cv_percent = 100.0 * math.sqrt(math.expm1(LOG_VARIANCE))
    # The standard error of a CV of 20 % in 4000 subjects is 1.2 % of it.
    assert_allclose(found, cv_percent, rtol=0.04, atol=0)


def test_the_error_of_a_curve_is_the_median_over_its_points_without_time_zero(measure) -> None:
    found = curve("kamp_esketamine_after_esketamine")
    seen = (found.time_h > 0.0) & (found.concentration > 0.0)
    molar = 1e6 / substance("esketamine").molar_mass() * DOSE_MG / VOLUME_L * 1e-3
    shown = molar * np.exp(-RATE * found.time_h[seen])
    expected = 100.0 * np.median(np.abs(shown / found.concentration[seen] - 1.0))
    error = measure({"measure": "curve_error", "curve": found.name}, expected="1 %")
    assert_allclose(error, expected, rtol=1e-4, atol=0)


def test_a_curve_that_has_not_fallen_has_no_clearance(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        values["clearance_elimination"]["value"] = 0.02
        claims["claims"] = [claim("one", "1 L/h", {"measure": "clearance"})]

    entry = small_entry(tmp_path, spoil)
    assert np.isnan(measured(entry.model, entry.claims()[0]).values).all()


def test_without_an_input_into_a_vein_nothing_says_what_was_absorbed(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        del model["inputs"]["intravenous"]
        claims["claims"] = [
            claim(
                "one",
                "50 %",
                {"measure": "fraction_absorbed"},
                regimen="esketamine 10 mg oral",
            )
        ]

    entry = small_entry(tmp_path, spoil)
    with pytest.raises(RouteError, match="intravenous"):
        measured(entry.model, entry.claims()[0])


def test_a_claim_in_a_unit_of_another_kind_is_refused(measure) -> None:
    with pytest.raises(InputError, match="L/h"):
        measure({"measure": "cmax", "to": "6 h"}, expected="1 L/h")
