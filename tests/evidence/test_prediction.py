"""Predictions and whether they count."""

import math
from dataclasses import replace

import pytest

from algesia.evidence.observation import ObservedValue
from algesia.evidence.observation_file import studies
from algesia.evidence.prediction import Prediction, standing_of


def observation(name: str):
    study = studies()[name.partition("/")[0]]
    return next(each for each in study.observations if each.name == name)


def prediction(value: ObservedValue, low: float, high: float | None = None) -> Prediction:
    seen = replace(observation("fanta_2015/bolus/clearance_esketamine"), value=value)
    top = low if high is None else high
    middle = (low * top) ** 0.5
    return Prediction(
        observation=seen,
        standing="evidence",
        central=middle,
        low=low,
        high=top,
        band=(1.0, 9.0),
    )


def by_name(found, name):
    return next(each for each in found.predictions if each.observation.name == name)


def test_a_number_is_compared_as_a_ratio():
    found = prediction(ObservedValue(central=100.0), 50.0)
    assert found.ratio == pytest.approx(0.5, rel=1e-12, abs=0.0)
    assert found.fold == pytest.approx(2.0, rel=1e-12, abs=0.0)


def test_inside_a_range_the_ratio_is_one_and_outside_it_counts_from_the_nearer_end():
    between = ObservedValue(low=20.0, high=40.0)
    assert prediction(between, 25.0, 35.0).ratio == 1.0
    assert prediction(between, 30.0, 80.0).ratio == pytest.approx(2.0, rel=1e-12, abs=0.0)
    assert prediction(between, 10.0, 30.0).ratio == pytest.approx(0.5, rel=1e-12, abs=0.0)


def test_of_two_ends_outside_a_range_the_worse_counts():
    found = prediction(ObservedValue(low=20.0, high=40.0), 5.0, 60.0)
    assert found.ratio == pytest.approx(0.25, rel=1e-12, abs=0.0)


def test_a_bound_is_met_beyond_it():
    assert prediction(ObservedValue(low=78.0), 90.0).ratio == 1.0
    assert prediction(ObservedValue(low=78.0), 39.0).fold == pytest.approx(
        2.0, rel=1e-12, abs=0.0
    )


def test_a_band_covers_a_spread_only_with_both_ends():
    assert prediction(ObservedValue(central=3.0, geometric_sd=2.0), 3.0).covered is True
    assert prediction(ObservedValue(central=3.0, geometric_sd=4.0), 3.0).covered is False
    assert prediction(ObservedValue(central=3.0), 3.0).covered is None


def test_the_width_of_a_band_is_compared_apart_from_where_it_lies():
    # The band runs from 1 to 9: the reported SD is chosen to be that of such a band.
    log_sd = math.log(9.0) / (2.0 * 1.6448536269514722)
    found = prediction(ObservedValue(central=100.0, geometric_sd=math.exp(log_sd)), 3.0)
    assert found.spread_ratio == pytest.approx(1.0, rel=1e-12, abs=0.0)
    assert found.covered is False


def test_a_models_own_study_is_no_evidence_for_it():
    seen = observation("simons_2022/film_50/cmax_esketamine")
    study = studies()["simons_2022"]
    assert standing_of("simons_2022_film", seen, study) == "used"
    assert standing_of("perezruixo_2021_nasal", seen, study) == "evidence"


def test_a_number_from_memory_is_unverified():
    name = "spravato_label/device_56_with_rifampicin/auc_change_esketamine"
    seen = observation(name)
    assert standing_of("kamp_2020_general", seen, studies()["spravato_label"]) == "unverified"


def test_the_label_of_the_spray_is_met_by_the_model_of_its_trials(venous):
    fraction = by_name(venous, "perez_ruixo_2021/device_56/fraction_absorbed_esketamine")
    # The printed 0.54 is the nasal share of the table and what arrives of the rest.
    assert fraction.ratio == pytest.approx(1.0, rel=0.02, abs=0.0)
    assert fraction.standing == "used"


def test_a_peak_is_timed_from_the_last_device(venous):
    peak = by_name(venous, "spravato_label/device/tmax_esketamine")
    # Devices are 5 min apart: three of them end 10 min after the first.
    assert peak.low < peak.central < peak.high
    assert peak.low >= 20.0
    assert peak.high <= 40.0


def test_clearance_of_the_model_comes_back_in_every_unit(arterial):
    # Clearance of the entry is 84 L/h at 70 kg: 1.2 L/h per kg, or 20 mL/min per kg.
    label = by_name(arterial, "spravato_label/vein/clearance_esketamine")
    fanta = by_name(arterial, "fanta_2015/bolus/clearance_esketamine")
    intensive = by_name(arterial, "hijazi_2003/infusion/clearance_ketamine")
    assert label.central == pytest.approx(84.0, rel=1e-3, abs=0.0)
    assert fanta.central == pytest.approx(84.0, rel=1e-3, abs=0.0)
    assert intensive.central == pytest.approx(20.0, rel=1e-3, abs=0.0)


def test_a_window_after_the_first_minutes_leaves_out_the_peak_of_a_bolus(arterial):
    peak = by_name(arterial, "pmc9118341_in_iv/injection_10/cmax_ketamine")
    # 10 mg into 25 L would be 400 ng/mL at once; two minutes later it is less.
    assert 200.0 < peak.central < 400.0
    timed = by_name(arterial, "pmc9118341_in_iv/injection_10/tmax_ketamine")
    assert timed.central == pytest.approx(2.0, rel=1e-9, abs=0.0)


def test_an_interaction_is_refused_by_a_model_without_the_enzyme(venous):
    found = by_name(venous, "hagelberg_2010/oral_with_clarithromycin/auc_change_esketamine")
    assert found.central is None
    assert "has no port that clarithromycin acts on" in found.problem


def test_another_site_is_told(arterial):
    peak = by_name(arterial, "zanos_2018_table1/infusion_40_min_zarate/cmax_ketamine")
    assert peak.notes == ("compared with arterial plasma",)
