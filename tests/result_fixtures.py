"""Results to write, draw and tabulate, computed in closed form: no solver is needed here."""

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder

import numpy as np
import pytest

from algesia.provenance import Grade, Reported, Source
from algesia.regimen import DoseRow
from algesia.simulate.output_info import OutputInfo
from algesia.simulate.trajectories import ArmTrajectories, Trajectories

PAPER = Source(
    key="simons_2022",
    authors="Simons P, Olofsen E, van Velzen M, van Lemmen M, Dahan A",
    year=2022,
    title="S-ketamine oral thin film, part 1",
    journal="Frontiers in Pain Research",
    doi="10.3389/fpain.2022.946486",
)
CLEARANCE = Reported(
    name="clearance",
    value=72.0,
    unit="L/h",
    form="estimate",
    origin="reported",
    grade=Grade(kind="A", certainty="moderate"),
    source="simons_2022",
    locator="Table 4",
    note=None,
)


def dose_row(**changes) -> DoseRow:
    fields = {
        "time_h": 0.0, "amount": 0.5, "unit": "mg/kg_body", "duration_h": 40.0 / 60.0,
        "route": "intravenous", "drug": "esketamine", "form": "base", "weight_basis": "actual",
        "weight_cap_kg": None, "cap_mg": None, "formulation": None,
    }  # fmt: skip
    return DoseRow(**{**fields, **changes})


def infused(time_h, clearance_l_per_h, row: DoseRow):
    """One-compartment concentration of an infusion to 70 kg, (S, T), ng/mL."""
    volume_l, weight = 200.0, 70.0 if row.unit == "mg/kg_body" else 1.0
    amount_ng_per_ml = row.amount * weight * 1000.0 / volume_l
    rate_per_h = (clearance_l_per_h / volume_l)[:, None]
    length = max(row.duration_h, 1e-3)
    since = np.maximum(time_h - row.time_h, 0.0)
    ran, after = np.minimum(since, length), np.maximum(since - length, 0.0)
    built = -np.expm1(-rate_per_h * ran) / (rate_per_h * length)
    return amount_ng_per_ml * built * np.exp(-rate_per_h * after)


@pytest.fixture(scope="session")
def make_dose() -> Callable[..., DoseRow]:
    return dose_row


@pytest.fixture(scope="session")
def make_arm() -> Callable[..., ArmTrajectories]:
    def make(
        name="infusion 0.5 mg/kg", *, subjects=60, failed=1, hours=24.0, times=121,
        rows=None, **changes,
    ) -> ArmTrajectories:  # fmt: skip
        rows = (dose_row(),) if rows is None else rows
        time_h = np.linspace(0.0, hours, times)
        clearance = 72.0 * np.exp(0.3 * np.random.default_rng(1).normal(size=subjects))
        parent = np.zeros((subjects, times))
        for row in rows:
            parent = parent + infused(time_h, clearance, row)
        metabolite = (
            0.4
            * np.maximum(parent.max() * 0.5 * (1 - np.exp(-time_h / 2)), 0)
            * np.exp(-time_h / 8)
            * (clearance / 72.0)[:, None]
        )
        values = np.stack([parent, metabolite], axis=-1)
        status = np.zeros(subjects, dtype=np.int64)
        status[:failed] = 2
        values[:failed, times // 2 :] = np.nan
        fields = {
            "name": name,
            "model_id": "simons_2022_film",
            "model_title": "S-ketamine oral thin film and intravenous infusion",
            "rung": "reproduced",
            "outputs": (
                OutputInfo(
                    name="plasma_esketamine", unit="ng/mL", substance="esketamine", form="base",
                    site="arterial plasma", description="concentration of S-ketamine",
                ),
                OutputInfo(
                    name="plasma_esnorketamine", unit="ng/mL", substance="esnorketamine",
                    form="base", site="arterial plasma", description="its metabolite",
                ),
            ),
            "time_h": time_h,
            "values": values,
            "status": status,
            "failures": ("subject 0: state central stopped at 12 h after event 2",)[:failed],
            "subjects": np.arange(subjects, dtype=np.int64),
            "covariates": {"weight": np.linspace(50.0, 90.0, subjects)},
            "rows": rows,
            "regimen_text": "0.5 mg/kg esketamine intravenous over 40 min",
            "notes": ("spread borrowed from simons_2022, grade D",),
            "values_used": (CLEARANCE,),
            "sources": (PAPER,),
            "band_label": "5–95 % of patients; spread borrowed from simons_2022, grade D",
        }  # fmt: skip
        return ArmTrajectories(**{**fields, **changes})

    return make


@pytest.fixture(scope="session")
def make_result() -> Callable[..., Trajectories]:
    def make(*arms: ArmTrajectories, **changes) -> Trajectories:
        fields = {
            "title": "Esketamine over 40 min",
            "arms": arms,
            "receipt": {
                "schema": "algesia/receipt/1",
                "scenario": "0123456789abcdef0123456789abcdef",
            },
            "warnings": (),
        }
        return Trajectories(**{**fields, **changes})

    return make


@pytest.fixture(scope="session")
def result(make_arm, make_result) -> Trajectories:
    film = dose_row(amount=50.0, unit="mg", duration_h=0.0, route="sublingual")
    return make_result(
        make_arm(),
        make_arm(
            "film 50 mg", rows=(film,), failed=0,
            regimen_text="50 mg esketamine film", band_label="5–95 % of patients",
        ),
    )  # fmt: skip


@pytest.fixture
def hide_package(monkeypatch) -> Callable[[str], None]:
    """Make a package look as if it were not installed."""

    def hide(package: str) -> None:
        for module in [name for name in sys.modules if name.partition(".")[0] == package]:
            monkeypatch.delitem(sys.modules, module)
        finder = HidingFinder(package)
        monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])

    return hide


class HidingFinder(MetaPathFinder):
    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] == self.package:
            raise ModuleNotFoundError(f"No module named '{fullname}'", name=fullname)
