from dataclasses import replace

import pytest
from numpy.testing import assert_allclose

from algesia.errors import ModelError, UnknownNameError
from algesia.model import EffectPair, Parameter, RandomEffect, covariance_blocks
from algesia.provenance import Source


@pytest.fixture
def lender(model, reported):
    """A model that reports how clearance and volume vary, together."""
    values = [
        reported("clearance_variance", 0.03, "1", "log_variance"),
        reported("volume_variance", 0.06, "1", "log_variance"),
    ]
    effects = tuple(
        RandomEffect.from_reported(
            name=name, parameters=(name,), kind="log_normal", level="subject", reported=value
        )
        for name, value in zip(("clearance", "volume"), values, strict=True)
    )
    together = reported("together", 0.5, "1", "correlation")
    pair = EffectPair(effects=("clearance", "volume"), reported=together)
    added = tuple(Parameter(name=v.name, reported=v) for v in (*values, together))
    return model(
        id="lender",
        parameters=(*model().parameters, *added),
        random_effects=effects,
        blocks=covariance_blocks(effects, [pair]),
    )


def test_a_borrowed_spread_is_an_assumption_of_grade_d(model, lender):
    varied = model().with_spread_from(lender, {"clearance": "clearance"})
    (effect,) = varied.random_effects
    assert effect.variance == 0.03
    assert effect.reported.name == "lender_clearance_variance"
    assert effect.reported.grade.kind == "D"
    assert effect.reported.origin == "assumed"
    assert effect.reported.note == "borrowed from lender"
    assert effect.reported.value == 0.03
    assert varied.notes == ("spread borrowed from lender, grade D",)


def test_the_model_and_its_lender_stay_as_they_were(model, lender):
    tiny = model()
    tiny.with_spread_from(lender, {"clearance": "clearance"})
    assert tiny.random_effects == ()
    assert tiny == model()
    assert lender.random_effects[0].reported.grade.kind == "A"


def test_parameters_that_share_a_borrowed_effect_share_its_draws(model, lender):
    varied = model().with_spread_from(lender, {"clearance": "volume", "volume": "volume"})
    (effect,) = varied.random_effects
    assert effect.parameters == ("clearance", "volume")


def test_effects_drawn_together_are_borrowed_together(model, lender):
    varied = model().with_spread_from(lender, {"clearance": "clearance", "volume": "volume"})
    assert_allclose(varied.blocks[0].array(), lender.blocks[0].array(), rtol=0, atol=0)
    assert varied.blocks[0].reported[0].grade.kind == "D"
    alone = model().with_spread_from(lender, {"volume": "volume"})
    assert alone.blocks == ()


def test_a_borrowed_value_enters_no_equation_and_is_listed(model, lender):
    varied = model().with_spread_from(lender, {"clearance": "clearance"})
    assert varied.dynamic_parameters() == ("clearance", "volume")
    assert "lender_clearance_variance" in [entry.name for entry in varied.parameters]


def test_the_source_of_a_borrowed_value_comes_along(model, lender):
    other = Source(
        key="other_2001", authors="C D", year=2001, title="Other", journal="Press", pmid="1"
    )
    moved = tuple(
        replace(entry, reported=replace(entry.reported, source="other_2001"))
        for entry in lender.parameters
    )
    effects = tuple(
        replace(effect, reported=replace(effect.reported, source="other_2001"))
        for effect in lender.random_effects
    )
    varied = model().with_spread_from(
        replace(
            lender,
            parameters=tuple(e for e in moved if e.name != "together"),
            random_effects=effects,
            blocks=(),
            sources=(other,),
        ),
        {"clearance": "clearance"},
    )
    assert [source.key for source in varied.sources] == ["book_2000", "other_2001"]


def test_a_parameter_that_varies_already_borrows_nothing(lender):
    with pytest.raises(ModelError, match="random effect 'clearance' is defined twice"):
        lender.with_spread_from(lender, {"clearance": "clearance"})


def test_names_that_do_not_exist_are_refused_with_the_closest(model, lender):
    with pytest.raises(UnknownNameError, match="random effect of model 'lender' 'volum'"):
        model().with_spread_from(lender, {"volume": "volum"})
    with pytest.raises(UnknownNameError, match="parameter of model 'tiny' 'volum'"):
        model().with_spread_from(lender, {"volum": "volume"})
    with pytest.raises(ModelError, match="no spread is asked of 'lender'"):
        model().with_spread_from(lender, {})
