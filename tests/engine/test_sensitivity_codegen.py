import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import Program
from algesia.engine.column_kernels import contraction
from algesia.engine.sensitivity_codegen import generate_with_columns
from algesia.engine.sensitivity_symbolic import differentiate
from algesia.engine.sensitivity_workspace import ColumnWork
from algesia.engine.source_parts import plain_source
from algesia.engine.symbolic import symbolic_system
from algesia.engine.workspace import Work

EVERYTHING = Program(
    states=("x", "y", "z", "slopes"),
    parameters=("a", "b", "n", "curvature"),
    definitions=(
        ("fixed", "a * b + exp(-a)"),
        ("u", "x ** n / (b + y ** 2)"),
        ("v", "sqrt(u + 1) * log(1 + y) + fixed"),
        ("d__u__x", "hill(y, b * (1 + z), n + x) + hill(-x, b, n)"),
        ("w", "where(x <= y, max(x * y, y, 1), min(x, b)) * n + abs(x - y) * x + u ** -1"),
    ),
    derivatives=(
        "-a * x + v * y - 3 * (x + y) / 7",
        "u - smooth_step(y, b, 0.3) * z ** 3 + w * slopes + n ** x",
        "d__u__x * z - exp(-0.5 * time) + a / b",
        "curvature * 1.25 * time ** 2 + x ** -2 - b ** y",
    ),
    outputs=(("sum", "x * y + v * a"), ("age", "time"), ("constant", "2 * a"), ("one", "1")),
)
POINTS = [(0.7, 1.3, 0.4, 0.2, 0.9), (1.6, 0.4, 1.1, 0.5, 3.0), (2.1, 2.0, 0.1, 0.3, 0.5)]
VALUES = np.array([0.8, 1.4, 1.7, 2.0])
STATES, PARAMETERS = 5, 4


def plain_kernels(program):
    """The generated module as ordinary Python."""
    source = plain_source(generate_with_columns(program, program.parameters))
    namespace = {"__name__": "plain_columns"}
    exec(compile(source, "<plain columns>", "exec"), namespace)  # noqa: S102 - text made by the generator
    return namespace


@pytest.fixture(scope="module")
def kernels():
    return plain_kernels(EVERYTHING)


@pytest.fixture(scope="module")
def whole():
    system = symbolic_system(EVERYTHING)
    return differentiate(system, system.parameters)


def dense(entries, values, shape):
    result = np.zeros(shape)
    for place, value in zip(entries, values, strict=True):
        result[place] = value
    return result


def derivatives(kernels, whole, state, parameters):
    """Right-hand side, (X,), its derivatives in states and parameters, and the curvature."""
    constants = np.zeros(kernels["CONSTANTS"])
    kernels["prepare"](np.asarray(parameters), constants)
    right, jacobian = np.zeros(STATES), np.zeros(kernels["ENTRIES"])
    slopes, bends = np.zeros(kernels["SLOPES"]), np.zeros(kernels["BENDS"])
    arguments = (np.asarray(state), constants, np.zeros(STATES))
    kernels["rhs_and_curvature"](*arguments, right, jacobian, slopes, bends)
    again = [np.zeros_like(each) for each in (right, jacobian, slopes)]
    kernels["rhs_and_slopes"](*arguments, *again)
    for first, second in zip((right, jacobian, slopes), again, strict=True):
        assert_allclose(first, second, rtol=1e-14, atol=1e-14)
    return (
        right,
        dense(whole.jacobian, jacobian, (STATES, STATES)),
        dense(whole.slopes, slopes, (STATES, PARAMETERS)),
        bends,
    )


def quotient(function, at, step):
    """Difference quotient of order 4 along a step."""
    far = (function(at + step) - function(at - step)) / 2
    near = function(at + step / 2) - function(at - step / 2)
    return (4 * near - far) / 3


@pytest.mark.parametrize("point", POINTS)
def test_first_derivatives_are_difference_quotients(kernels, whole, point):
    at = np.array(point)
    _, jacobian, slopes, _ = derivatives(kernels, whole, at, VALUES)
    for column, step in enumerate(1e-3 * np.eye(STATES)):
        found = quotient(lambda y: derivatives(kernels, whole, y, VALUES)[0], at, step)
        assert_allclose(jacobian[:, column], found / 1e-3, rtol=1e-7, atol=1e-8)
    for column, step in enumerate(1e-3 * np.eye(PARAMETERS)):
        found = quotient(lambda p: derivatives(kernels, whole, at, p)[0], VALUES, step)
        assert_allclose(slopes[:, column], found / 1e-3, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("point", POINTS)
def test_second_derivatives_are_difference_quotients_of_the_first(kernels, whole, point):
    at = np.array(point)
    along = np.array([0.3, -0.5, 0.2, 0.4, 1.0])
    bends = derivatives(kernels, whole, at, VALUES)[3]
    change, slopes = np.zeros(kernels["CHANGES"]), np.zeros(kernels["SLOPES"])
    kernels["contract"](bends, along, change, slopes)
    changing = contraction(whole)[0]
    for place, found in (
        (1, dense(changing, change, (STATES, STATES))),
        (2, dense(whole.slopes, slopes, (STATES, PARAMETERS))),
    ):
        expected = quotient(
            lambda y, place=place: derivatives(kernels, whole, y, VALUES)[place],
            at,
            1e-3 * along,
        )
        assert_allclose(found, expected / 1e-3, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("point", POINTS)
def test_derivatives_of_outputs_are_difference_quotients(kernels, whole, point):
    def outputs(state, parameters):
        constants = np.zeros(kernels["CONSTANTS"])
        kernels["prepare"](parameters, constants)
        found = [
            np.zeros(kernels[size]) for size in ("OUTPUTS", "OUTPUT_ENTRIES", "OUTPUT_SLOPES")
        ]
        kernels["outputs_and_slopes"](state, constants, *found)
        return found

    at = np.array(point)
    _, entries, slopes = outputs(at, VALUES)
    jacobian = dense(whole.output_jacobian, entries, (4, STATES))
    for column, step in enumerate(1e-3 * np.eye(STATES)):
        found = quotient(lambda y: outputs(y, VALUES)[0], at, step)
        assert_allclose(jacobian[:, column], found / 1e-3, rtol=1e-7, atol=1e-8)
    in_parameters = dense(whole.output_slopes, slopes, (4, PARAMETERS))
    for column, step in enumerate(1e-3 * np.eye(PARAMETERS)):
        found = quotient(lambda p: outputs(at, p)[0], VALUES, step)
        assert_allclose(in_parameters[:, column], found / 1e-3, rtol=1e-7, atol=1e-8)


def test_columns_do_what_the_matrices_do_to_each_of_them(kernels, whole):
    lanes, size = kernels["LANES"], kernels["SIZE"]
    generator = np.random.default_rng(1)
    _, jacobian, _, bends = derivatives(kernels, whole, POINTS[0], VALUES)
    entries = np.array([jacobian[place] for place in whole.jacobian])
    change = generator.uniform(-1, 1, kernels["CHANGES"])
    bench = generator.uniform(-1, 1, 3 * size)
    points, origins = (
        part.reshape(STATES, lanes) for part in (bench[:size], bench[size:-size])
    )
    kernels["column_products"](entries, change, bench)
    changes = dense(contraction(whole)[0], change, (STATES, STATES))
    expected = jacobian @ points + changes @ origins
    assert_allclose(bench[-size:].reshape(STATES, lanes), expected, rtol=1e-13, atol=1e-13)

    factors, block = np.zeros(kernels["FACTORS"]), bench[:size].copy()
    kernels["factorise"](20.0, entries, factors)
    kernels["back_substitute_columns"](factors, block)
    expected = np.linalg.solve(20.0 * np.eye(STATES) - jacobian, points)
    assert_allclose(block.reshape(STATES, lanes), expected, rtol=1e-11, atol=1e-13)
    assert bends.shape == (kernels["BENDS"],)


# With r: x = r / (1 + r t), y = x exp(-r t); one column, in r, which is also where x starts.
DECAY = Program(
    states=("x", "y"),
    parameters=("r",),
    derivatives=("-x ** 2", "-x * y - r * y"),
)


def decay_error(steps):
    """Errors of the columns at time 1 and, at most, between steps."""
    kernels = plain_kernels(DECAY)
    size, lanes, stages = kernels["SIZE"], kernels["LANES"], 8
    work = Work(
        *(np.zeros(2) for _ in range(5)),
        np.zeros((stages, 2)),
        np.zeros(kernels["ENTRIES"]),
        np.zeros(kernels["FACTORS"]),
        np.zeros(kernels["CONSTANTS"]),
        np.zeros(2),
        np.zeros(2),
        np.zeros(2, dtype=np.int64),
    )
    more = ColumnWork(
        np.zeros((1, 3 * size)),
        *(np.zeros((1, size)) for _ in range(2)),
        np.zeros((1, stages, size)),
        *(np.zeros((1, size)) for _ in range(2)),
        np.ones(1),
        np.zeros(kernels["ENTRIES"]),
        np.zeros(kernels["SLOPES"]),
        np.zeros(kernels["BENDS"]),
        np.zeros(kernels["CHANGES"]),
        np.zeros(2),
        *(np.zeros(0) for _ in range(3)),
        np.zeros((0, lanes)),
    )
    r, step_h = 1.5, 1.0 / steps
    kernels["prepare"](np.array([r]), work.constants)
    work.state[:] = r
    more.bench[0, size] = more.bench[0, size + lanes] = 1.0

    def expected(t):
        x, dx = r / (1 + r * t), 1 / (1 + r * t) ** 2
        return np.array([dx, (dx - t * x) * np.exp(-r * t)])

    between = 0.0
    for number in range(steps):
        kernels["step_with_columns"](step_h, work, more)
        middle = np.zeros(size)
        start = more.bench[0, size : 2 * size]
        kernels["interpolate_columns"](0.4, start, more.new_column[0], more.stages[0], middle)
        error = np.abs(middle[::lanes] - expected((number + 0.4) * step_h)).max()
        between = max(between, error)
        work.state[:] = work.new_state
        more.bench[0, size : 2 * size] = more.new_column[0]
    assert_allclose(work.state[0], r / (1 + r), rtol=1e-4, atol=0)
    return np.array([np.abs(more.bench[0, size::lanes][:2] - expected(1.0)).max(), between])


def test_halving_the_step_divides_the_error_of_a_column_by_two_to_the_order():
    orders = np.log2(decay_error(20) / decay_error(40))
    assert 4.6 < orders[0] < 6.0
    # Between steps the order is 4; the largest error is that of a step's own beginning or this.
    assert 3.6 < orders[1] < 6.0
