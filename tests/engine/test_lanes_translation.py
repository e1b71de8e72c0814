import ctypes

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.engine import Program
from algesia.engine.cache import plain_kernels
from algesia.engine.lanes.entries import ENTRIES
from algesia.engine.lanes.layout import Layout
from algesia.engine.lanes.machine_code import lane_kernels
from algesia.engine.lanes.translation import Translator
from algesia.engine.lanes.width import best_width
from algesia.engine.lanes.work import lanes_of

pytestmark = pytest.mark.skipif(best_width() == 1, reason="a processor without vectors")

FUNCTIONS = Program(
    states=("x", "y"),
    parameters=("half", "n", "at"),
    derivatives=(
        "hill(x, half, n) - abs(y) * min(x, y, 0.3) + max(x, y) ** n",
        "smooth_step(x, at, 0.2) + where(x < y, log(1 + x * x), exp(-y)) - sqrt(x * x + 1)",
    ),
    outputs=(("power", "x ** 3"), ("hill", "hill(y, half, 2.5)"), ("none", "2")),
)
STATES = np.array(
    [[0.7, 0.2], [0.0, 1.0], [-1.0, 2.0], [1e-3, 1e-3], [3.0, 3.0], [9.0, -2.0], [1, 0], [2, 5]]
).T
PARAMETERS = np.array([[0.5, 1.7, 0.4], [0.1, 1.0, 1.0], [2.0, 3.0, -1.0], [1.0, 2.2, 0.0]]).T


@pytest.mark.parametrize("lanes", [4, 8])
def test_every_function_gives_in_each_lane_what_python_gives(lanes):
    kernels = lane_kernels(FUNCTIONS, lanes)
    memory = lanes_of(kernels.layout, kernels.addresses, lanes, np.zeros(2, dtype=np.int64))
    parameters = np.tile(PARAMETERS, 2)[:, :lanes]
    memory.parameters[:] = parameters
    memory.state[:] = STATES[:, :lanes]
    memory.rates[:] = 0.25
    for name in ("prepare_lanes", "open_lanes", "observe_lanes"):
        address = kernels.addresses[ENTRIES.index(name)]
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)(memory.memory.ctypes.data)
    plain = plain_kernels(FUNCTIONS)
    for lane in range(lanes):
        constants, slope, values = np.zeros(plain.CONSTANTS), np.zeros(2), np.zeros(3)
        state = np.ascontiguousarray(STATES[:, lane])
        with np.errstate(all="ignore"):
            plain.prepare(np.ascontiguousarray(parameters[:, lane]), constants)
            plain.rhs(state, constants, np.full(2, 0.25), slope)
            plain.outputs(state, constants, values)
        assert_allclose(memory.slope[:, lane], slope, rtol=1e-14, atol=1e-15)
        assert_allclose(memory.values[:, lane], values, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("statement", ["while x: pass", "x = y @ z", "x = [y]", "y[0] = z"])
def test_what_no_kernel_says_is_refused(statement):
    layout = Layout(first={}, rows={}, columns={}, total=0)
    source = f"def run(work):\n    y, z = 1.0, 2.0\n    {statement}\n"
    with pytest.raises((ValueError, KeyError)):
        Translator(source, layout, {}, 4).module(["run"])
