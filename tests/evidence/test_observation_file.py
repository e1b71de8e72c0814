"""The stored studies."""

import re
from pathlib import Path

import pytest

from algesia.catalog.curve_file import curve_names
from algesia.catalog.entry import entry, entry_ids
from algesia.errors import FileInputError, UnknownNameError
from algesia.evidence.observation_file import read_study, studies, study_paths
from algesia.units import dimension

STUDY = """\
schema: algesia/pk_observations/1
study: small
source: {citation: "Small 2020", doi: null, url: null}
used_by: []
arms:
  vein:
    printed:
      - {dose: "5 mg IV", route: "IV", population: "healthy", n: "15"}
    route: intravenous
    product: injection
    regimens: ["5 mg ketamine IV over 30 min"]
    regimen_origin: printed
    form: {value: base, origin: assumed}
    weight: {value: 70 kg, origin: assumed}
    site: {value: venous serum, origin: printed}
    n: 15
    observations:
      - {id: auc, printed: {analyte: "racemic ketamine", quantity: "AUC", number: "52.3 (SD 12.2)", unit: "ng*h/mL"}, moieties: [ketamine], measure: auc, value: {central: 52.3, sd: 12.2}, unit: ng*h/mL, verified: true}
"""  # noqa: E501 - as the files are written


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in STUDY
    path = tmp_path / "small.yaml"
    path.write_text(STUDY.replace(old, new, 1) if old else STUDY, encoding="utf-8")
    return path


def test_every_study_loads_and_nothing_is_lost():
    found = studies()
    assert len(found) == len(study_paths())
    # 121 exposure summaries and 22 numbers of interactions were collected, and 9 mean curves.
    assert sum(len(study.observations) for study in found.values()) == 163
    assert sum(len(study.curves) for study in found.values()) == 9


def test_names_of_observations_are_unique_over_all_studies():
    names = [each.name for study in studies().values() for each in study.observations]
    assert len(names) == len(set(names))


def test_a_good_file_gives_what_it_says(tmp_path):
    (found,) = read_study(written(tmp_path)).observations
    assert (found.value.central, found.value.sd, found.unit) == (52.3, 12.2, "ng*h/mL")
    assert found.name == "small/vein/auc"
    assert found.arm.assumptions == ("weight 70 kg", "dose as base")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("central: 52.3", "central: 53.2", "number"),
        ("sd: 12.2}", "sd: 1.22}", "number"),
        ("unit: ng*h/mL, ver", "unit: ng*min/mL, ver", "unit"),
        ("measure: auc", "measure: cmax", "measure"),
        ("moieties: [ketamine]", "moieties: [esketamine]", "moieties"),
    ],
)
def test_a_slip_between_the_words_and_the_structure_is_found(old, new, what, tmp_path):
    with pytest.raises(FileInputError, match=f"vein.auc: {what} is .* printed words say"):
        read_study(written(tmp_path, old, new))


def test_a_regimen_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(Exception, match=re.escape("arms.vein.regimens: '5 mg ketamien IV")):
        read_study(written(tmp_path, "5 mg ketamine IV over", "5 mg ketamien IV over"))


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path):
    with pytest.raises(FileInputError, match=r"unknown key 'arms.vein.regimen'.*regimens"):
        read_study(written(tmp_path, "regimens:", "regimen:"))


def test_a_use_of_an_observation_that_is_not_there_is_refused(tmp_path):
    use = '  - {entry: e, value: "v", what: "w", observations: ["vein/acu"]}'
    with pytest.raises(UnknownNameError, match="vein/auc"):
        read_study(written(tmp_path, "used_by: []", f"used_by:\n{use}"))


def test_a_number_that_is_not_there_needs_a_reason(tmp_path):
    text = STUDY.replace('"52.3 (SD 12.2)"', "null").replace(
        "{central: 52.3, sd: 12.2}", "{unknown: true}"
    )
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileInputError, match="expected not_predicted"):
        read_study(path)


def test_a_file_is_named_after_its_study(tmp_path):
    path = written(tmp_path).rename(tmp_path / "other.yaml")
    with pytest.raises(FileInputError, match="expected the file's name, 'other'"):
        read_study(path)


def test_a_window_that_is_not_printed_is_told(tmp_path):
    window = "window: {to: 4 h, origin: assumed}, value: {central"
    (found,) = read_study(written(tmp_path, "value: {central", window)).observations
    assert found.to_h == 4.0
    assert found.note == "window 0 h to 4 h assumed"


def test_every_unit_and_curve_is_known():
    for study in studies().values():
        for each in study.observations:
            assert str(dimension(each.unit)), each.name
        for observed in study.curves:
            assert observed.curve in curve_names()


def test_every_entry_that_cites_a_stored_study_for_a_value_is_in_its_used_by():
    for name in entry_ids():
        model = entry(name).model
        reported = [each.reported for each in model.parameters]
        reported += [each.reported for each in model.random_effects]
        keys = {each.source for each in reported}
        for source in (source for source in model.sources if source.key in keys):
            for study in studies().values():
                same = source.key == study.id or (
                    source.doi is not None and source.doi == study.doi
                )
                if same:
                    users = {use.entry for use in study.used_by}
                    assert name in users, f"{name} takes a value from {study.id}"


def test_every_use_names_an_entry_that_exists():
    users = {use.entry for study in studies().values() for use in study.used_by}
    assert users <= set(entry_ids())
