import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import ModelError, UnknownNameError
from algesia.model import CovarianceBlock, EffectPair, RandomEffect, covariance_blocks


@pytest.fixture
def effects(reported):
    variances = {"a": 0.04, "b": 0.09, "c": 0.16, "d": 0.25}
    return [
        RandomEffect.from_reported(
            name=name,
            parameters=(name,),
            kind="log_normal",
            level="subject",
            reported=reported(f"{name}_variance", variance, "1", "log_variance"),
        )
        for name, variance in variances.items()
    ]


def pair(reported, first, second, number, form="covariance_log"):
    return EffectPair(
        effects=(first, second), reported=reported(f"{first}_{second}", number, "1", form)
    )


def test_a_correlation_becomes_a_covariance_by_both_standard_deviations(effects, reported):
    (block,) = covariance_blocks(effects, [pair(reported, "a", "b", 0.5, "correlation")])
    assert_allclose(block.array(), [[0.04, 0.03], [0.03, 0.09]], rtol=1e-12, atol=0)


def test_pairs_that_share_an_effect_make_one_block(effects, reported):
    pairs = [pair(reported, "b", "c", 0.01), pair(reported, "c", "a", 0.02)]
    (block,) = covariance_blocks(effects, pairs)
    assert block.effects == ("a", "b", "c")
    expected = [[0.04, 0.0, 0.02], [0.0, 0.09, 0.01], [0.02, 0.01, 0.16]]
    assert_allclose(block.array(), expected, rtol=1e-12, atol=0)


def test_pairs_apart_make_blocks_apart(effects, reported):
    pairs = [pair(reported, "a", "b", 0.01), pair(reported, "c", "d", 0.02)]
    assert [block.effects for block in covariance_blocks(effects, pairs)] == [
        ("a", "b"),
        ("c", "d"),
    ]


def test_a_block_that_is_not_positive_definite_is_refused(effects, reported):
    with pytest.raises(ModelError, match=r"block of a and b: .* is not positive definite"):
        covariance_blocks(effects, [pair(reported, "a", "b", 0.0601)])
    with pytest.raises(ModelError, match="not positive definite"):
        covariance_blocks(effects, [pair(reported, "a", "b", 1.0, "correlation")])
    nearly = [pair(reported, "a", "b", 0.0599)]
    assert covariance_blocks(effects, nearly)[0].array()[0, 1] == 0.0599


def test_pairs_that_contradict_each_other_are_refused(effects, reported):
    pairs = [
        pair(reported, "a", "b", 0.95, "correlation"),
        pair(reported, "b", "c", 0.95, "correlation"),
        pair(reported, "a", "c", -0.95, "correlation"),
    ]
    with pytest.raises(ModelError, match="block of a and b and c"):
        covariance_blocks(effects, pairs)


def test_a_pair_given_twice_is_refused(effects, reported):
    pairs = [pair(reported, "a", "b", 0.01), pair(reported, "b", "a", 0.02)]
    with pytest.raises(ModelError, match="is given twice"):
        covariance_blocks(effects, pairs)


def test_a_pair_names_effects_that_exist(effects, reported):
    with pytest.raises(UnknownNameError, match="no random effect 'x'"):
        covariance_blocks(effects, [pair(reported, "a", "x", 0.01)])


def test_a_pair_takes_a_covariance_or_a_correlation_of_two_effects(reported):
    with pytest.raises(ModelError, match="accepted: covariance_log, correlation"):
        pair(reported, "a", "b", 0.01, "log_variance")
    with pytest.raises(ModelError, match="expected two effects"):
        pair(reported, "a", "a", 0.01)


def test_a_matrix_must_be_square_and_symmetric():
    with pytest.raises(ModelError, match="symmetric 2 by 2"):
        CovarianceBlock(effects=("a", "b"), matrix=((1.0, 0.2), (0.1, 1.0)))
    with pytest.raises(ModelError, match="symmetric 2 by 2"):
        CovarianceBlock(effects=("a", "b"), matrix=((1.0, 0.2), (0.1,)))


def test_a_part_of_a_block_keeps_its_covariances(effects, reported):
    pairs = [pair(reported, "a", "b", 0.01), pair(reported, "b", "c", 0.02)]
    (block,) = covariance_blocks(effects, pairs)
    part = block.restricted({"b", "c"})
    assert part is not None
    assert part.effects == ("b", "c")
    assert_allclose(part.array(), [[0.09, 0.02], [0.02, 0.16]], rtol=1e-12, atol=0)
    assert block.restricted({"b"}) is None
    assert np.all(np.linalg.eigvalsh(part.array()) > 0)
