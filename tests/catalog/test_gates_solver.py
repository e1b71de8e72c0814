from dataclasses import replace

import pytest

from algesia.catalog import gates_solver
from algesia.catalog.gates_solver import fast_path_equals_slow_path, linear

from .small_entry import small_entry, value


def saturates(model, values, claims) -> None:
    values["film_fraction_mucosal"] = value(500.0, "ng/mL")
    model["flows"]["elimination"]["rate"] += (
        " / (1 + concentration_central / film_fraction_mucosal)"
    )


def tires(model, values, claims) -> None:
    model["inputs"]["oral"]["parts"][0]["fraction"] = "gut_availability / dose_number"


def test_one_compartment_is_linear_and_the_same_by_both_roads(tmp_path) -> None:
    chosen = small_entry(tmp_path)
    assert linear(chosen) == []
    assert fast_path_equals_slow_path(chosen) == []


def test_elimination_that_saturates_is_not_linear_unless_the_entry_says_so(tmp_path) -> None:
    issues = linear(small_entry(tmp_path / "silent", saturates))
    assert {"twice the dose" in issue.message for issue in issues} == {True, False}

    def excused(model, values, claims) -> None:
        saturates(model, values, claims)
        model["exemptions"] = {"linear": "elimination saturates"}

    chosen = small_entry(tmp_path / "excused", excused)
    assert linear(chosen) == []
    assert fast_path_equals_slow_path(chosen) == []


def test_an_input_that_takes_up_less_of_a_second_dose_misses_the_sum_only(tmp_path) -> None:
    (issue,) = linear(small_entry(tmp_path, tires))
    assert issue.place.startswith("inputs.oral")
    assert "the same dose again" in issue.message


def test_a_linear_model_that_calls_itself_not_linear_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["exemptions"] = {"linear": "to be safe"}

    (issue,) = linear(small_entry(tmp_path, spoil))
    assert "remove it" in issue.message


@pytest.mark.parametrize(("error", "found"), [(2e-5, 3), (2e-6, 0)])
def test_an_engine_that_is_wrong_by_more_than_ten_tolerances_is_caught(
    tmp_path, monkeypatch, error: float, found: int
) -> None:
    right = gates_solver.solve

    def wrong(*given):
        raw = right(*given)
        return replace(raw, values=raw.values * (1.0 + error))

    monkeypatch.setattr(gates_solver, "solve", wrong)
    assert len(fast_path_equals_slow_path(small_entry(tmp_path))) == found


def test_a_flow_that_the_engine_steps_over_is_caught(tmp_path, monkeypatch) -> None:
    right = gates_solver.solve

    def without_absorption(program, batch, tolerances):
        derivatives = (program.derivatives[0], "-clearance_elimination * concentration_central")
        return right(replace(program, derivatives=derivatives), batch, tolerances)

    monkeypatch.setattr(gates_solver, "solve", without_absorption)
    (issue,) = fast_path_equals_slow_path(small_entry(tmp_path))
    assert issue.place.startswith("inputs.oral")


@pytest.mark.parametrize(("error", "found"), [(1e-7, 3), (1e-9, 0)])
def test_exact_propagation_is_held_to_small_steps_more_tightly_than_to_a_run(
    tmp_path, monkeypatch, error: float, found: int
) -> None:
    right = gates_solver.solve

    def wrong(program, batch, tolerances):
        raw = right(program, batch, tolerances)
        share = error if program.stepper == "exact" else 0.0
        return replace(raw, values=raw.values * (1.0 + share))

    monkeypatch.setattr(gates_solver, "solve", wrong)
    issues = fast_path_equals_slow_path(small_entry(tmp_path))
    assert len(issues) == found
    assert all("exact propagation and small steps" in issue.message for issue in issues)


def test_a_model_that_is_stepped_is_compared_with_scipy_only(tmp_path) -> None:
    assert (
        gates_solver.solver_differences(small_entry(tmp_path / "a", saturates)).stepped is None
    )
    largest = gates_solver.solver_differences(small_entry(tmp_path / "b")).largest()
    assert largest["exact_and_stepped"] < 1e-9
