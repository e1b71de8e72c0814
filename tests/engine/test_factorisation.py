import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from algesia.engine.factorisation import symbolic_factorisation


def run(states, dense, shift, vector):
    """Execute the written statements for a matrix and a right-hand side."""
    entries = [(int(i), int(j)) for i, j in zip(*np.nonzero(dense), strict=True)]
    lu = symbolic_factorisation(states, entries)
    names = {
        "jacobian": [dense[entry] for entry in entries],
        "shift": shift,
        "factors": [0.0] * lu.size,
        "vector": list(vector),
    }
    exec("\n".join((*lu.factorise, *lu.back_substitute)), names)  # noqa: S102 - our own text
    return np.array(names["vector"]), lu


@given(states=st.integers(1, 9), density=st.floats(0.0, 1.0), seed=st.integers(0, 2**32 - 1))
def test_the_written_statements_solve_the_linear_system(states, density, seed):
    generator = np.random.default_rng(seed)
    dense = generator.normal(size=(states, states))
    dense *= generator.random((states, states)) < density
    shift = 3.0 * states
    vector = generator.normal(size=states)
    solution, _ = run(states, dense, shift, vector)
    expected = np.linalg.solve(shift * np.eye(states) - dense, vector)
    assert_allclose(solution, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("states", [3, 12])
def test_an_arrow_pointing_the_wrong_way_has_no_fill(states):
    # Eliminated in the order given, the full first row and column would fill the whole matrix.
    dense = np.eye(states)
    dense[0, :] = dense[:, 0] = 1.0
    solution, lu = run(states, dense, 30.0, np.ones(states))
    assert lu.fill == 0
    assert lu.order[-2:] in {(0, states - 1), (states - 1, 0)}
    expected = np.linalg.solve(30.0 * np.eye(states) - dense, np.ones(states))
    assert_allclose(solution, expected, rtol=1e-12, atol=0)


def test_a_matrix_without_entries_is_divided_by_the_shift():
    solution, lu = run(2, np.zeros((2, 2)), 4.0, [1.0, 2.0])
    assert_allclose(solution, [0.25, 0.5], rtol=0, atol=0)
    assert lu.size == 2


@given(states=st.integers(2, 9), density=st.floats(0.0, 0.5), seed=st.integers(0, 2**32 - 1))
def test_no_pivot_is_inverted_before_it_is_complete(states, density, seed):
    generator = np.random.default_rng(seed)
    pattern = generator.random((states, states)) < density
    lu = symbolic_factorisation(states, [(int(i), int(j)) for i, j in np.argwhere(pattern)])
    lines = [line.split(" = ") for line in lu.factorise]
    for place, (_, text) in enumerate(lines):
        used = set(re.findall(r"w_(\d+)_\1\b", text)) if "w_" in text else set()
        later = {target for target, _ in lines[place:] if target.startswith("w_")}
        assert not {f"w_{k}_{k}" for k in used} & later - {lines[place][0]}


def test_four_pivots_that_do_not_touch_each_other_are_inverted_by_one_division():
    lu = symbolic_factorisation(9, [])
    assert sum(" / " in line for line in lu.factorise) == 3
