import numpy as np
from numpy.testing import assert_allclose

from algesia.engine import (
    EventKind,
    Program,
    Tolerances,
    sensitivity_driver,
    sensitivity_specimen,
)
from algesia.engine.sensitivity_codegen import generate_with_columns
from algesia.engine.sensitivity_workspace import Columns
from algesia.engine.task import task_of


def test_the_driver_runs_as_ordinary_python_on_the_specimen(batch_of):
    batch = batch_of(
        [[0.5]],
        [[8.0]],
        [[(1.0, EventKind.ADD, 0, 2.0), (3.0, EventKind.RESET, 0, 0.0)]],
        [[1.0, 2.0, 5.0]],
    )
    task = task_of(batch, Tolerances(relative=1e-9, absolute=1e-12), outputs=1)
    # Two columns: the rate constant; and a quantity that moves the first event and its amount.
    columns = Columns(
        initial=np.zeros((1, 2, 1)),
        event_time=np.array([[0.0, 1.0], [0.0, 0.0]]),
        event_value=np.array([[0.0, 3.0], [0.0, 0.0]]),
        weight=np.ones((1, 1)),
        size=np.ones((1, 2)),
        derivatives=np.full((1, 3, 1, 2), np.nan),
    )
    sensitivity_driver.solve_columns(0, 1, task, columns)
    decayed, later = 8.0 * np.exp(-1.0), 2.0 * np.exp(-0.5)
    assert_allclose(task.samples.values[0, 1:, 0], [decayed + later, 0.0], rtol=1e-8, atol=0)
    expected = [[-2.0 * decayed - later, (0.5 * 2.0 + 3.0) * np.exp(-0.5)], [0.0, 0.0]]
    assert_allclose(columns.derivatives[0, 1:, 0], expected, rtol=1e-8, atol=0)


def test_the_specimen_names_what_the_generator_writes():
    decay = Program(
        states=("x",), parameters=("k",), derivatives=("-k * x",), outputs=(("x", "x"),)
    )
    written = generate_with_columns(decay, ("k",))
    for name in sensitivity_specimen.__all__:
        assert f"\n{name} = " in written or f"\ndef {name}(" in written
