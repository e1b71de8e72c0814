import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import Program, Tolerances, solve, solve_plainly
from algesia.engine.cache import plain_kernels
from algesia.engine.codegen import generate
from algesia.engine.symbolic import jacobian, symbolic_system

EVERYTHING = Program(
    states=("x", "y", "z", "state"),
    parameters=("a", "b", "n", "constants"),
    definitions=(
        ("fixed", "a * b + exp(-a)"),
        ("u", "x ** n / (b + y ** 2)"),
        ("v", "sqrt(u + 1) * log(1 + y) + fixed"),
        ("d__u__x", "hill(y, b * (1 + z), n + x) + hill(-x, b, n)"),
        ("w", "where(x <= y, max(x, y, 1), min(x, b)) + abs(x - y) + u ** -1"),
    ),
    derivatives=(
        "-a * x + v * y - 3 * (x + y) / 7",
        "u - smooth_step(y, b, 0.3) * z ** 3 + w * state + 2 ** x",
        "d__u__x * z - exp(-0.5 * time) + a / b",
        "constants * 1.25 + x ** -2 - b ** y",
    ),
    outputs=(("sum", "x + y + v"), ("age", "time"), ("constant", "2 * a"), ("one", "1")),
)


def kernels_at(program, state, parameters):
    kernels = plain_kernels(program)
    constants = np.zeros(kernels.CONSTANTS)
    kernels.prepare(np.asarray(parameters, dtype=np.float64), constants)

    def derivative(at):
        result = np.zeros(kernels.STATES)
        kernels.rhs(at, constants, np.zeros(kernels.STATES), result)
        return result

    values = np.zeros(kernels.ENTRIES)
    also = np.zeros(kernels.STATES)
    kernels.rhs_and_jacobian(state, constants, np.zeros(kernels.STATES), also, values)
    dense = np.zeros((kernels.STATES, kernels.STATES))
    for (row, column), value in zip(jacobian(symbolic_system(program))[1], values, strict=True):
        dense[row, column] = value
    return derivative, also, dense


@pytest.mark.parametrize(
    "state", [(0.7, 1.3, 0.4, 0.2, 0.9), (1.6, 0.4, 1.1, 0.5, 3.0), (2.1, 2.0, 0.1, 0.0, 0.0)]
)
def test_the_jacobian_is_the_difference_quotient_of_the_derivatives(state):
    at = np.array(state)
    derivative, also, dense = kernels_at(EVERYTHING, at, [0.8, 1.4, 1.7, 2.0])
    assert_allclose(also, derivative(at), rtol=1e-13, atol=1e-13)
    for column in range(5):
        step = 1e-6 * np.eye(5)[column]
        quotient = (derivative(at + step) - derivative(at - step)) / 2e-6
        assert_allclose(dense[:, column], quotient, rtol=1e-7, atol=1e-8)


def test_the_derivatives_are_the_formulas_of_the_program():
    x, y, z, s, t = at = (0.7, 1.3, 0.4, 0.2, 0.9)
    a, b, n, c = 0.8, 1.4, 1.7, 2.0
    derivative, _, _ = kernels_at(EVERYTHING, np.array(at), [a, b, n, c])
    u = x**n / (b + y**2)
    v = np.sqrt(u + 1) * np.log(1 + y) + a * b + np.exp(-a)
    half = b * (1 + z)
    hill = y ** (n + x) / (half ** (n + x) + y ** (n + x))
    w = max(x, y, 1) + abs(x - y) + 1 / u
    step = 1 / (1 + np.exp(-(y - b) / 0.3))
    expected = [
        -a * x + v * y - 3 * (x + y) / 7,
        u - step * z**3 + w * s + 2**x,
        hill * z - np.exp(-0.5 * t) + a / b,
        c * 1.25 + x**-2 - b**y,
        1.0,
    ]
    assert_allclose(derivative(np.array(at)), expected, rtol=1e-13, atol=1e-14)


def test_the_compiled_path_equals_the_plain_path(batch_of):
    batch = batch_of(
        [[0.8, 1.4, 1.7, 2.0]], [[0.7, 1.3, 0.4, 0.2]], [[(0.1, 0, 0, 0.5)]], [[0.0, 0.1, 0.4]]
    )
    tolerances = Tolerances(relative=1e-9, absolute=1e-11)
    fast, plain = (
        solve(EVERYTHING, batch, tolerances),
        solve_plainly(EVERYTHING, batch, tolerances),
    )
    assert fast.status.tolist() == plain.status.tolist() == [0]
    assert_allclose(fast.values, plain.values, rtol=1e-8, atol=1e-10)
    assert_allclose(fast.values[0, :, 1], [0.0, 0.1, 0.4], rtol=0, atol=0)
    assert_allclose(fast.values[0, :, 2], 1.6, rtol=0, atol=0)


@pytest.mark.parametrize("text", ["1 / 0", "x / (k - k)", "x * log(0)", "log(-1)", "0 ** -1"])
def test_an_expression_without_a_value_is_refused(text):
    program = Program(states=("x",), parameters=("k",), derivatives=(text,))
    with pytest.raises(ValueError, match="which has no value"):
        generate(program)


def test_constants_keep_their_value(batch_of):
    texts = (
        "exp(1)",
        "log(2)",
        "1 / 3",
        "2 ** 0.5",
        "exp(log(2) / 2)",
        "1e-300",
        "-7.25e3",
        "10 ** 9",
    )
    program = Program(
        states=("x",),
        parameters=(),
        derivatives=("0",),
        outputs=tuple((f"o{number}", text) for number, text in enumerate(texts)),
    )
    answer = solve_plainly(program, batch_of([[]], [[0.0]], [[]], [[0.0]]), Tolerances())
    expected = [np.e, np.log(2), 1 / 3, 2**0.5, 2**0.5, 1e-300, -7250.0, 1e9]
    assert_allclose(answer.values[0, 0], expected, rtol=1e-15, atol=0)


def test_what_depends_on_parameters_alone_is_computed_once_per_row():
    text = generate(EVERYTHING)
    right_hand_side = text[text.index("def rhs(") : text.index("def rhs_and_jacobian(")]
    assert "exp(-a)" in text[: text.index("def rhs(")]
    assert "exp(-a)" not in right_hand_side


def test_the_text_does_not_depend_on_the_hash_seed_of_the_process():
    code = (
        "from algesia.engine import Program\n"
        "from algesia.engine.codegen import generate\n"
        "import hashlib\n"
        "p = Program(states=('a', 'b', 'c'), parameters=('k', 'm', 'n'),\n"
        "    definitions=(('u', 'k*a*b/(m+c)'), ('v', 'u*a + hill(u, k, n)*b*c')),\n"
        "    derivatives=('u*v - k*a', 'v*a*b*k*m - u', 'k*m*n*a*b + u*v*c'))\n"
        "print(hashlib.sha256(generate(p).encode()).hexdigest())\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1


def test_a_program_without_parameters_outputs_or_dynamics_is_solved(batch_of):
    still = Program(states=("x",), parameters=(), derivatives=("0",))
    batch = batch_of([[]], [[3.0]], [[(1.0, 0, 0, 2.0)]], [[2.0]])
    answer = solve_plainly(still, batch, Tolerances())
    assert answer.values.shape == (1, 1, 0)
    assert answer.final_state.tolist() == [[5.0]]
