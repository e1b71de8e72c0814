import ctypes
import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.engine.lanes.emitter import Emitter, Value
from algesia.engine.lanes.machine_code import loaded, machine_code
from algesia.engine.lanes.vector_math import exponential, logarithm, power
from algesia.engine.lanes.width import best_width

pytestmark = pytest.mark.skipif(best_width() == 1, reason="a processor without vectors")

WIDTHS = (4, 8)
EDGES = [0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-16, 0.5, 1.0, 2.0, 1e300]
EDGES += [1.7976931348623157e308, math.inf, math.nan, 0.99999999, 1.0000001, 709.0, 745.5]
SIGNED = np.array(EDGES + [-edge for edge in EDGES])


def compiled(function: Callable[..., Value], inputs: int, lanes: int):
    """A function of arrays that runs a vector function on all their elements."""
    emitter = Emitter(lanes)
    kind, align = emitter.doubles, 8 * lanes
    arguments = [
        Value(emitter, emitter.result(f"load {kind}, ptr %a{place}, align {align}"))
        for place in range(inputs)
    ]
    emitter.line(f"store {kind} {function(*arguments).text}, ptr %out, align {align}")
    pointers = ", ".join(f"ptr %{name}" for name in [*(f"a{i}" for i in range(inputs)), "out"])
    lines = "\n".join([*sorted(emitter.declared), f"define void @run({pointers}) {{", "start:"])
    text = "\n".join([lines, *emitter.lines, "  ret void", "}"])
    (address,), owner = loaded(machine_code(text), ["run"])
    run = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (inputs + 1))(address)

    def call(*columns: np.ndarray) -> np.ndarray:
        assert owner is not None
        count = -(-columns[0].size // lanes)
        raw = np.zeros((inputs + 1) * 8 + 16)
        skipped = (-raw.ctypes.data % 64) // 8
        block = raw[skipped : skipped + (inputs + 1) * 8].reshape(inputs + 1, 8)
        found = np.zeros(count * lanes)
        for chunk in range(count):
            for row, column in enumerate(columns):
                part = column[chunk * lanes : (chunk + 1) * lanes]
                block[row, :lanes] = 1.0
                block[row, : part.size] = part
            run(*(block[row].ctypes.data for row in range(inputs + 1)))
            found[chunk * lanes : (chunk + 1) * lanes] = block[inputs, :lanes]
        return found[: columns[0].size]

    return call


def ulps(found: np.ndarray, expected: np.ndarray) -> float:
    """Largest distance in units in the last place, where both are finite; others are equal."""
    finite = np.isfinite(expected)
    assert_array_equal(found[~finite], expected[~finite])
    size = np.clip(np.abs(expected[finite]), 2.2250738585072014e-308, 2.0**1023)
    unit = np.spacing(size)
    return float(np.max(np.abs(found[finite] - expected[finite]) / unit, initial=0.0))


@pytest.mark.parametrize("lanes", WIDTHS)
class TestVectorMath:
    def test_an_exponential_is_that_of_the_c_library_to_two_units(self, lanes):
        generator = np.random.default_rng(1)
        x = np.concatenate(
            [
                generator.uniform(-750.0, 715.0, 4000),
                generator.uniform(-1.0, 1.0, 2000),
                np.linspace(709.7827, 709.7829, 50),
                np.linspace(-745.2, -744.0, 50),
                SIGNED,
            ]
        )
        with np.errstate(all="ignore"):
            expected = np.exp(x)
        assert ulps(compiled(exponential, 1, lanes)(x), expected) <= 2.0

    def test_a_logarithm_is_that_of_the_c_library_to_two_units(self, lanes):
        generator = np.random.default_rng(2)
        x = np.concatenate(
            [
                10.0 ** generator.uniform(-323.0, 308.0, 4000),
                generator.uniform(0.5, 2.0, 3000),
                1.0 + 1e-9 * generator.standard_normal(500),
                SIGNED,
            ]
        )
        with np.errstate(all="ignore"):
            expected = np.log(x)
        assert ulps(compiled(logarithm, 1, lanes)(x), expected) <= 2.0

    @pytest.mark.parametrize(("largest", "units"), [(1e20, 3.0), (math.inf, 12.0)])
    def test_a_power_is_that_of_the_c_library_to_some_units(self, lanes, largest, units):
        generator = np.random.default_rng(3)
        base = np.concatenate(
            [10.0 ** generator.uniform(-320.0, 308.0, 5000), generator.uniform(0.3, 3.0, 5000)]
        )
        exponent = np.concatenate(
            [generator.uniform(-3.0, 3.0, 5000), generator.uniform(-600.0, 600.0, 5000)]
        )
        with np.errstate(all="ignore"):
            expected = base**exponent
            wanted = (expected <= largest) & (expected >= 1.0 / largest)
        assert np.isfinite(expected[wanted]).mean() > 0.7
        assert wanted.mean() > 0.05
        found = compiled(power, 2, lanes)(base, exponent)
        assert ulps(found[wanted], expected[wanted]) <= units

    def test_a_power_at_the_edges_is_that_of_the_c_library(self, lanes):
        exponents = [0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.0, -3.0, 1.7, 1e-5, 1e3, -1e3, 301.0]
        base, exponent = (item.ravel() for item in np.meshgrid(SIGNED, exponents))
        with np.errstate(all="ignore"):
            expected = base**exponent
        # The sign of a zero is not kept: an odd power of -0 is 0, and its inverse infinity.
        negative_zero = (base == 0.0) & np.signbit(base)
        expected[negative_zero] = np.abs(expected[negative_zero])
        # A broken power of minus infinity is, as of any negative number, not a number.
        broken = (base == -math.inf) & (exponent != np.floor(exponent))
        expected[broken] = math.nan
        assert ulps(compiled(power, 2, lanes)(base, exponent), expected) <= 3.0

    def test_a_lane_has_the_same_bits_wherever_it_is_and_whoever_is_beside_it(self, lanes):
        generator = np.random.default_rng(4)
        base = np.concatenate([10.0 ** generator.uniform(-300.0, 300.0, 50), SIGNED])
        exponent = generator.uniform(-3.0, 3.0, base.size)
        run = compiled(power, 2, lanes)
        together = run(base, exponent)
        order = generator.permutation(base.size)
        assert run(base[order], exponent[order]).tobytes() == together[order].tobytes()
