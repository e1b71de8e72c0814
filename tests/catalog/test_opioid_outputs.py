"""Nobody asks for the benefit of an opioid alone: breathing and withdrawal come with it."""

from pathlib import Path

import pytest

from algesia.catalog.companion import assembly
from algesia.catalog.entry import entry
from algesia.catalog.opioid_outputs import with_opioid_harm
from algesia.catalog.scenario_file import scenario_of

PAUSE = (
    "morphine 10 mg IV every 12 h for 3 days then pause 7 days "
    "then morphine 10 mg IV every 12 h for 3 days"
)


def test_a_scenario_that_asks_for_analgesia_gets_breathing_and_withdrawal_beside_it():
    content = {
        "schema": "algesia/scenario/1",
        "title": "a pause",
        "cohort": {"typical": {"weight": "70 kg"}},
        "sampling": {"every": "6 h", "until": "14 day"},
        "arms": [
            {
                "name": "pause",
                "model": "opioid_receptor",
                "with": ["morphine"],
                "regimen": PAUSE,
                "outputs": ["opioid_analgesia"],
            }
        ],
    }
    arm = scenario_of(content, where="pause.yaml", folder=Path()).arms[0]
    assert arm.outputs == ("opioid_analgesia", "respiratory_drive", "opioid_withdrawal")


@pytest.mark.parametrize("main", ["dorsal_horn", "glia"])
def test_beside_another_entry_they_come_under_their_longer_names(main):
    model = assembly(main, companions=["opioid_receptor", "morphine"])
    first = model.outputs[0].name
    assert with_opioid_harm(model, (first,)) == (
        first,
        "opioid_receptor_respiratory_drive",
        "opioid_receptor_opioid_withdrawal",
    )


def test_what_was_asked_for_stays_in_its_order_and_nothing_stands_twice():
    model = assembly("opioid_receptor", companions=["morphine"])
    wanted = ("opioid_withdrawal", "miosis")
    assert with_opioid_harm(model, wanted) == (*wanted, "respiratory_drive")


def test_a_model_without_opioid_effects_and_a_wish_for_everything_are_left_alone():
    assert with_opioid_harm(entry("morphine").model, ("plasma_morphine",)) == (
        "plasma_morphine",
    )
    assert with_opioid_harm(entry("opioid_receptor").model, ()) == ()
