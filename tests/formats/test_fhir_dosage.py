"""Plans as FHIR: marked as a simulation, the same doses when read back, refusals by name."""

import copy
import json

import pytest

from algesia.catalog.regimen_list import regimen_entry, regimen_ids
from algesia.errors import InputError, RegimenError
from algesia.formats.fhir_dosage import fhir_plan
from algesia.formats.fhir_reading import read_fhir
from algesia.provenance import NOTICE
from algesia.regimen import parse_regimen

PLAN = [(id, name) for id in regimen_ids(marked=True) for name in regimen_entry(id).variants]
SAYABLE = (
    "ketamine 10 mg oral at 08:30 and 13:00 for 2 days starting on 2026-03-27 at 08:00",
    "ketamine 10 mg oral on Monday and Friday for 3 weeks starting on Thursday at 21:00",
    "ketamine 10 mg nasal spray every 15 min for 30 doses (max 60 mg a day)",
    "ketamine hydrochloride 100 mg oral slow-release tablet daily for 2 weeks"
    " then taper over 2 weeks in 4 steps then pause 1 week then 10 mg weekly for 4 doses",
    "ketamine 5 mg/h/70 kg IV for 20 h",
    "ketamine 5 µg/kg/min IV for 20 h then taper over 12 h in 3 steps",
    "ketamine 50 mg oral daily for 8 days except on days 3 and 4",
    "[ketamine 50 mg oral twice a day for 3 days then pause 4 days] repeat 3 times",
    "clarithromycin 500 mg PO twice daily for 4 days plus esketamine 0.2 mg/kg PO"
    " starting at 96 h",
)


@pytest.mark.parametrize("version", ["r4", "r5"])
@pytest.mark.parametrize("text", SAYABLE)
def test_a_plan_reads_back_to_the_same_doses(text, version):
    plan = parse_regimen(text)
    again = read_fhir(json.loads(json.dumps(fhir_plan(plan, version=version)))).rows()
    assert [row.time_h for row in again] == pytest.approx(
        [row.time_h for row in plan.rows()], rel=1e-12, abs=0
    )
    for one, other in zip(plan.rows(), again, strict=True):
        assert other.amount == pytest.approx(one.amount, rel=1e-12, abs=0)
        assert other.duration_h == pytest.approx(one.duration_h, rel=1e-12, abs=0)
        assert (one.drug, one.route, one.form, one.formulation, one.unit) == (
            other.drug, other.route, other.form, other.formulation, other.unit,
        )  # fmt: skip


@pytest.mark.parametrize(("id", "name"), PLAN)
def test_every_listed_plan_can_be_said_and_is_marked(id, name):
    plan = regimen_entry(id).regimen(name)
    for version in ("r4", "r5"):
        resource = fhir_plan(plan, version=version)
        assert resource["resourceType"] == "PlanDefinition"
        assert resource["meta"]["security"][0]["code"] == "HTEST"
        assert NOTICE in resource["description"]
        for part in (resource, *resource["contained"]):
            assert (part["status"], part["experimental"]) == ("draft", True)
            assert "simulation - do not administer" in part["description"]
        assert "simulation - do not administer" in resource["text"]["div"]
        for activity in resource["contained"]:
            assert all("do not administer" in each["text"] for each in activity["dosage"])


def test_no_order_is_ever_written():
    text = json.dumps([fhir_plan(parse_regimen(text)) for text in SAYABLE])
    assert "MedicationRequest" not in text
    assert "intent" not in text


def test_a_dose_says_amount_unit_route_and_rhythm():
    plan = fhir_plan(parse_regimen("esketamine 56 mg nasal twice weekly for 4 weeks"))
    ((dosage,),) = (activity["dosage"] for activity in plan["contained"])
    assert dosage["route"] == {"text": "nasal"}
    assert dosage["doseAndRate"][0]["doseQuantity"]["value"] == 56
    repeat = dosage["timing"]["repeat"]
    assert repeat["boundsDuration"]["code"] == "wk"
    assert (repeat["count"], repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (
        8, 2, 1, "wk",
    )  # fmt: skip


def test_limits_without_a_name_are_said_dose_by_dose():
    text = "ketamine 10 mg nasal every 6 h for 9 days (max 30 mg a day) (max 100 mg a week)"
    plan = parse_regimen(text)
    counts = {"r4": len(plan.rows()), "r5": 1}
    for version, count in counts.items():
        resource = fhir_plan(plan, version=version)
        assert len(resource["contained"][0]["dosage"]) == count
        assert read_fhir(resource).rows() == plan.rows()


def test_a_plan_that_would_take_too_many_dosages_is_refused():
    plan = parse_regimen("ketamine 5 mg oral every 1 h for 900 doses max 20 doses a day")
    with pytest.raises(RegimenError, match="doses one by one"):
        fhir_plan(plan)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("50 mg oral", "a dose without its drug and route"),
        ("ketamine 50 mg oral every 8 h for 4 doses at steady state", "a steady state"),
        ("ketamine 1 mg/kg IV bolus (ideal weight)", "a dose per kg of ideal weight"),
        ("ketamine 1 mg/kg IV bolus (weight capped at 90 kg)", "per kg of capped weight"),
        ("ketamine 50 mg oral starting at 2 h", "a first dose at 2 h"),
        ("ketamine 50 mg oral daily for 3 doses then midazolam 5 mg daily for 2 doses",
         "one after the other"),
        ("ketamine 5 mg oral at 08:00 for 3 doses starting on 2026-03-27 in Europe/Zurich",
         "clocks that change in Europe/Zurich"),
        ("ketamine 5 mg oral plus ketamine 6 mg oral concurrent", "this plan"),
    ],
)  # fmt: skip
def test_what_fhir_cannot_say_is_refused_by_name(text, part):
    with pytest.raises(RegimenError, match=part):
        fhir_plan(parse_regimen(text))


def changed(place, value):
    """A resource with one thing put in; `place` leads to it."""
    resource = copy.deepcopy(fhir_plan(parse_regimen("ketamine 5 mg oral daily for 9 doses")))
    spot = resource
    for step in place[:-1]:
        spot = spot[step]
    spot[place[-1]] = value
    return resource


DOSAGE = ("contained", 0, "dosage", 0)
REPEAT = (*DOSAGE, "timing", "repeat")


@pytest.mark.parametrize(
    ("place", "value", "part"),
    [
        (
            ("resourceType",),
            "MedicationRequest",
            "'MedicationRequest'; expected a PlanDefinition",
        ),
        (("status",), "active", "not marked as a draft"),
        (("experimental",), False, "not marked as a draft"),
        (("identifier",), [{"value": "1"}], "'identifier', which may identify people"),
        (("action", 0, "subjectReference"), {}, "'subjectReference', which may identify"),
        (
            (*DOSAGE, "extension"),
            [{"birthDate": "2000-01-01"}],
            "'birthDate', which may identify",
        ),
        ((*DOSAGE, "asNeededBoolean"), True, "'asNeededBoolean', which a plan cannot say"),
        ((*REPEAT, "when"), ["PCM"], "'when', which a plan cannot say"),
        ((*REPEAT, "periodMax"), 3, "'periodMax', which a plan cannot say"),
        ((*REPEAT, "periodUnit"), "mo", "expected one of s, min, h, d, wk"),
        ((*REPEAT, "period"), -1, "expected a number from 0"),
        ((*REPEAT, "dayOfWeek"), ["day"], "expected one of mon"),
        ((*REPEAT, "timeOfDay"), ["25:00:00"], "expected one such as 08:30:00"),
        ((*REPEAT, "timeOfDay"), ["08:30:15"], "cannot say the time of day 08:30:15"),
        ((*DOSAGE, "route"), {}, "no text; expected a route"),
        ((*DOSAGE, "doseAndRate"), [], "several amounts"),
        ((*DOSAGE, "doseAndRate"), [{"doseRange": {}}], "doseRange"),
        (
            (*DOSAGE, "doseAndRate"),
            [{"doseQuantity": {"value": 5, "code": "mL"}}],
            "no dose unit",
        ),
        (("contained", 0, "productCodeableConcept"), {}, "the product has no text"),
        (
            ("contained", 0, "productCodeableConcept"),
            {"text": "ketamine, foam"},
            "no formulation",
        ),
        (("contained", 0, "productCodeableConcept"), {"text": "kétamin"}, "no substance"),
        (("action", 0, "definitionCanonical"), "#other", "expected one of dosing-1"),
    ],
)
def test_a_foreign_resource_is_refused_where_a_plan_has_no_words(place, value, part):
    with pytest.raises(InputError, match=part):
        read_fhir(changed(place, value))


@pytest.mark.parametrize("data", [None, [], "PlanDefinition", {"resourceType": "Patient"}])
def test_what_is_no_plan_is_refused(data):
    with pytest.raises(RegimenError, match="expected a PlanDefinition"):
        read_fhir(data)


def places(data, place=()):
    """Every place in a resource but the whole."""
    steps = data.items() if isinstance(data, dict) else enumerate(data)
    for step, part in steps:
        yield (*place, step)
        if isinstance(part, dict | list):
            yield from places(part, (*place, step))


WRONG = (None, [], {}, "x", -1, float("inf"), True, [None], [{}], {"x": 1}, 10**12)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_wrong_thing_at_any_place_is_read_or_refused_in_one_line(wrong):
    text = "ketamine 10 mg oral (max 15 mg a day) at 08:30 and 13:00 on Monday for 2 weeks"
    whole = fhir_plan(parse_regimen(f"{text} starting on 2026-03-27 at 08:00"))
    refusals = []
    for place in places(whole):
        resource = copy.deepcopy(whole)
        spot = resource
        for step in place[:-1]:
            spot = spot[step]
        spot[place[-1]] = wrong
        try:
            read_fhir(resource)
        except InputError as error:
            refusals.append(str(error))
    assert len(refusals) > 20
    assert not any("\n" in refusal for refusal in refusals)


def test_a_resource_nested_too_deep_is_refused():
    deep = []
    for _ in range(50):
        deep = [deep]
    with pytest.raises(RegimenError, match="nested too deep"):
        read_fhir({"resourceType": "PlanDefinition", "text": deep})
