import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import Program
from algesia.engine.cache import plain_kernels
from algesia.engine.workspace import Work

# Nonlinear and time-dependent, with a closed solution: x = 1 / (1 + t + sin t) and y = x t.
PROBLEM = {
    "states": ("x", "y"),
    "parameters": ("one",),
    "definitions": (("cosine", "1 - time**2/2 + time**4/24 - time**6/720 + time**8/40320"),),
    "derivatives": ("-(one + cosine) * x**2", "x + y * (-(one + cosine) * x)"),
}


def solution(time):
    sine = time - time**3 / 6 + time**5 / 120 - time**7 / 5040 + time**9 / 362880
    x = 1.0 / (1.0 + time + sine)
    return np.array([x, x * time])


def workspace(kernels):
    states = kernels.STATES
    work = Work(
        *(np.zeros(states) for _ in range(5)),
        np.zeros((kernels.STAGES, states)),
        np.zeros(kernels.ENTRIES),
        np.zeros(kernels.FACTORS),
        np.zeros(kernels.CONSTANTS),
        np.zeros(states),
        np.zeros(2),
        np.zeros(2, dtype=np.int64),
    )
    kernels.prepare(np.array([1.0]), work.constants)
    work.state[0] = 1.0
    return work


def errors(stepper, steps):
    """Error at time 1, largest error halfway through a step, and estimated error of a step."""
    kernels = plain_kernels(Program(stepper=stepper, **PROBLEM))
    work = workspace(kernels)
    step_h = 1.0 / steps
    between = estimate = 0.0
    for number in range(steps):
        kernels.step(step_h, work)
        middle = np.zeros(kernels.STATES)
        kernels.interpolate(0.4, step_h, work, middle)
        at = (number + 0.4) * step_h
        between = max(between, np.abs(middle[:2] - solution(at)).max())
        estimate = max(estimate, np.abs(work.error[:2]).max())
        work.state[:] = work.new_state
    return np.array([np.abs(work.state[:2] - solution(1.0)).max(), between, estimate])


@pytest.mark.parametrize("stepper", ["rodas5p", "dopri5"])
def test_halving_the_step_divides_the_error_by_two_to_the_order(stepper):
    orders = np.log2(errors(stepper, 16) / errors(stepper, 32))
    assert 4.6 < orders[0] < 6.2  # order 5
    assert 3.6 < orders[1] < 6.2  # output of order 4: never worse than the fourth power
    assert 4.4 < orders[2] < 6.2  # the estimate is the error of a method of order 4, one step


@pytest.mark.parametrize("stepper", ["rodas5p", "dopri5"])
def test_the_output_meets_the_ends_of_the_step(stepper):
    kernels = plain_kernels(Program(stepper=stepper, **PROBLEM))
    work = workspace(kernels)
    kernels.step(0.2, work)
    for fraction, expected in ((0.0, work.state), (1.0, work.new_state)):
        result = np.zeros(kernels.STATES)
        kernels.interpolate(fraction, 0.2, work, result)
        assert_allclose(result, expected, rtol=1e-15, atol=1e-15)


def test_rodas5p_damps_an_infinitely_fast_decay_in_one_step():
    stiff = Program(
        states=("x",), parameters=("one",), derivatives=("-1e9 * one * x",), stepper="rodas5p"
    )
    kernels = plain_kernels(stiff)
    work = workspace(kernels)
    kernels.step(1.0, work)
    assert abs(work.new_state[0]) < 1e-6
