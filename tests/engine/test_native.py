"""A driver kept as machine code says what its Python text says, and is called without numba."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.arrays import FloatArray, IntArray
from algesia.engine import native as room
from algesia.engine.native import native, packed


class Inner(NamedTuple):
    table: FloatArray
    factor: float


class Outer(NamedTuple):
    inner: Inner
    counts: IntArray


SOURCE = """
from numba import njit

options = {"error_model": "numpy", "no_cfunc_wrapper": True}
compiled = njit(no_cpython_wrapper=True, _nrt=False, **options)


@compiled
def scaled(value, factor):
    return value * factor


@compiled
def work(first, outer):
    table = outer.inner.table
    for i in range(first, table.shape[0]):
        for j in range(table.shape[1]):
            table[i, j] = scaled(table[i, j], outer.inner.factor)
            outer.counts[0] += 1
"""


def example(rows=3, columns=2):
    table = np.arange(1.0, 1.0 + rows * columns).reshape(rows, columns)
    return Outer(Inner(table, 10.0), np.zeros(1, dtype=np.int64))


@pytest.fixture
def made(monkeypatch, tmp_path):
    monkeypatch.setenv("ALGESIA_CACHE", str(tmp_path))
    calls = []

    def make():
        calls.append(1)
        return SOURCE, "kept beside"

    return lambda: (native("a_test", make, "work", (0, example())), calls)


def test_arrays_and_numbers_reach_the_function_whatever_their_shape(made):
    function, _ = made()
    given = example(rows=4, columns=3)
    before = given.inner.table.copy()
    function(1, given)
    assert_array_equal(given.inner.table[0], before[0])
    assert_array_equal(given.inner.table[1:], 10.0 * before[1:])
    assert given.counts[0] == 9


def test_it_is_compiled_once_and_then_loaded_with_its_notes(made):
    made()
    function, calls = made()
    assert len(calls) == 1
    assert function.notes == "kept beside"


def test_an_empty_table_is_nothing_to_do(made):
    function, _ = made()
    given = example(rows=0)
    function(0, given)
    assert given.counts[0] == 0


def test_arguments_are_packed_in_the_order_in_which_they_are_read():
    outer = example()
    words, reals = packed((7, outer))
    table, counts = outer.inner.table, outer.counts
    assert words.tolist() == [7, table.ctypes.data, 3, 2, counts.ctypes.data, 1]
    assert reals.tolist() == [10.0]


def test_a_status_that_is_no_return_is_an_error(made, monkeypatch):
    function, _ = made()
    monkeypatch.setattr(room, "RETURNED", (12345,))
    with pytest.raises(RuntimeError, match="ended with status"):
        function(0, example())
