"""What counts as linear, how far a state reaches, and what is generated from it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import expm

from algesia.engine import EventKind, Program, Status
from algesia.engine.exact import propagation
from algesia.engine.exact.kernels import linear_kernels
from algesia.engine.exact.linearity import (
    CONSTANT,
    LINEAR,
    NOT_LINEAR,
    degree,
    degrees_of,
    nonlinear_part,
    why_not_exact,
)
from algesia.engine.exact.reach import products, steps_between
from algesia.engine.exact.run import KERNELS

DEGREES = degrees_of(
    ("k", "n"),
    ("x", "y"),
    (("fixed", "k ** n + exp(k)"), ("level", "x / k"), ("bent", "x * y")),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", CONSTANT),
        ("fixed * hill(k, n, 2)", CONSTANT),
        ("where(k < n, k, 2)", CONSTANT),
        ("-x", LINEAR),
        ("k * x - y / n + 4", LINEAR),
        ("level * fixed + 1", LINEAR),
        ("(x + y) * (k + 1)", LINEAR),
        ("where(k < n, x, fixed * y)", LINEAR),
        ("x * level", NOT_LINEAR),
        ("k / x", NOT_LINEAR),
        ("x ** 1", NOT_LINEAR),
        ("max(x, 0)", NOT_LINEAR),
        ("hill(x, k, n)", NOT_LINEAR),
        ("where(x < n, k, n)", NOT_LINEAR),
        ("k + bent", NOT_LINEAR),
        ("k * time", NOT_LINEAR),
    ],
)
def test_the_degree_of_a_form(text, expected):
    assert degree(text, DEGREES) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("k * x - y", None),
        ("k * (y - n * exp(x))", "exp(x)"),
        ("where(k < n, x, x * y)", "x * y"),
        ("k + bent / n", "bent"),
        ("-(k / (x + 1))", "k / (x + 1)"),
    ],
)
def test_the_smallest_part_that_bends_is_named(text, part):
    assert nonlinear_part(text, DEGREES) == part


def test_a_program_says_which_derivative_bends():
    bent = Program(states=("x",), parameters=("k",), derivatives=("-k * x * x",))
    assert why_not_exact(bent) == "the derivative of x has '-k * x * x'"
    late = Program(
        states=("x",), parameters=("k",), derivatives=("-k * x",), outputs=(("t", "time"),)
    )
    assert why_not_exact(late) == "an expression uses time"


RING = [(1, 0), (2, 1), (0, 2), (3, 2), (3, 3)]


def test_states_reach_each_other_along_a_ring_and_none_comes_back_from_a_sink():
    steps = steps_between(4, RING)
    assert steps[0, 3] == 3
    assert steps[1, 0] == 2
    assert [pair for pair in steps if pair[0] == 3] == [(3, 3)]
    ones = np.zeros((4, 4))
    for row, column in RING:
        ones[row, column] = 1.0
    reached = {(a, b) for a in range(4) for b in range(4) if expm(ones)[b, a] > 0}
    assert set(steps) == reached


def test_the_products_of_two_full_matrices_are_counted():
    full = [(row, column) for row in range(4) for column in range(4)]
    assert products(4, full) == 4**3
    assert products(3, []) == 3


def test_the_kernels_multiply_as_matrices_do():
    program = Program(
        states=("a", "b", "c", "d"),
        parameters=("k", "m"),
        derivatives=("m * c - k * a", "k * a", "m * b - m * c", "k * c - m * d"),
    )
    made = linear_kernels(program)
    kernels = {}
    exec(f"from numpy import exp, log, sqrt\n{made.source}", kernels)  # noqa: S102 - generated
    constants, system = np.zeros(made.constants), np.zeros(made.entries)
    kernels["prepare"](np.array([2.0, 3.0]), constants)
    kernels["slopes"](constants, system)
    dense = np.array([[-2, 0, 3, 0], [2, 0, 0, 0], [0, 3, -3, 0], [0, 0, 2, -3]], dtype=float)
    result = np.zeros(4)
    vector = np.array([1.0, -2.0, 0.5, 4.0])
    kernels["flow"](system, vector, result)
    assert_allclose(result, dense @ vector, rtol=1e-15, atol=0)
    size = np.zeros(1)
    kernels["size_of"](system, size)
    assert size[0] == np.abs(dense).sum(axis=0).max()

    reach = steps_between(4, [tuple(each) for each in np.argwhere(dense)])
    assert made.pairs == len(reach)
    assert [list(reach)[place] for place in made.diagonal] == [(i, i) for i in range(4)]
    assert made.depth == max(reach.values())
    whole = expm(dense)
    packed = np.array([whole[b, a] for a, b in reach])
    kernels["spread"](packed, vector, result)
    assert_allclose(result, whole @ vector, rtol=1e-14, atol=0)
    product = np.zeros(made.pairs)
    for name, first, expected in (
        ("multiply", packed, whole @ whole),
        ("extend", system, whole @ dense),
    ):
        kernels[name](first, packed, product)
        wanted = np.array([expected[b, a] for a, b in reach])
        assert_allclose(product, wanted, rtol=1e-12, atol=1e-14)
    kernels["returned"](packed, result)
    back = np.diag(whole @ whole) - np.diag(whole) ** 2
    assert_allclose(result, back, rtol=1e-12, atol=1e-15)


def test_the_driver_counts_kernels_events_and_ends_as_everybody_does():
    assert [getattr(propagation, name.upper()) for name in KERNELS] == list(range(len(KERNELS)))
    assert all(getattr(propagation, kind.name) == kind for kind in EventKind)
    for status in (Status.OK, Status.TOO_MANY_STEPS, Status.NOT_FINITE):
        assert getattr(propagation, status.name) == status
