"""`algesia diff`."""

import json

import numpy as np
import pytest

from algesia.formats.result_file import read_result


def differences(algesia, first, second):
    ended = algesia("diff", first, second, "--json")
    assert ended.code == 0, ended.err
    return {
        (each["where"], each["what"]): each
        for each in json.loads(ended.out)["data"]["differences"]
    }


def test_a_scenario_does_not_differ_from_itself(algesia, scenario):
    ended = algesia("diff", scenario, scenario)
    assert (ended.code, ended.out.splitlines()[0]) == (0, "no differences")


def test_scenarios_differ_in_what_was_changed_and_nothing_else(
    algesia, scenario, scenario_text, tmp_path
):
    other = tmp_path / "other.yaml"
    other.write_text(
        scenario_text.replace("20 mg", "30 mg").replace("subjects: 4", "subjects: 5"),
        encoding="utf-8",
    )
    found = differences(algesia, scenario, other)
    regimen = found["infusion", "regimen"]
    assert (regimen["first"], regimen["second"]) == (
        "esketamine 20 mg intravenous over 20 min",
        "esketamine 30 mg intravenous over 20 min",
    )
    assert {what for _, what in found} == {
        "regimen", "subjects", "covariate weight", "covariate age", "covariate female",
    }  # fmt: skip


def test_another_model_shows_in_its_values(algesia, scenario, scenario_text, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(
        scenario_text.replace("simons_2022_film", "noppers_2011_intravenous"), encoding="utf-8"
    )
    found = differences(algesia, scenario, other)
    assert found["infusion", "model"]["second"] == "noppers_2011_intravenous"
    assert ("infusion", "value volume_central") in found


def test_one_result_in_two_formats_does_not_differ(algesia, scenario):
    algesia("run", scenario, "--quiet", "--out", "a.parquet", "--out", "a.zarr")
    assert "no differences" in algesia("diff", "a.parquet", "a.zarr").out


def test_doubling_a_dose_of_a_linear_drug_is_half_of_the_larger_peak(
    algesia, scenario, scenario_text
):
    algesia("run", scenario, "--quiet", "--out", "a.parquet")
    scenario.write_text(scenario_text.replace("20 mg", "40 mg"), encoding="utf-8")
    algesia("run", scenario, "--quiet", "--out", "b.parquet")
    found = differences(algesia, "a.parquet", "b.parquet")
    curves = found["infusion", "curves of plasma_esketamine"]
    # The solver's relative tolerance is 1e-6.
    assert curves["relative"] == pytest.approx(0.5, rel=1e-4, abs=0.0)
    assert ("", "receipt arms.0.regimen_hash") in found
    assert ("", "receipt arms.0.cohort_hash") not in found


def test_results_on_different_times_are_compared_where_both_were_sampled(
    algesia, scenario, scenario_text, tmp_path
):
    algesia("run", scenario, "--quiet", "--out", "a.parquet")
    scenario.write_text(scenario_text.replace("every: 1 h", "every: 30 min"), encoding="utf-8")
    algesia("run", scenario, "--quiet", "--out", "b.parquet")
    found = differences(algesia, "a.parquet", "b.parquet")
    gap = found.get(("infusion", "curves of plasma_esketamine"), {"relative": 0.0})["relative"]
    # Dense output between steps: the same steps are taken, so hardly anything differs.
    assert gap < 1e-4
    counts = [
        read_result(tmp_path / name).arms[0].time_h.size for name in ("a.parquet", "b.parquet")
    ]
    assert np.diff(counts)[0] > 0
