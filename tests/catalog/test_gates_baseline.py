import pytest

from algesia.catalog.gates_baseline import baseline_holds, displaced_baseline_returns

from .small_entry import small_entry, value


def test_an_empty_body_stays_empty_and_a_dose_leaves_it(tmp_path) -> None:
    chosen = small_entry(tmp_path)
    assert baseline_holds(chosen) == []
    assert displaced_baseline_returns(chosen) == []


def starts_full(model, values, claims) -> None:
    values["nasal_device_amount"] = value(5.0, "mg")
    model["states"]["central"]["initial"] = "nasal_device_amount"


def produces(model, values, claims) -> None:
    values["hepatic_flow"] = value(1.0, "mg/h")
    model["flows"]["production"] = {"from": None, "to": "central", "rate": "hepatic_flow"}


@pytest.mark.parametrize("spoil", [starts_full, produces])
def test_a_state_that_moves_without_a_dose_is_reported(tmp_path, spoil) -> None:
    (issue,) = baseline_holds(small_entry(tmp_path / "silent", spoil))
    assert issue.place == "states.central"

    def excused(model, values, claims) -> None:
        spoil(model, values, claims)
        model["exemptions"] = {"baseline_holds": "made in the body"}

    assert baseline_holds(small_entry(tmp_path / "excused", excused)) == []


def test_production_that_balances_loss_holds_its_baseline(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        produces(model, values, claims)
        model["states"]["central"]["initial"] = (
            "hepatic_flow * volume_central / clearance_elimination"
        )

    chosen = small_entry(tmp_path, spoil)
    assert baseline_holds(chosen) == []
    assert displaced_baseline_returns(chosen) == []


def test_a_drug_that_never_leaves_is_reported_from_every_state_it_can_start_in(
    tmp_path,
) -> None:
    def spoil(model, values, claims) -> None:
        model["states"]["deep"] = {"unit": "mg", "substance": "esketamine"}
        model["flows"]["elimination"]["to"] = "deep"
        model["flows"]["back"] = {
            "from": "deep",
            "to": "central",
            "rate": "oral_absorption_rate * deep",
        }

    issues = displaced_baseline_returns(small_entry(tmp_path, spoil))
    assert {issue.place for issue in issues} == {
        "states.oral_depot",
        "states.central",
        "states.deep",
    }


def test_an_exemption_from_a_baseline_that_holds_is_reported(tmp_path) -> None:
    def spoil(model, values, claims) -> None:
        model["exemptions"] = {"baseline_holds": "x", "displaced_baseline_returns": "y"}

    chosen = small_entry(tmp_path, spoil)
    assert len(baseline_holds(chosen)) == 1
    assert len(displaced_baseline_returns(chosen)) == 1
