"""Runs behind predictions."""

from dataclasses import replace

import numpy as np
import pytest

from algesia.catalog.entry import entry
from algesia.evidence.measured_curve import measured_curve
from algesia.evidence.observation import Perpetrator
from algesia.evidence.prediction_run import Request, RunBook, request_times_h
from algesia.regimen import parse_regimen
from algesia.simulate import ArmTrajectories

VEIN = "10 mg esketamine IV over 30 min"


def book(name: str = "noppers_2011_intravenous", subjects: int | None = None) -> RunBook:
    return RunBook(entry=entry(name), subjects=subjects, also_h=np.array([0.7123]))


def test_a_request_is_run_once():
    runs = book()
    first = runs.answer(Request(regimen=VEIN, weight_kg=70.0))
    assert runs.answer(Request(regimen=VEIN, weight_kg=70.0)) is first


def test_the_wanted_times_and_the_edges_of_doses_are_looked_at():
    times_h = request_times_h(parse_regimen(VEIN).rows(), np.array([0.7123]))
    for wanted in (0.0, 0.5, 0.7123):
        assert np.min(np.abs(times_h - wanted)) < 1e-9
    assert np.all(np.diff(times_h) > 0.0)
    assert times_h[-1] >= 480.0


def test_what_the_model_refuses_is_a_reason_and_no_failure():
    found = book().answer(Request(regimen="50 mg esketamine oral", weight_kg=70.0))
    assert isinstance(found, str)
    assert "no input for route 'oral'" in found


def test_the_typical_subject_has_the_weight_of_the_study():
    found = book().answer(Request(regimen=VEIN, weight_kg=73.0))
    assert isinstance(found, ArmTrajectories)
    assert found.covariates["weight"].tolist() == [73.0]


def test_sampled_subjects_are_as_many_as_asked():
    found = book("simons_2022_film", 25).answer(Request(regimen=VEIN, weight_kg=73.0))
    assert isinstance(found, ArmTrajectories)
    assert found.subjects.size == 25


def test_a_perpetrator_that_acts_on_nothing_is_a_reason():
    beside = Perpetrator(
        entry="clarithromycin",
        regimen="500 mg clarithromycin oral twice daily for 4 days",
        printed="4 d",
        victim_at_h=73.0,
    )
    found = book().answer(Request(regimen=VEIN, weight_kg=70.0, perpetrator=beside))
    assert isinstance(found, str)
    assert "has no port that clarithromycin acts on" in found


def test_the_typical_subject_has_the_categories_that_are_asked_for():
    runs = book("perezruixo_2021_nasal")
    plain = Request(regimen="84 mg esketamine nasal spray", weight_kg=74.0)
    white, japanese = (
        runs.answer(replace(plain, categories=(("ethnicity", each),)))
        for each in ("white", "japanese")
    )
    peaks = [
        measured_curve(each, "esketamine", "venous plasma").values.max()
        for each in (white, japanese)
    ]
    # Table 4 of the paper prints 101.0 and 131.3 ng/mL.
    assert peaks[1] / peaks[0] == pytest.approx(131.3 / 101.0, rel=0.02, abs=0.0)
