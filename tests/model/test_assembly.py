from dataclasses import replace

import pytest

from algesia.errors import DomainError, ModelError, UnitError, UnknownNameError
from algesia.model import (
    Allometry,
    Assembly,
    CovariateDistribution,
    Definition,
    Output,
    Parameter,
    Port,
    RandomEffect,
    ResidualError,
    State,
    Validity,
    parse,
)


@pytest.fixture
def drug(model, reported):
    """Pharmacokinetics with everything that gets a prefix."""
    spread = reported("clearance_variance", 0.03, "1", "log_variance")
    residual = reported("residual", 0.1, "1", "sd")
    tiny = model()
    return replace(
        tiny,
        id="drug",
        parameters=(
            *tiny.parameters,
            Parameter(name=spread.name, reported=spread),
            Parameter(name=residual.name, reported=residual),
        ),
        random_effects=(
            RandomEffect.from_reported(
                name="clearance",
                parameters=("clearance",),
                kind="log_normal",
                level="subject",
                reported=spread,
            ),
        ),
        covariate_effects=(Allometry(parameters=("volume",), reference=70.0, exponent=1.0),),
        residuals=(
            ResidualError.from_reported(
                output=tiny.outputs[0], kind="proportional", values={"proportional": residual}
            ),
        ),
        ports=(Port(name="concentration", unit="nmol/L", direction="out"),),
        validity=Validity(covariates={"age": (18.0, 55.0)}),
        notes=("arterial",),
    )


@pytest.fixture
def site(model, value):
    """An effect compartment that follows the concentration it is fed."""

    def build(unit="nmol/L", **changes):
        parts = {
            "id": "site",
            "drug": "none",
            "states": (State(name="site", unit=unit),),
            "parameters": (value("rate", 2.0, "1/h"), value("half", 100.0, unit)),
            "ports": (Port(name="plasma", unit=unit, direction="in"),),
            "definitions": (Definition(name="gap", expression=parse("plasma - site")),),
            "flows": (),
            "derivatives": {"site": parse("rate * gap")},
            "outputs": (
                Output(name="effect", expression=parse("hill(site, half, 1)"), unit="1"),
            ),
            "inputs": (),
        }
        return model(**{**parts, **changes})

    return build


def join(members, connections):
    return Assembly(
        id="drug_to_site", title="Drug to site", members=members, connections=connections
    )


@pytest.fixture
def joined(drug, site):
    return join({"pk": drug, "pd": site()}, {"pd.plasma": "pk.concentration"}).flatten()


def test_names_carry_their_namespace_and_the_joint_becomes_a_definition(joined):
    assert [state.name for state in joined.states] == ["pk_central", "pd_site"]
    assert [(d.name, d.expression.text) for d in joined.definitions] == [
        ("pk_concentration", "pk_central / pk_volume"),
        ("pd_plasma", "pk_concentration"),
        ("pd_gap", "pd_plasma - pd_site"),
    ]
    assert dict(joined.dynamics()) == {
        "pk_central": "-(pk_clearance * pk_concentration)",
        "pd_site": "pd_rate * pd_gap",
    }


def test_everything_that_names_a_parameter_follows_it(joined):
    assert joined.dynamic_parameters() == ("pk_clearance", "pk_volume", "pd_rate", "pd_half")
    assert joined.random_effects[0].name == "pk_clearance"
    assert joined.random_effects[0].parameters == ("pk_clearance",)
    assert joined.random_effects[0].reported.name == "pk_clearance_variance"
    assert joined.covariate_effects[0].parameters == ("pk_volume",)
    assert joined.residuals[0].output == "pk_plasma"
    assert joined.inputs[0].parts[0].into == "pk_central"
    assert joined.ports == ()


def test_the_joint_model_takes_the_drug_of_the_member_that_is_dosed(joined):
    assert joined.drug == "esketamine"
    assert joined.validity.covariates == {"age": (18.0, 55.0)}
    assert joined.notes == ("pk (drug): arterial",)
    assert [source.key for source in joined.sources] == ["book_2000"]


def test_the_effect_follows_the_drug_it_is_joined_to(joined):
    values = {**joined.typical_constants(), "pk_central": 3000.0, "pd_site": 40.0}
    for definition in joined.definitions:
        values[definition.name] = definition.expression.evaluate(values)
    change = parse(dict(joined.dynamics())["pd_site"]).evaluate(values)
    assert change == pytest.approx(2.0 * (3000.0 / 30.0 - 40.0), rel=1e-14, abs=0)


def test_an_output_may_feed_a_port_if_it_is_computed_in_the_unit_of_the_port(drug, site):
    shown = replace(drug, ports=(Port(name="plasma", unit="nmol/L", direction="out"),))
    flat = join({"pk": shown, "pd": site()}, {"pd.plasma": "pk.plasma"}).flatten()
    formulas = {entry.name: entry.expression.text for entry in flat.definitions}
    assert formulas["pd_plasma"] == "pk_concentration"


def test_a_joint_of_two_dimensions_names_both_ends(drug, site):
    with pytest.raises(UnitError) as refusal:
        join({"pk": drug, "pd": site("ng/mL")}, {"pd.plasma": "pk.concentration"})
    assert str(refusal.value) == (
        "assembly 'drug_to_site': 'pk.concentration' gives nmol/L (amount/volume) but "
        "'pd.plasma' takes ng/mL (mass/volume); expected one dimension at both ends"
    )


def test_units_of_one_dimension_fit_since_all_is_computed_in_canonical_units(drug, site):
    flat = join(
        {"pk": drug, "pd": site("nmol/mL")}, {"pd.plasma": "pk.concentration"}
    ).flatten()
    half = flat.parameter("pd_half").reported
    assert (half.value, half.canonical()) == (100.0, pytest.approx(1e5, rel=1e-12, abs=0))


def test_every_in_port_is_connected(drug, site):
    with pytest.raises(
        ModelError, match=r"in port 'pd\.plasma' is not connected; .* pk\.concentration"
    ):
        join({"pk": drug, "pd": site()}, {})


def test_connections_name_ports_that_exist_in_their_direction(drug, site):
    members = {"pk": drug, "pd": site()}
    with pytest.raises(
        UnknownNameError, match=r"no out port 'pk\.concentratio'; close names: pk\.conc"
    ):
        join(members, {"pd.plasma": "pk.concentratio"})
    with pytest.raises(UnknownNameError, match=r"no in port 'pk\.concentration'"):
        join(members, {"pk.concentration": "pd.plasma"})


def test_models_that_feed_each_other_through_states_are_joined(drug, site):
    inhibited = replace(
        drug,
        ports=(*drug.ports, Port(name="effect", unit="1", direction="in")),
        flows=(replace(drug.flows[0], rate=parse("clearance * (1 - effect) * concentration")),),
    )
    shown = replace(
        site(), ports=(*site().ports, Port(name="effect", unit="1", direction="out"))
    )
    flat = join(
        {"pk": inhibited, "pd": shown},
        {"pd.plasma": "pk.concentration", "pk.effect": "pd.effect"},
    ).flatten()
    assert "pk_effect" in [definition.name for definition in flat.definitions]


def test_a_circle_without_a_state_is_refused(drug, site):
    direct = site(
        outputs=(Output(name="effect", expression=parse("plasma / half"), unit="1"),),
        ports=(
            Port(name="plasma", unit="nmol/L", direction="in"),
            Port(name="effect", unit="1", direction="out"),
        ),
    )
    echo = replace(
        drug,
        ports=(*drug.ports, Port(name="effect", unit="1", direction="in")),
        definitions=(
            Definition(name="concentration", expression=parse("central / volume * effect")),
        ),
    )
    with pytest.raises(ModelError, match="depend on each other in a circle"):
        join(
            {"pk": echo, "pd": direct},
            {"pd.plasma": "pk.concentration", "pk.effect": "pd.effect"},
        ).flatten()


def test_members_without_a_common_subject_are_refused(drug, site):
    old = site(validity=Validity(covariates={"age": (60.0, 80.0)}))
    with pytest.raises(DomainError, match="expected domains that overlap"):
        join({"pk": drug, "pd": old}, {"pd.plasma": "pk.concentration"}).flatten()


def test_members_that_cite_different_works_under_one_key_are_refused(drug, site):
    (source,) = drug.sources
    other = site(sources=(replace(source, year=2001),))
    with pytest.raises(ModelError, match="source 'book_2000' differs between members"):
        join({"pk": drug, "pd": other}, {"pd.plasma": "pk.concentration"}).flatten()


def test_of_two_studied_populations_the_first_counts_and_the_note_says_so(drug, site):
    first = CovariateDistribution(covariate="weight", kind="fixed", numbers={"value": 70.0})
    second = CovariateDistribution(covariate="weight", kind="fixed", numbers={"value": 80.0})
    flat = join(
        {"pk": replace(drug, population=(first,)), "pd": site(population=(second,))},
        {"pd.plasma": "pk.concentration"},
    ).flatten()
    assert flat.population == (first,)
    assert "the distribution of weight in site is not used" in flat.notes[-1]


def test_exemptions_name_the_member_they_come_from(drug, site):
    exempt = replace(drug, exemptions={"moles_conserved": "apparent volumes"})
    flat = join({"pk": exempt, "pd": site()}, {"pd.plasma": "pk.concentration"}).flatten()
    assert flat.exemptions == {"moles_conserved": "pk: apparent volumes"}
    assert flat.conserves_moles().accepted


def test_an_assembly_has_members():
    with pytest.raises(ModelError, match="has no members"):
        join({}, {})
