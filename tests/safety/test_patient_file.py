"""Patient files: units and unknowns are explicit, identity is refused."""

import re

import pytest

from algesia.errors import InputError
from algesia.safety import facts, patient_of, read_patient, stated_facts


def person(**keys):
    return patient_of({"schema": "algesia/patient/1", "label": "A", **keys}, where="p.yaml")


def test_sizes_are_read_in_any_unit_of_their_kind():
    found = person(age="600 months", weight="154.32 lb", height="1.72 m", sex="female")
    assert found.age_year == pytest.approx(50.0, rel=1e-12, abs=0.0)
    assert found.weight_kg == pytest.approx(70.0, rel=1e-4, abs=0.0)
    assert found.height_cm == pytest.approx(172.0, rel=1e-12, abs=0.0)


def test_pressure_in_kilopascal_is_the_same_pressure():
    found = person(measurements={"systolic_pressure": "18.665 kPa"})
    (pressure,) = found.stated["systolic_pressure"]
    assert pressure == pytest.approx(140.0, rel=1e-4, abs=0.0)


def test_unknown_is_not_no():
    found = person(facts={"pregnant": "unknown", "epilepsy": "no", "delirium": None})
    assert found.said_unknown == ("pregnant", "delirium")
    assert found.stated == {"epilepsy": (False,)}


def test_nothing_said_about_medicines_is_not_no_medicine():
    assert person().medicines is None
    assert person(medicines="unknown").medicines is None
    assert person(medicines="none").medicines == ()


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "Name",
        "first_name",
        "surname",
        "birth_date",
        "date of birth",
        "DOB",
        "patient_id",
        "NHS-number",
        "nhs_number",
        "mrn",
        "address",
        "e_mail",
        "phone",
        "postcode",
        "initials",
    ],
)
@pytest.mark.parametrize("place", ["top", "facts", "medicines"])
def test_a_key_that_tells_who_it_is_is_refused_without_showing_its_value(key, place):
    if place == "medicines" and key.lower() == "name":
        return
    keys = {key: "Zaphod"}
    if place == "facts":
        keys = {"facts": keys}
    elif place == "medicines":
        keys = {"medicines": [{"name": "morphine", **keys}]}
    with pytest.raises(InputError) as caught:
        person(**keys)
    assert "who the person is" in str(caught.value)
    assert "Zaphod" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "seen 1961-03-14",
        "born 14.3.1961",
        "943 476 5919",
        "9434765919",
        "a.b@example.org",
        "3/14/61",
    ],
)
def test_a_text_that_looks_like_an_identifier_is_refused_without_being_shown(text):
    for keys in ({"label": text}, {"medicines": [{"name": "morphine", "dose": text}]}):
        with pytest.raises(InputError) as caught:
            person(**keys)
        assert "leave it out" in str(caught.value)
        assert text not in str(caught.value)


def test_the_name_of_a_medicine_is_no_name_of_a_person():
    (medicine,) = person(medicines=[{"name": "morphine", "dose": "10 mg"}]).medicines
    assert (medicine.name, medicine.dose) == ("morphine", "10 mg")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"facts": {"pregnent": "no"}}, "close names: pregnant"),
        ({"facts": {"pregnant": "maybe"}}, "expected yes, no or unknown"),
        ({"facts": {"pregnant": 1}}, "expected yes, no or unknown"),
        ({"facts": {"hepatic_disease": "sever"}}, "close names: severe"),
        ({"facts": {"hepatic_disease": ["mild", "severe"]}}, "expected one of"),
        ({"facts": {"bolus": "1 mg/kg"}}, "computed from the plan"),
        ({"facts": {"setting": "home"}}, "about the setting"),
        ({"setting": {"pregnant": "no"}}, "about the patient"),
        ({"measurements": {"systolic_pressure": 140}}, "in mmHg"),
        ({"measurements": {"systolic_pressure": "140 kg"}}, "mmHg"),
        ({"measurements": {"systolic_pressure": "900 mmHg"}}, "expected 0 to 300 mmHg"),
        ({"measurements": {"systolic_pressure": "-5 mmHg"}}, "expected 0 to 300 mmHg"),
        ({"measurements": {"alanine_aminotransferase": "40 U/L"}}, "'ULN'"),
        ({"measurements": {"alanine_aminotransferase": "x ULN"}}, "finite number"),
        ({"measurements": {"failed_antidepressants": "two"}}, "expected a number"),
        ({"facts": {"pregnant": "no"}, "measurements": {"pregnant": "yes"}}, "second time"),
        ({"weight": "70"}, "unit"),
        ({"weight": 70}, "such as '70 kg'"),
        ({"weight": "0 kg"}, "expected above 0"),
        ({"weight": "nan kg"}, "weight"),
        ({"age": "200 year"}, "at most 120"),
        ({"sex": "other"}, "sex"),
        ({"conditions": ["crp"]}, "close names: crps"),
        ({"conditions": []}, "expected one of"),
        ({"medicines": [{"name": "morphine", "after_pause": "same"}]}, "without a pause"),
        ({"medicines": [{"name": "morphine", "pause": "5 kg"}]}, "pause"),
        ({"wieght": "70 kg"}, "close keys: weight"),
        ({"label": ""}, "label"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(keys, words):
    with pytest.raises(InputError) as caught:
        person(**keys)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(("p.yaml", "no "))


def test_facts_beside_the_file_may_be_of_the_setting_only():
    found = stated_facts(
        {"setting": "home", "electrocardiogram": "unknown"}, where="x", about=("setting",)
    )
    assert found == {"setting": ("home",)}
    with pytest.raises(InputError, match="about the patient"):
        stated_facts({"pregnant": "no"}, where="x", about=("setting",))


def test_every_fact_asks_one_question():
    for fact in facts().values():
        assert re.search(r"\?( \(.*\))?$", fact.question), fact.name


def test_a_patient_file_is_read_from_disk(tmp_path):
    path = tmp_path / "someone.yaml"
    path.write_text("{schema: algesia/patient/1, label: A, facts: {pregnant: no}}")
    assert read_patient(path).stated == {"pregnant": (False,)}
