"""A small entry that passes every gate, and ways to write a spoilt copy of it."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from algesia.catalog.entry import Entry, entry_at

VOLUME_L, CLEARANCE_L_PER_H, ABSORPTION_PER_H = 40.0, 20.0, 2.0
LOG_VARIANCE = 0.04

MODEL: dict[str, Any] = {
    "schema": "algesia/model/1",
    "id": "small",
    "title": "One compartment, for tests",
    "drug": "esketamine",
    "states": {
        "oral_depot": {"unit": "mg", "substance": "esketamine"},
        "central": {"unit": "mg", "substance": "esketamine"},
    },
    "definitions": {"concentration_central": "central / volume_central"},
    "flows": {
        "absorption": {
            "from": "oral_depot",
            "to": "central",
            "rate": "oral_absorption_rate * oral_depot",
        },
        "elimination": {
            "from": "central",
            "to": None,
            "rate": "clearance_elimination * concentration_central",
        },
    },
    "outputs": {
        "plasma_esketamine": {
            "expression": "concentration_central",
            "unit": "ng/mL",
            "substance": "esketamine",
            "site": "venous plasma",
        }
    },
    "inputs": {
        "intravenous": {
            "routes": ["intravenous"],
            "substances": ["esketamine"],
            "infusible": True,
            "parts": [{"into": "central"}],
        },
        "oral": {
            "routes": ["oral"],
            "substances": ["esketamine"],
            "parts": [{"into": "oral_depot", "fraction": "gut_availability"}],
        },
    },
    "random_effects": {
        "clearance_elimination": {
            "parameters": ["clearance_elimination"],
            "kind": "log_normal",
            "value": "clearance_elimination_variance",
        }
    },
    "validity": {
        "covariates": {
            "age": {"from": "18 year", "to": "60 year"},
            "weight": {"from": "50 kg", "to": "100 kg"},
        },
        "dose": {
            "intravenous": {"from": "1 mg", "to": "1 g"},
            "oral": {"from": "1 mg", "to": "1 g"},
        },
    },
    "population": {
        "weight": {"distribution": "fixed", "value": "70 kg"},
        "age": {"distribution": "fixed", "value": "30 year"},
    },
}


def value(
    number: float | None, unit: str, form: str = "estimate", **more: Any
) -> dict[str, Any]:
    """One row of values.yaml."""
    row: dict[str, Any] = {
        "value": number,
        "unit": unit,
        "form": form,
        "origin": "reported",
        "grade": {"kind": "A", "certainty": "moderate"},
        "source": "study",
        "locator": "Table 1",
    }
    return row | more


VALUES: dict[str, Any] = {
    "sources": {
        "study": {
            "authors": "Nobody N",
            "year": 2020,
            "title": "A study",
            "journal": "A journal",
            "note": "made for tests",
        }
    },
    "values": {
        "volume_central": value(VOLUME_L, "L"),
        "clearance_elimination": value(CLEARANCE_L_PER_H, "L/h"),
        "oral_absorption_rate": value(ABSORPTION_PER_H, "1/h"),
        "gut_availability": value(0.5, "1"),
        "clearance_elimination_variance": value(LOG_VARIANCE, "1", "log_variance"),
    },
}


def claim(name: str, expected: str, quantity: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One row of claims.yaml."""
    row: dict[str, Any] = {
        "id": name,
        "sentence": "what the study prints",
        "regimen": "esketamine 10 mg IV",
        "quantity": {"output": "plasma_esketamine"} | quantity,
        "expected": expected,
        "tolerance": {"ratio": 1.001, "reason": "closed form"},
        "source": "study",
        "locator": "Table 2",
    }
    return row | more


CLAIMS: dict[str, Any] = {
    "claims": [
        claim("clearance", "20 L/h", {"measure": "clearance"}),
        claim(
            "spread_clearance",
            "20.2 %",
            {"measure": "spread_cv", "of": "clearance"},
            subjects=400,
            tolerance={"ratio": 1.1, "reason": "400 subjects"},
        ),
    ]
}


class _WrittenOut(yaml.SafeDumper):
    """Writes every value out: entries share nothing by anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written_out(data: Any) -> str:
    """Text of a file in YAML."""
    return yaml.dump(data, Dumper=_WrittenOut, sort_keys=False, allow_unicode=True)


Spoil = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], None]


def leave(model: dict[str, Any], values: dict[str, Any], claims: dict[str, Any]) -> None:
    """Spoil nothing."""


def write_entry(
    folder: Path, spoil: Spoil = leave, *, readme: str = "# small\n\nFor tests.\n"
) -> Path:
    """Write the small entry, spoilt, into a folder named as its id."""
    model, values, claims = (copy.deepcopy(part) for part in (MODEL, VALUES, CLAIMS))
    spoil(model, values["values"], claims)
    place = folder / model["id"]
    place.mkdir(parents=True)
    for name, data in (("model", model), ("values", values), ("claims", claims)):
        (place / f"{name}.yaml").write_text(written_out(data), encoding="utf-8")
    if readme:
        (place / "README.md").write_text(readme, encoding="utf-8")
    return place


def small_entry(folder: Path, spoil: Spoil = leave, **more: Any) -> Entry:
    """Write the small entry, spoilt, and load it."""
    return entry_at(write_entry(folder, spoil, **more))
