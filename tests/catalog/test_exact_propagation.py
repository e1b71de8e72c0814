"""Exact propagation and steps agree on whatever the claims of the catalogue ask for."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from algesia.catalog.claim_run import claim_run
from algesia.catalog.entry import entry, entry_ids
from algesia.engine import solve

TIMES_TOLERANCE = 10.0
# Below this share of its peak a curve is compared with the peak, not with itself.
FLOOR_SHARE = 1e-3


def largest_error(found, expected):
    """Largest error of an output relative to its curve, or to a part of its peak."""
    scale = np.abs(expected) + FLOOR_SHARE * np.max(np.abs(expected), axis=1, keepdims=True)
    difference = np.abs(found - expected)
    return np.max(np.where(difference > 0.0, difference / np.where(scale > 0, scale, 1.0), 0.0))


@pytest.mark.parametrize("name", entry_ids())
def test_steps_come_to_what_is_propagated_exactly_for_every_claim(name, monkeypatch):
    chosen = entry(name)
    if "linear" in chosen.model.exemptions:
        pytest.skip("is not linear and stepped in any case")
    errors = []

    def both(program, batch, tolerances, **more):
        assert program.stepper == "exact"
        exact = solve(program, batch, tolerances, **more)
        stepped = solve(replace(program, stepper="rodas5p"), batch, tolerances, **more)
        assert exact.status.tolist() == stepped.status.tolist()
        errors.append(largest_error(exact.values, stepped.values) / tolerances.relative)
        return exact

    monkeypatch.setattr(sys.modules["algesia.simulate.run"], "solve", both)
    claims = chosen.claims()
    for claim in claims:
        claim_run(chosen.model, claim)
    assert len(errors) == len(claims) > 0
    assert max(errors) <= TIMES_TOLERANCE
