import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.entry import entry
from algesia.evidence.measure import Measured
from algesia.evidence.measured_curve import measured_curve
from algesia.evidence.prediction_run import Request, RunBook
from algesia.evidence.urine import urinary_recovery


def answer(model: str, regimen: str):
    book = RunBook(entry=entry(model), subjects=None, also_h=np.zeros(0))
    found = book.answer(Request(regimen=regimen, weight_kg=70.0))
    assert not isinstance(found, str), found
    return found


@pytest.mark.parametrize(
    ("regimen", "drug"),
    [("84 mg esketamine nasal spray", "esketamine"), ("35 mg ketamine IV", "ketamine")],
)
def test_all_of_a_dose_is_found_in_urine_whatever_it_became(regimen, drug):
    found = urinary_recovery(answer("ketamine_backbone", regimen), (drug,))
    assert isinstance(found, Measured)
    assert_allclose(found.in_unit("%"), 100.0, rtol=5e-3, atol=0)


def test_a_spray_of_which_most_is_lost_is_not_found_in_urine():
    found = urinary_recovery(answer("ketamine_backbone", "30 mg ketamine nasal"), ("ketamine",))
    assert isinstance(found, Measured)
    # A tenth through the nose and a quarter swallowed.
    assert_allclose(found.in_unit("1"), 0.1044 + 0.25, rtol=5e-3, atol=0)


def test_a_model_without_urine_says_so():
    found = urinary_recovery(answer("kamp_2020_general", "35 mg ketamine IV"), ("ketamine",))
    assert found == "no output counts what appears in urine"


def test_a_rate_into_urine_is_never_taken_for_a_concentration():
    run = answer("ketamine_backbone", "35 mg ketamine IV")
    curve = measured_curve(run, "esketamine", "urine")
    assert not isinstance(curve, str)
    assert curve.unit == "ng/mL"
    assert curve.note.startswith("compared with")
