"""Other targets of ketamine: a table of distances, without any effect."""

import math

import pytest
from numpy.testing import assert_allclose

from algesia.catalog.other_targets import other_target, other_targets
from algesia.errors import DomainError, UnknownNameError

CLINICAL = {"plasma_ng_per_ml": 250.0, "fraction_unbound": 0.56}


def test_every_constant_was_read_in_a_source_or_is_declared_unknown():
    for each in other_targets():
        if each.known:
            assert each.constant.source in {source.key for source in each.sources}, each.id
            assert each.constant.canonical() > 0.0, each.id
        else:
            assert each.constant.grade.kind == "D", each.id
            assert math.isnan(each.concentration_ratio(**CLINICAL)), each.id


def test_the_families_that_are_named_are_all_there():
    words = " ".join(each.target for each in other_targets())
    for family in (
        "AMPA",
        "HCN1",
        "muscarinic",
        "nicotinic",
        "norepinephrine transporter",
        "dopamine transporter",
        "serotonin transporter",
        "sigma",
        "opioid",
    ):
        assert family in words


def test_a_negative_logarithm_of_a_constant_is_read_as_one():
    # pKi 4.38 and 4.55 are printed.
    assert_allclose(other_target("opioid_mu").constant.value, 10.0**1.62, rtol=1e-3, atol=0.0)
    assert_allclose(
        other_target("opioid_kappa").constant.value, 10.0**1.45, rtol=1e-3, atol=0.0
    )


def test_a_ratio_is_unbound_micromoles_over_the_constant():
    seen = other_target("norepinephrine_transporter").concentration_ratio(**CLINICAL)
    assert_allclose(seen, 0.56 * 250.0 / 237.727 / 66.8, rtol=1e-6, atol=0.0)


def test_no_known_target_is_half_occupied_at_a_clinical_concentration():
    for each in other_targets():
        if each.known:
            assert each.concentration_ratio(**CLINICAL) < 0.25, each.id


def test_sources_that_disagree_are_shown_beside_the_constant():
    assert "Can 2016" in other_target("dopamine_transporter").conflict
    keys = {source.key for source in other_target("dopamine_transporter").sources}
    assert keys == {"nishimura_1998", "can_2016"}


def test_nonsense_is_refused():
    with pytest.raises(UnknownNameError, match="opioid_mu"):
        other_target("opioid_my")
    with pytest.raises(DomainError, match="plasma is -1"):
        other_target("hcn1").concentration_ratio(plasma_ng_per_ml=-1.0, fraction_unbound=0.5)
    with pytest.raises(DomainError, match="fraction unbound is 2"):
        other_target("hcn1").concentration_ratio(plasma_ng_per_ml=1.0, fraction_unbound=2.0)
