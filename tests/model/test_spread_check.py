import pytest

from algesia.errors import DomainError, ModelError, UnitError, UnknownNameError
from algesia.model import (
    Categorical,
    CovarianceBlock,
    CovariateDistribution,
    LinearAbove,
    Parameter,
    RandomEffect,
    ResidualError,
    Validity,
)
from algesia.units import dimension


@pytest.fixture
def spread(reported):
    def build(name, parameters, *, kind="log_normal", level="subject"):
        form = "log_variance" if kind == "log_normal" else "logit_sd"
        return RandomEffect.from_reported(
            name=name,
            parameters=parameters,
            kind=kind,
            level=level,
            reported=reported(f"{name}_spread", 0.1, "1", form),
        )

    return build


@pytest.fixture
def varied(model):
    def build(*effects, **changes):
        values = tuple(Parameter(name=e.reported.name, reported=e.reported) for e in effects)
        parameters = (*model().parameters, *values)
        return model(parameters=parameters, random_effects=effects, **changes)

    return build


def test_one_effect_may_act_on_several_parameters(varied, spread):
    shared = varied(spread("size", ("clearance", "volume")))
    assert shared.random_effects[0].parameters == ("clearance", "volume")


def test_a_parameter_carries_one_effect_per_level(varied, spread):
    both = varied(
        spread("between", ("volume",)), spread("within", ("volume",), level="occasion")
    )
    assert len(both.random_effects) == 2
    with pytest.raises(
        ModelError, match="'volume' already carries the subject effect 'between'"
    ):
        varied(spread("between", ("volume",)), spread("again", ("volume",)))


def test_both_effects_of_a_parameter_are_of_one_kind(model, varied, spread, value):
    extra = value("share", 0.5, "1")
    from algesia.model import Input, InputPart, parse

    inputs = (
        Input(
            name="oral",
            routes=("oral",),
            substances=("esketamine",),
            parts=(InputPart(into="central", fraction=parse("share")),),
        ),
    )
    effects = (
        spread("between", ("share",), kind="logit_normal"),
        spread("within", ("share",), level="occasion"),
    )
    values = tuple(Parameter(name=e.reported.name, reported=e.reported) for e in effects)
    with pytest.raises(
        ModelError, match="'share' is log_normal here and logit_normal in 'between'"
    ):
        model(
            parameters=(*model().parameters, extra, *values),
            random_effects=effects,
            inputs=inputs,
        )


def test_a_spread_acts_on_a_parameter_of_the_equations(varied, spread):
    with pytest.raises(
        UnknownNameError, match="no parameter of the equations 'volum'; close names: volume"
    ):
        varied(spread("volume", ("volum",)))


def test_a_fraction_on_the_logit_scale_lies_between_zero_and_one(varied, spread):
    with pytest.raises(DomainError, match="'volume' is 30; expected strictly between 0 and 1"):
        varied(spread("volume", ("volume",), kind="logit_normal"))


def test_a_logit_spread_needs_a_fraction_not_a_volume(model, spread, value):
    effect = spread("volume", ("volume",), kind="logit_normal")
    parameters = (value("clearance", 90.0, "L/h"), value("volume", 0.5, "L"))
    extra = Parameter(name=effect.reported.name, reported=effect.reported)
    with pytest.raises(
        UnitError, match="'volume' has dimension volume; expected a dimensionless"
    ):
        model(parameters=(*parameters, extra), random_effects=(effect,))


def test_a_block_joins_effects_of_one_level_with_their_own_variances(varied, spread):
    effects = (spread("clearance", ("clearance",)), spread("volume", ("volume",)))
    good = CovarianceBlock(effects=("clearance", "volume"), matrix=((0.1, 0.05), (0.05, 0.1)))
    assert varied(*effects, blocks=(good,)).blocks == (good,)
    wrong = CovarianceBlock(effects=("clearance", "volume"), matrix=((0.1, 0.0), (0.0, 0.2)))
    with pytest.raises(
        ModelError, match=r"'volume' has variance 0\.2 in its block and 0\.1 as"
    ):
        varied(*effects, blocks=(wrong,))
    with pytest.raises(ModelError, match="stands in two blocks"):
        varied(*effects, blocks=(good, good))
    mixed = (effects[0], spread("volume", ("volume",), level="occasion"))
    with pytest.raises(ModelError, match="are of different levels"):
        varied(*mixed, blocks=(good,))
    with pytest.raises(UnknownNameError, match="no random effect 'volume'"):
        varied(effects[0], blocks=(good,))


def shift(level):
    return Categorical(parameter="clearance", covariate="ethnicity", level=level, factor=0.8)


def test_an_unknown_level_is_refused_with_the_closest_one(model):
    validity = Validity(covariates={"ethnicity": ("white", "asian")})
    assert model(covariate_effects=(shift("asian"),), validity=validity).validity == validity
    with pytest.raises(
        UnknownNameError, match="no level of ethnicity 'asain'; close names: asian"
    ):
        model(covariate_effects=(shift("asain"),), validity=validity)


def test_levels_may_be_declared_by_the_population(model):
    studied = CovariateDistribution(
        covariate="ethnicity", kind="categorical", levels={"white": 0.5, "asian": 0.5}
    )
    assert model(covariate_effects=(shift("asian"),), population=(studied,)).population
    with pytest.raises(ModelError, match="no levels of 'ethnicity' are declared"):
        model(covariate_effects=(shift("asian"),))


def test_a_number_has_no_level(model):
    heavy = Categorical(parameter="clearance", covariate="weight", level="heavy", factor=2.0)
    with pytest.raises(ModelError, match="'weight' is a number"):
        model(covariate_effects=(heavy,))


def test_a_flag_needs_no_declaration(model):
    women = Categorical(parameter="clearance", covariate="female", level="true", factor=1.2)
    assert model(covariate_effects=(women,)).covariate_effects == (women,)


def test_a_covariate_acts_on_a_parameter_of_the_equations_in_its_dimension(model):
    with pytest.raises(
        UnknownNameError, match=r"covariate_effects\.0: no parameter of the equations"
    ):
        model(
            covariate_effects=(
                Categorical(parameter="flow", covariate="female", level="true", factor=1.2),
            )
        )
    slope = LinearAbove(
        parameter="volume",
        covariate="age",
        threshold=60.0,
        slope=-1.0,
        slope_dimension=dimension("L/h/year"),
    )
    with pytest.raises(UnitError, match="effect of age on 'volume' has a slope"):
        model(covariate_effects=(slope,))


def test_a_residual_belongs_to_an_output(model):
    error = ResidualError(output="plasm", kind="proportional", proportional_sd=0.1)
    with pytest.raises(
        UnknownNameError, match="residuals: no output 'plasm'; close names: plasma"
    ):
        model(residuals=(error,))
