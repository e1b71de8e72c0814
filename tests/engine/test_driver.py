import numpy as np
from numpy.testing import assert_allclose

from algesia.engine import EventKind, Status, Tolerances, driver, specimen
from algesia.engine.cache import plain_kernels
from algesia.engine.program import Program
from algesia.engine.task import task_of


def test_the_driver_and_the_enumerations_agree_on_their_numbers():
    for name in ("ADD", "RATE", "SET", "RESET", "PARAMETERS"):
        assert getattr(driver, name) == EventKind[name]
    for name in ("OK", "STEP_TOO_SMALL", "TOO_MANY_STEPS", "NOT_FINITE"):
        assert getattr(driver, name) == Status[name]


def test_the_driver_runs_as_ordinary_python_on_the_specimen(batch_of):
    batch = batch_of(
        [[0.5]],
        [[8.0]],
        [[(1.0, EventKind.RATE, 0, 2.0), (3.0, EventKind.RATE, 0, 0.0)]],
        [[1.0, 5.0]],
    )
    task = task_of(batch, Tolerances(relative=1e-9, absolute=1e-12), outputs=1)
    driver.solve_subjects(0, 1, task)
    infused = 4.0 * (1 - np.exp(-1.0)) * np.exp(-1.0)
    expected = [8.0 * np.exp(-0.5), 8.0 * np.exp(-2.5) + infused]
    assert_allclose(task.samples.values[0, :, 0], expected, rtol=1e-8, atol=0)


def test_the_specimen_is_what_the_generator_writes():
    decay = Program(
        states=("x",), parameters=("k",), derivatives=("-k * x",), outputs=(("x", "x"),)
    )
    kernels = plain_kernels(decay)
    for name in ("STATES", "VISIBLE", "CLOCK", "OUTPUTS", "CONSTANTS", "ENTRIES", "FACTORS"):
        assert getattr(kernels, name) == getattr(specimen, name)
    for name in (
        "prepare",
        "rhs",
        "rhs_and_jacobian",
        "factorise",
        "back_substitute",
        "outputs",
    ):
        ours, theirs = getattr(specimen, name).__code__, getattr(kernels, name).__code__
        count = ours.co_argcount
        assert ours.co_varnames[:count] == theirs.co_varnames[:count]
