"""Derivatives of whole models against differences of order 4."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import Tolerances, solve
from algesia.engine.sensitivity import solve_with_sensitivities

PROBLEMS = Path(__file__).parents[2] / "benchmarks" / "problems"
SOUGHT = ("V1S", "VmS", "EmaxE", "KiS", "EC50B", "ksy", "kint", "CLn", "hE", "km")
DAY_H = 24.0


@pytest.fixture(scope="module")
def problem():
    sys.path.insert(0, str(PROBLEMS))
    try:
        import stiff_qsp_35

        return stiff_qsp_35
    finally:
        sys.path.remove(str(PROBLEMS))


def test_a_stiff_model_of_35_states_agrees_with_differences(problem):
    program = problem.program()
    starts_h = problem.infusions_for_a_year()[:3]
    batch = problem.batch(problem.population(1), starts_h, np.arange(1.0, 12.0) * DAY_H / 2)
    tight = Tolerances(relative=1e-11, absolute=1e-14)
    usual = solve_with_sensitivities(
        program, batch, Tolerances(relative=1e-6, absolute=1e-9), wrt=SOUGHT
    )
    exact = solve_with_sensitivities(program, batch, tight, wrt=SOUGHT)

    for column, name in enumerate(SOUGHT):
        place = program.parameters.index(name)

        def outputs(share, place=place):
            rows = batch.parameters.copy()
            rows[:, place] *= 1.0 + share
            return solve(program, replace(batch, parameters=rows), tight).values

        far, near = ((outputs(h) - outputs(-h)) / (2 * h) for h in (4e-3, 2e-3))
        relative_change = (4 * near - far) / 3 / batch.parameters[0, place]
        # A state is judged by its largest derivative, or by one that differences can see.
        largest = np.abs(relative_change).max(axis=1, keepdims=True)
        least = 1e-4 * np.abs(exact.raw.values).max(axis=1, keepdims=True)
        scale = np.maximum(largest, least / batch.parameters[0, place])
        scale[scale == 0.0] = 1.0
        assert (largest > 100 * least / batch.parameters[0, place]).any()
        found, coarse = exact.derivatives[..., column], usual.derivatives[..., column]
        assert_allclose(found / scale, relative_change / scale, rtol=0, atol=1e-5)
        assert_allclose(coarse / scale, found / scale, rtol=0, atol=2e-6)
