"""Keyed random draws: one number per (seed, stream, subject, index), whoever else is asked for.

A counter-based generator (Philox 4x64-10) is a function, not a sequence. The key is the first
128 bits of BLAKE2b over the seed and the name of the stream. The counter is the subject in its
first word and ``index // 4`` in its second; word ``index % 4`` of the block that follows is the
draw (numpy steps the counter before it fills a block). Adding a subject, a stream, a thread or
a chunk therefore changes no other draw.
"""

import operator
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError, InputError

from .normal_quantile import normal_quantile

__all__ = ["normal", "normal_table", "uniform", "uniform_table", "whole_number"]

WORDS_PER_BLOCK = 4
# Making a generator costs as much as filling 256 blocks, so shorter gaps are drawn through.
LONGEST_GAP = 256
# Ids are drawn in aligned pieces that fit a processor cache; sparse ids stay small in memory.
PIECE = 65_536


def uniform(seed: int, stream: str, subjects: IntArray, *, index: int = 0) -> FloatArray:
    """Uniform draws strictly between 0 and 1.

    Parameters
    ----------
    seed
        Seed of the whole experiment, 0 or above.
    stream
        Name of the quantity drawn, such as ``"subject:clearance"``; not empty.
    subjects
        Subject numbers, (S,), in any order, 0 or above.
    index
        Which draw of this stream for each subject, 0 or above.

    Returns
    -------
    FloatArray
        One draw per subject, (S,): odd multiples of 2**-53, symmetric about one half.

    Examples
    --------
    >>> few = uniform(7, "subject:clearance", np.array([2, 9]))
    >>> many = uniform(7, "subject:clearance", np.arange(10))
    >>> bool((few == many[[2, 9]]).all())
    True
    """
    checked = _subjects(subjects)
    block, word = divmod(whole_number("index", index), WORDS_PER_BLOCK)
    return _fractions(_blocks(_key(seed, stream), checked, block)[:, word])


def uniform_table(seed: int, stream: str, subjects: IntArray, *, count: int) -> FloatArray:
    """Uniform draws of the indices 0 to ``count - 1`` of one stream.

    Parameters
    ----------
    seed
        Seed of the whole experiment, 0 or above.
    stream
        Name of the quantity drawn, not empty.
    subjects
        Subject numbers, (S,), in any order, 0 or above.
    count
        Number of draws per subject, 0 or above.

    Returns
    -------
    FloatArray
        Draws, (S, count); column k equals ``uniform(..., index=k)`` bit for bit.

    Examples
    --------
    >>> uniform_table(7, "residual:plasma", np.arange(3), count=5).shape
    (3, 5)
    """
    checked = _subjects(subjects)
    key = _key(seed, stream)
    table = np.empty((checked.size, whole_number("count", count)))
    for start in range(0, count, WORDS_PER_BLOCK):
        stop = min(start + WORDS_PER_BLOCK, count)
        words = _blocks(key, checked, start // WORDS_PER_BLOCK)
        table[:, start:stop] = _fractions(words[:, : stop - start])
    return table


def normal(seed: int, stream: str, subjects: IntArray, *, index: int = 0) -> FloatArray:
    """Draw from the standard normal, by the inverse of the normal distribution function.

    Parameters
    ----------
    seed
        Seed of the whole experiment, 0 or above.
    stream
        Name of the quantity drawn, not empty.
    subjects
        Subject numbers, (S,), in any order, 0 or above.
    index
        Which draw of this stream for each subject, 0 or above.

    Returns
    -------
    FloatArray
        One draw per subject, (S,), mean 0, standard deviation 1, always finite.

    Examples
    --------
    >>> draws = normal(1, "subject:clearance", np.arange(10_000))
    >>> bool(abs(draws.mean()) < 0.03 and abs(draws.std() - 1.0) < 0.03)
    True
    """
    return normal_quantile(uniform(seed, stream, subjects, index=index))


def normal_table(seed: int, stream: str, subjects: IntArray, *, count: int) -> FloatArray:
    """Draw the indices 0 to ``count - 1`` of one stream from the standard normal.

    Parameters
    ----------
    seed
        Seed of the whole experiment, 0 or above.
    stream
        Name of the quantity drawn, not empty.
    subjects
        Subject numbers, (S,), in any order, 0 or above.
    count
        Number of draws per subject, 0 or above.

    Returns
    -------
    FloatArray
        Draws, (S, count); column k equals ``normal(..., index=k)`` bit for bit.

    Examples
    --------
    >>> table = normal_table(7, "residual:plasma", np.arange(3), count=5)
    >>> bool((table[:, 4] == normal(7, "residual:plasma", np.arange(3), index=4)).all())
    True
    """
    return normal_quantile(uniform_table(seed, stream, subjects, count=count))


def _key(seed: int, stream: str) -> NDArray[np.uint64]:
    """Two key words; a decimal seed holds no colon, so no two pairs spell the same text."""
    if not stream:
        raise InputError("the stream of a random draw is empty; expected a name")
    digest = blake2b(f"{whole_number('seed', seed)}:{stream}".encode()).digest()[:16]
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def whole_number(name: str, value: int) -> int:
    """Check that a value is a whole number of 0 or above, and return it."""
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if number < 0 or isinstance(value, bool):
        raise DomainError(f"{name} is {value!r}; expected a whole number of 0 or above")
    return number


def _subjects(subjects: IntArray) -> IntArray:
    """Subject numbers as int64, refused when one is negative or not whole."""
    given = np.asarray(subjects)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise InputError(
            f"subjects have shape {given.shape} and type {given.dtype}; "
            "expected a row of whole numbers"
        )
    checked = given.astype(np.int64)
    if checked.size and checked.min() < 0:
        raise DomainError(
            f"subject {checked.min()} is negative; expected numbers of 0 or above"
        )
    return checked


def _blocks(key: NDArray[np.uint64], subjects: IntArray, block: int) -> NDArray[np.uint64]:
    """Four words per subject, (S, 4); neighbouring ids share one generator."""
    words = np.empty((subjects.size, WORDS_PER_BLOCK), dtype=np.uint64)
    if not subjects.size:
        return words
    steps = np.diff(subjects)
    if (steps > 0).all():
        _fill(words, key, subjects, block)
        return words
    ordered, place = np.unique(subjects, return_inverse=True)
    return _blocks(key, ordered, block)[place]


def _fill(
    words: NDArray[np.uint64], key: NDArray[np.uint64], ascending: IntArray, block: int
) -> None:
    """Write the words of ascending ids, run by run."""
    far = np.diff(ascending) > LONGEST_GAP
    cuts = 1 + np.flatnonzero(far | (np.diff(ascending // PIECE) != 0))
    edges = [0, *cuts.tolist(), ascending.size]
    for start, stop in pairwise(edges):
        run = ascending[start:stop]
        first = int(run[0])
        counter = np.array([first, block, 0, 0], dtype=np.uint64)
        generator = np.random.Philox(key=key, counter=counter)
        span = int(run[-1]) - first + 1
        raw = generator.random_raw(WORDS_PER_BLOCK * span).reshape(span, WORDS_PER_BLOCK)
        words[start:stop] = raw if span == run.size else raw[run - first]


def _fractions(words: NDArray[np.uint64]) -> FloatArray:
    """Map words to odd multiples of 2**-53.

    Half-steps of 2**-53 would be unbiased too, but the largest of them rounds to 1.
    """
    odd = ((words >> np.uint64(12)) << np.uint64(1)) | np.uint64(1)
    fractions: FloatArray = odd.astype(np.float64) * 2.0**-53
    return fractions
