import pytest
import yaml

from algesia.catalog.gates_plausible import numbers_plausible

from .small_entry import small_entry, value


def test_the_small_entry_is_plausible(tmp_path) -> None:
    assert numbers_plausible(small_entry(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "number", "unit", "form"),
    [
        ("population_weight_low", 55.0, "g", "range"),
        ("population_age_sd", 2.5, "day", "sd"),
        ("population_age_sd", 0.0, "year", "sd"),
        ("allometric_exponent_clearance", -0.75, "1", "exponent"),
        ("volume_central_variance", 0.0001, "1", "log_variance"),
        ("volume_central_spread", 0.3, "%", "cv_percent"),
        ("residual_proportional_ketamine", 0.001, "1", "sd"),
    ],
)
def test_a_number_no_value_of_its_kind_has_is_reported(
    tmp_path, name: str, number: float, unit: str, form: str
) -> None:
    entry = small_entry(tmp_path)
    path = entry.folder / "values.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["values"][name] = value(number, unit, form)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    (issue,) = numbers_plausible(entry)
    assert issue.place == f"values.{name}"
    assert f"{number:g} {unit}" in issue.message
