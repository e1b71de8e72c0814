import math

import pytest

from algesia.errors import DomainError, ModelError
from algesia.model import RandomEffect


def make(reported, *, kind="log_normal", level="subject", parameters=("clearance",)):
    return RandomEffect.from_reported(
        name="clearance", parameters=parameters, kind=kind, level=level, reported=reported
    )


@pytest.mark.parametrize(
    ("form", "number", "unit", "variance"),
    [
        ("log_variance", 0.09, "1", 0.09),
        ("log_sd", 0.3, "1", 0.09),
        ("cv_percent", 30.0, "%", math.log(1.09)),
    ],
)
def test_the_form_of_a_spread_decides_its_variance(reported, form, number, unit, variance):
    effect = make(reported("spread", number, unit, form))
    assert effect.variance == pytest.approx(variance, rel=1e-12, abs=0)


def test_a_logit_spread_is_squared(reported):
    effect = make(reported("spread", 0.708, "1", "logit_sd"), kind="logit_normal")
    assert effect.variance == pytest.approx(0.708**2, rel=1e-12, abs=0)


def test_a_spread_in_a_form_its_kind_does_not_take_is_refused_with_those_it_does(reported):
    with pytest.raises(ModelError) as refusal:
        make(reported("clearance_sd", 12.0, "1", "sd"))
    assert str(refusal.value) == (
        "random effect 'clearance' is log_normal but its value 'clearance_sd' has form 'sd'; "
        "accepted: log_variance, log_sd, cv_percent"
    )
    with pytest.raises(ModelError, match="accepted: logit_sd"):
        make(reported("spread", 30.0, "%", "cv_percent"), kind="logit_normal")


def test_a_spread_of_zero_is_no_spread(reported):
    with pytest.raises(DomainError, match="has variance 0; expected above 0"):
        make(reported("spread", 0.0, "1", "log_sd"))


def test_an_unknown_spread_cannot_be_drawn(reported):
    with pytest.raises(DomainError, match="declared unknown"):
        make(reported("spread", None, "1", "log_sd"))


@pytest.mark.parametrize(
    "changes", [{"kind": "normal"}, {"level": "study"}, {"parameters": ()}]
)
def test_kind_level_and_parameters_are_checked(reported, changes):
    with pytest.raises(ModelError, match="expected"):
        make(reported("spread", 0.3, "1", "log_sd"), **changes)
