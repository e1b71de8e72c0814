"""Doses outside what was studied are given, and marked wherever the result is shown."""

from dataclasses import replace

import numpy as np
import pytest

from algesia.errors import RouteError
from algesia.model import DoseRange, Validity
from algesia.population import Cohort
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, EventRecords, Sampling, Scenario, run
from algesia.simulate.dose_mark import outside_studied

from .small_models import one_compartment

MG = DoseRange(low=10.0, high=50.0, unit="mg")
PER_KG = DoseRange(low=0.1, high=0.5, unit="mg/kg")
RATE = DoseRange(low=5.0, high=20.0, unit="mg/h")


def arm(text, *ranges, cohort=None):
    model = one_compartment()
    into = next(each for each in model.inputs if each.infusible)
    route = into.routes[0]
    validity = Validity(doses={route: ranges})
    drug = into.substances[0]
    return Arm(
        name="asked",
        model=replace(model, validity=validity, inputs=(into,)),
        regimen=parse_regimen(text.format(drug=drug, route=route)),
        cohort=cohort or Cohort.typical({"weight": 100.0}),
    )


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("{drug} 10 mg {route}", (MG,)),
        ("{drug} 50 mg {route}", (MG,)),
        ("{drug} 0.5 mg/kg {route}", (PER_KG,)),
        ("{drug} 35 mg {route}", (PER_KG,)),
        ("{drug} 40 mg {route} over 2 h", (MG, RATE)),
        ("{drug} 5000 mg {route}", ()),
        ("{drug} 40 mg {route}", (DoseRange(low=1.0, high=2.0, unit="mg"), MG)),
    ],
)
def test_a_dose_inside_or_without_a_range_is_not_marked(text, ranges):
    assert outside_studied(arm(text, *ranges)) == ()


@pytest.mark.parametrize(
    ("text", "ranges", "said"),
    [
        ("{drug} 51 mg {route}", (MG,), "51 mg; studied: 10 to 50 mg"),
        ("{drug} 36 mg {route}", (PER_KG,), "0.5143 mg/kg; studied: 0.1 to 0.5 mg/kg"),
        ("{drug} 1 mg/kg {route}", (MG,), "70 mg; studied: 10 to 50 mg"),
        (
            "{drug} 40 mg {route} over 1 h",
            (MG, RATE),
            "40 mg/h; studied: 10 to 50 mg or infusions of 5 to 20 mg/h",
        ),
        ("{drug} 9 mg {route}", (RATE,), "9 mg at once; studied: infusions of 5 to 20 mg/h"),
        (
            "{drug} 1 mg {route} daily for 1 day, then 2 mg daily for 1 day, then 3 mg daily "
            "for 1 day, then 4 mg daily for 1 day, then 20 mg daily for 1 day",
            (MG,),
            "1 mg, 2 mg, 3 mg and 1 more; studied: 10 to 50 mg",
        ),
    ],
)
def test_a_dose_outside_is_marked_with_what_was_studied(text, ranges, said):
    (mark,) = outside_studied(arm(text, *ranges))
    assert mark.startswith("outside validity: ")
    assert mark.endswith(said)


def test_every_dose_by_a_route_of_unknown_range_is_marked_with_the_reason():
    asked = arm("{drug} 20 mg {route} over 2 h", MG)
    route = asked.model.inputs[0].routes[0]
    validity = Validity(unknown_doses={route: "no study of this route"})
    given = replace(asked, model=replace(asked.model, validity=validity))
    (mark,) = outside_studied(given)
    assert mark.startswith("outside validity: no study of this route: ")
    assert mark.endswith(f"{route} 20 mg")


def test_the_mark_stands_in_notes_and_receipt():
    asked = arm("{drug} 51 mg {route}", MG)
    answer = run(Scenario(title="t", arms=(asked,), sampling=Sampling.every(1.0, until_h=3.0)))
    (mark,) = outside_studied(asked)
    assert answer.arms[0].notes[0] == mark
    assert answer.receipt["arms"][0]["outside_validity"] == [mark]


def test_doses_of_an_event_table_are_marked_by_input():
    asked = arm("{drug} 20 mg {route}", MG)
    (into,) = asked.model.inputs

    def records(amount_mg):
        return EventRecords(
            subject=np.array([1, 1]),
            time_h=np.array([0.0, 2.0]),
            kind=np.array([1, 0]),
            amount_mg=np.array([amount_mg, 0.0]),
            rate_mg_per_h=np.array([0.0, 0.0]),
            compartment=(into.name, ""),
            additional=np.array([0, 0]),
            interval_h=np.array([0.0, 0.0]),
            steady_state=np.array([0, 0]),
            covariates={},
            row=np.array([2, 3]),
            origin="two records",
        )

    assert outside_studied(replace(asked, regimen=records(20.0))) == ()
    assert outside_studied(replace(asked, regimen=records(60.0))) == (
        f"outside validity: doses into {into.name}; studied: 10 to 50 mg",
    )


def test_a_route_the_model_knows_nothing_of_is_refused_with_the_reason():
    asked = arm("{drug} 20 mg {route}", MG)
    model = replace(asked.model, unknown_routes={"topical": "no source relates skin to blood"})
    drug = model.inputs[0].substances[0]
    given = replace(asked, model=model, regimen=parse_regimen(f"{drug} 20 mg topical"))
    with pytest.raises(
        RouteError,
        match="knows nothing of route 'topical': no source relates skin to blood; it",
    ):
        run(Scenario(title="t", arms=(given,), sampling=Sampling.every(1.0, until_h=3.0)))


def test_a_companion_brings_its_own_reason_why_no_range_is_known():
    asked = arm("{drug} 20 mg {route}", MG)
    (into,) = asked.model.inputs
    companion = replace(into, member="other", studied=(), unknown_doses="nothing was read")
    given = replace(asked, model=replace(asked.model, inputs=(companion,)))
    (mark,) = outside_studied(given)
    assert mark.startswith("outside validity: nothing was read: ")
