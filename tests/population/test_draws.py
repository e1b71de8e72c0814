"""Draws are a function of (seed, stream, subject, index) and of nothing else."""

from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from algesia.errors import DomainError, InputError
from algesia.population import normal, normal_table, uniform, uniform_table

STREAM = "subject:clearance"
LOW_64_BITS = 2**64 - 1


def philox_block(key: tuple[int, int], counter: tuple[int, int, int, int]) -> list[int]:
    """Philox 4x64-10 of Salmon et al. 2011 in plain integers, an independent construction."""
    words, (first, second) = list(counter), key
    for _ in range(10):
        left, right = 0xD2E7470EE14C6C93 * words[0], 0xCA5A826395121157 * words[2]
        words = [
            (right >> 64) ^ words[1] ^ first,
            right & LOW_64_BITS,
            (left >> 64) ^ words[3] ^ second,
            left & LOW_64_BITS,
        ]
        first = (first + 0x9E3779B97F4A7C15) & LOW_64_BITS
        second = (second + 0xBB67AE8584CAA73B) & LOW_64_BITS
    return words


def plain_uniform(seed: int, stream: str, subject: int, index: int) -> float:
    digest = blake2b(f"{seed}:{stream}".encode()).digest()
    key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little"))
    word = philox_block(key, (subject + 1, index // 4, 0, 0))[index % 4]
    return (2 * (word >> 12) + 1) / 2**53


def test_the_plain_philox_reproduces_the_published_known_answer() -> None:
    ones = LOW_64_BITS
    assert philox_block((0, 0), (0, 0, 0, 0)) == [
        0x16554D9ECA36314C,
        0xDB20FE9D672D0FDC,
        0xD7E772CEE186176B,
        0x7E68B68AEC7BA23B,
    ]
    assert philox_block((ones, ones), (ones, ones, ones, ones)) == [
        0x87B092C3013FE90B,
        0x438C3C67BE8D0224,
        0x9CC7D7C69CD777B6,
        0xA09CAEBF594F0BA0,
    ]


@given(
    seed=st.integers(0, 2**70),
    subject=st.integers(0, 2**62),
    index=st.integers(0, 40),
    stream=st.text(min_size=1, max_size=20),
)
def test_every_draw_equals_an_independent_construction_from_plain_integers(
    seed: int, subject: int, index: int, stream: str
) -> None:
    drawn = uniform(seed, stream, np.array([subject]), index=index)
    assert drawn[0] == plain_uniform(seed, stream, subject, index)


def test_a_stored_draw_never_changes() -> None:
    drawn = uniform(20260101, STREAM, np.array([0, 12345]))
    assert drawn.tolist() == [0.7809704138115566, 0.15842893368018063]


@given(
    subjects=st.lists(st.integers(0, 200_000), max_size=60),
    index=st.integers(0, 9),
)
def test_any_subset_in_any_order_with_repeats_has_the_bits_of_the_whole(
    subjects: list[int], index: int
) -> None:
    chosen = np.array(subjects, dtype=np.int64)
    assert np.array_equal(normal(3, STREAM, chosen, index=index), WHOLE[index][chosen])


WHOLE = normal_table(3, STREAM, np.arange(200_001), count=10).T.copy()


@given(cuts=st.lists(st.integers(0, 70_000), max_size=5), start=st.integers(0, 100_000))
def test_chunks_put_together_are_the_whole(cuts: list[int], start: int) -> None:
    edges = sorted({0, 70_000, *cuts})
    parts = [
        normal(3, STREAM, np.arange(start + low, start + high)) for low, high in pairwise(edges)
    ]
    assert np.array_equal(np.concatenate(parts), WHOLE[0][start : start + 70_000])


def test_gaps_longer_and_shorter_than_the_limit_give_the_same_bits() -> None:
    for gap in (1, 2, 255, 256, 257, 258, 5_000):
        subjects = np.arange(0, 40 * gap, gap)
        alone = [uniform(1, STREAM, np.array([subject]))[0] for subject in subjects]
        assert uniform(1, STREAM, subjects).tolist() == alone


def test_a_table_column_is_the_draw_of_its_index() -> None:
    subjects = np.array([5, 0, 91_000])
    table = uniform_table(8, STREAM, subjects, count=11)
    for index in range(11):
        assert np.array_equal(table[:, index], uniform(8, STREAM, subjects, index=index))


def test_no_subjects_give_no_draws() -> None:
    assert normal(1, STREAM, np.array([], dtype=np.int64)).shape == (0,)
    assert normal_table(1, STREAM, np.arange(3), count=0).shape == (3, 0)


def test_uniform_draws_pass_a_kolmogorov_smirnov_test_and_stay_inside_zero_and_one() -> None:
    drawn = uniform(11, STREAM, np.arange(200_000))
    assert 0.0 < drawn.min() < 1e-4
    assert 1.0 - 1e-4 < drawn.max() < 1.0
    assert stats.kstest(drawn, "uniform").pvalue > 0.01


def test_the_extreme_words_map_strictly_inside_zero_and_one() -> None:
    from algesia.population.draws import _fractions

    ends = _fractions(np.array([0, LOW_64_BITS], dtype=np.uint64))
    assert ends.tolist() == [2.0**-53, 1.0 - 2.0**-53]


def test_normal_draws_have_the_moments_and_the_shape_of_a_normal() -> None:
    drawn = normal(11, STREAM, np.arange(200_000))
    assert_allclose(drawn.mean(), 0.0, rtol=0, atol=4.0 / np.sqrt(200_000))
    assert_allclose(drawn.var(), 1.0, rtol=0, atol=4.0 * np.sqrt(2.0 / 200_000))
    assert_allclose(stats.skew(drawn), 0.0, rtol=0, atol=4.0 * np.sqrt(6.0 / 200_000))
    assert_allclose(stats.kurtosis(drawn), 0.0, rtol=0, atol=4.0 * np.sqrt(24.0 / 200_000))
    assert stats.kstest(drawn, "norm").pvalue > 0.01


def test_streams_seeds_indices_and_neighbours_are_uncorrelated() -> None:
    subjects = np.arange(100_000)
    rows = [
        normal(1, "subject:clearance", subjects),
        normal(1, "subject:volume_central", subjects),
        normal(2, "subject:clearance", subjects),
        normal(1, "subject:clearance", subjects, index=1),
        normal(1, "subject:clearance", subjects, index=4),
        normal(1, "subject:clearance", subjects + 1),
    ]
    correlation = np.corrcoef(rows) - np.eye(len(rows))
    # Four standard errors of a correlation of nothing.
    assert np.abs(correlation).max() < 4.0 / np.sqrt(subjects.size)


def test_a_seed_and_stream_that_spell_alike_differ() -> None:
    subjects = np.arange(4)
    assert not np.array_equal(uniform(1, "1:a", subjects), uniform(11, ":a", subjects))
    assert not np.array_equal(uniform(1, "1:a", subjects), uniform(1, "a", subjects))


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7"])
def test_a_seed_that_is_not_a_whole_number_is_refused(seed: object) -> None:
    with pytest.raises(DomainError, match=r"seed is .*; expected a whole number of 0 or above"):
        uniform(seed, STREAM, np.arange(2))  # type: ignore[arg-type]


def test_impossible_subjects_streams_and_indices_are_refused_by_name() -> None:
    with pytest.raises(DomainError, match="subject -3 is negative"):
        uniform(1, STREAM, np.array([0, -3]))
    with pytest.raises(InputError, match="expected a row of whole numbers"):
        uniform(1, STREAM, np.array([0.5]))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="stream of a random draw is empty"):
        uniform(1, "", np.arange(2))
    with pytest.raises(DomainError, match="index is -1"):
        uniform(1, STREAM, np.arange(2), index=-1)
    with pytest.raises(DomainError, match="count is -2"):
        uniform_table(1, STREAM, np.arange(2), count=-2)
