"""`PropagationWork`: the arrays the exact propagation calculates in."""

from typing import NamedTuple

from algesia.arrays import FloatArray, IntArray

__all__ = ["PropagationWork"]


class PropagationWork(NamedTuple):
    """Scratch arrays of one thread, for X states; few, because numba passes each by its parts.

    A matrix is a row of numbers, one for each pair of states of which the second is reached
    from the first.
    """

    program: IntArray
    """Addresses of the kernels, the depth, three sizes, and the pairs of the diagonal, (X,)."""
    vectors: FloatArray
    """(7, X): the state, terms of a series, results on their way, inputs, all that enters."""
    constants: FloatArray
    """Values that depend on the parameter row alone."""
    system: FloatArray
    """Derivatives of the changes in the states that are not 0, (entries,), 1/h."""
    matrices: FloatArray
    """(levels + slots + 2, pairs): exponentials for the finest interval doubled again and
    again, those of intervals met often, and two on their way."""
    responses: FloatArray
    """What the inflow alone brings in the interval of each of them, (levels + slots, X)."""
    departures: FloatArray
    """Diagonals of the levels less 1, (levels, X), exact where little leaves."""
    clock: FloatArray
    """Time and finest interval in h, the size of the system in 1/h, intervals met in h."""
    cursor: IntArray
    """Next sample, offending state, levels known, responses known, whether anything enters, and
    for each interval met how often, whether the response to it is known, and when last."""
