import pytest

from algesia.catalog.administration import trial_of, typical_cohort, undosed
from algesia.catalog.entry import entry

from .small_entry import small_entry


def test_each_input_gets_each_of_its_substances_at_once_and_slowly_where_it_can(
    tmp_path,
) -> None:
    plans = [each.plan() for each in trial_of(small_entry(tmp_path)).administrations]
    assert plans == [
        "esketamine 10 mg intravenous",
        "esketamine 10 mg intravenous over 30 min",
        "esketamine 10 mg oral",
    ]
    kamp = trial_of(entry("kamp_2020_general")).administrations
    assert {each.substance for each in kamp} == {"ketamine", "esketamine", "arketamine"}


def test_twice_a_device_dose_still_fits_one_device() -> None:
    trial = trial_of(entry("perezruixo_2021_nasal"))
    nasal = next(each for each in trial.administrations if each.input.name == "nasal")
    content = trial.model.parameter("nasal_device_amount").reported.canonical()
    assert 2.0 * nasal.amount_mg == pytest.approx(content, rel=1e-12, abs=0.0)
    assert nasal.plan(doses=2.0) == "esketamine 28 mg nasal"


def test_a_batch_without_its_doses_keeps_subject_and_samples(tmp_path) -> None:
    dosed = trial_of(small_entry(tmp_path)).administrations[0].lowered.batch
    quiet = undosed(dosed)
    assert dosed.event_time_h.size > 0
    assert quiet.event_time_h.size == 0
    assert (quiet.sample_time_h == dosed.sample_time_h).all()
    assert (quiet.parameters == dosed.parameters).all()


def test_the_typical_subject_is_the_middle_of_the_study_unless_told_otherwise() -> None:
    model = entry("perezruixo_2021_nasal").model
    middle = typical_cohort(model, {})
    told = typical_cohort(model, {"ethnicity": "japanese"})
    assert (middle.column("weight")[0], middle.column("ethnicity")[0]) == (74.0, "white")
    assert (told.column("weight")[0], told.column("ethnicity")[0]) == (74.0, "japanese")
    assert not told.spread
