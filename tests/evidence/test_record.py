"""Plain data, and the headline that pages quote."""

import json

import pytest

from algesia.catalog.entry import entry_ids
from algesia.cli.answer import json_value
from algesia.evidence import validate_pk
from algesia.evidence.record import headline, headlines, record
from algesia.evidence.validation import DEFAULT_MODEL


def near(made: float | None, kept: float | None) -> bool:
    if made is None or kept is None:
        return made is kept
    return made == pytest.approx(kept, rel=0.011, abs=0.0)


def test_the_record_is_json_and_holds_every_observation(venous):
    read = json.loads(json.dumps(json_value(record(venous)), allow_nan=False))
    assert len(read["observations"]) == len(venous.predictions)
    first = read["observations"][0]
    assert first["printed"]["number"] == "0.08 (CV 11 %)"
    assert first["ratio"] == pytest.approx(first["predicted"] / 0.08, rel=1e-12, abs=0.0)


def test_what_is_not_predicted_has_its_reason_in_the_record(venous):
    missing = [each for each in record(venous)["observations"] if each["predicted"] is None]
    assert missing
    assert all(each["problem"] for each in missing)


def test_the_default_model_has_a_recorded_headline_once_it_exists():
    assert set(headlines()) <= set(entry_ids())
    if DEFAULT_MODEL in entry_ids():
        assert DEFAULT_MODEL in headlines()


@pytest.mark.parametrize("model", sorted(headlines()))
def test_the_recorded_headline_is_what_the_model_gives(model):
    made, kept = headline(validate_pk(model)), headlines()[model]
    message = f"run `algesia validate pk --record --model {model}` if the change is meant"
    assert made.keys() == kept.keys()
    assert made["goals"].keys() == kept["goals"].keys()
    for name, goal in made["goals"].items():
        told = kept["goals"][name]
        for key in ("verdict", "passed", "counted"):
            assert goal[key] == told[key], (name, message)
        # Three digits are kept; the last may fall on either side between processors.
        assert near(goal["number"], told["number"]), (name, message)
    for key, value in made.items():
        if key != "goals":
            assert near(value, kept[key]), (key, message)
