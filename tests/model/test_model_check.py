import pytest

from algesia.errors import InputError, ModelError, UnitError, UnknownNameError
from algesia.model import (
    Definition,
    Flow,
    Input,
    InputPart,
    Output,
    Port,
    State,
    parse,
)


def elimination(rate, **changes):
    parts = {"name": "elimination", "source": "central", "target": None, "rate": parse(rate)}
    return (Flow(**{**parts, **changes}),)


def test_an_undefined_symbol_is_named_with_its_place_and_formula(model):
    with pytest.raises(UnknownNameError) as refusal:
        model(flows=elimination("clearence * concentration"))
    assert str(refusal.value) == (
        "tiny: flows.elimination.rate: 'clearence * concentration' uses 'clearence', which is "
        "undefined; close names: clearance"
    )


def test_an_unused_value_is_refused(model, value):
    parameters = (*model().parameters, value("half_life", 2.0, "h"))
    with pytest.raises(ModelError, match=r"^tiny: values\.half_life is used nowhere"):
        model(parameters=parameters)


def test_an_unused_definition_is_refused(model):
    definitions = (
        *model().definitions,
        Definition(name="twice", expression=parse("2 * central")),
    )
    with pytest.raises(ModelError, match=r"definitions\.twice is used nowhere"):
        model(definitions=definitions)


def test_a_definition_shown_by_a_port_is_used(model):
    shown = model(
        definitions=(
            *model().definitions,
            Definition(name="twice", expression=parse("2 * concentration")),
        ),
        ports=(Port(name="twice", unit="nmol/L", direction="out"),),
    )
    assert shown.ports[0].name == "twice"


def test_an_unused_in_port_is_refused(model):
    with pytest.raises(ModelError, match=r"ports\.inhibition is used nowhere"):
        model(ports=(Port(name="inhibition", unit="1", direction="in"),))


def test_an_out_port_shows_something_that_exists_in_its_own_dimension(model):
    with pytest.raises(UnknownNameError, match="no state, definition or output 'plasm'"):
        model(ports=(Port(name="plasm", unit="nmol/L", direction="out"),))
    with pytest.raises(
        UnitError, match=r"ports\.concentration: shows .* amount/volume; expected mass/vol"
    ):
        model(ports=(Port(name="concentration", unit="ng/mL", direction="out"),))


def test_a_value_in_use_is_known(model, value):
    parameters = (value("clearance", None, "L/h"), value("volume", 30.0, "L"))
    with pytest.raises(
        ModelError, match=r"values\.clearance is declared unknown but flows\.elim"
    ):
        model(parameters=parameters)


def test_a_rate_of_the_wrong_dimension_names_place_formula_and_both_dimensions(model):
    with pytest.raises(UnitError) as refusal:
        model(flows=elimination("clearance * central + 0 * volume"))
    assert str(refusal.value) == (
        "tiny: flows.elimination.rate: 'clearance * central + 0 * volume' has dimension "
        "amount*volume/time; expected amount/time"
    )


def test_a_literal_added_to_an_amount_is_refused(model):
    with pytest.raises(
        UnitError, match=r"joins 'central' \(amount\) with '5' \(dimensionless\)"
    ):
        model(flows=elimination("clearance / volume * (central + 5)"))


def test_a_state_with_two_equations_is_refused(model):
    with pytest.raises(
        ModelError, match=r"state 'central' has two equations, derivatives\.central and"
    ):
        model(derivatives={"central": parse("-clearance * concentration")})


def test_a_state_without_an_equation_is_refused(model):
    states = (*model().states, State(name="depot", unit="nmol"))
    with pytest.raises(ModelError, match="state 'depot' has no equation"):
        model(states=states)


def test_a_definition_uses_only_earlier_ones(model):
    with pytest.raises(
        ModelError, match="uses 'concentration', which is defined later; move it up"
    ):
        model(
            definitions=(
                Definition(name="double", expression=parse("2 * concentration")),
                Definition(name="concentration", expression=parse("central / volume")),
            ),
            flows=elimination("clearance * double"),
        )


def test_a_definition_has_the_unit_it_states(model):
    with pytest.raises(UnitError, match=r"definitions\.concentration: .* expected mass/volume"):
        model(
            definitions=(
                Definition(
                    name="concentration", expression=parse("central / volume"), unit="mg/L"
                ),
            )
        )


def test_an_output_needs_a_substance_to_show_moles_as_mass(model):
    plasma = Output(name="plasma", expression=parse("concentration"), unit="ng/mL")
    with pytest.raises(
        UnitError, match=r"outputs\.plasma\.expression: .* expected mass/volume"
    ):
        model(outputs=(plasma,))


def test_an_output_of_another_kind_is_refused_even_with_a_substance(model):
    plasma = Output(
        name="plasma", expression=parse("central"), unit="ng/mL", substance="esketamine"
    )
    with pytest.raises(UnitError, match="'central' has dimension amount; expected mass/volume"):
        model(outputs=(plasma,))


def given_by(**part):
    return (
        Input(
            name="oral",
            routes=("oral",),
            substances=("esketamine",),
            parts=(InputPart(**{"into": "central", **part}),),
        ),
    )


def test_an_input_into_a_missing_state_is_refused_with_the_closest(model):
    with pytest.raises(
        UnknownNameError, match=r"inputs\.oral\.parts\.0\.into: no state 'centrall'; close"
    ):
        model(inputs=given_by(into="centrall"))


def test_a_dose_enters_mass_or_amount_only(model, value):
    effect = State(name="effect", unit="nmol/L")
    parameters = (*model().parameters, value("rate", 1.0, "1/h"))
    with pytest.raises(UnitError, match="expected mass or amount to take a dose"):
        model(
            states=(*model().states, effect),
            parameters=parameters,
            derivatives={"effect": parse("rate * (concentration - effect)")},
            inputs=given_by(into="effect"),
        )


def test_shares_durations_and_lags_have_their_dimensions(model):
    with pytest.raises(UnitError, match=r"parts\.0\.fraction: 'volume' has dimension volume"):
        model(inputs=given_by(fraction=parse("volume")))
    with pytest.raises(UnitError, match=r"parts\.0\.duration: 'volume' .* expected time"):
        model(inputs=given_by(duration=parse("volume")))
    timed = model(inputs=given_by(lag=parse("volume / clearance")))
    assert timed.inputs[0].parts[0].lag is not None


def test_inputs_and_initial_values_do_not_depend_on_states(model):
    with pytest.raises(ModelError, match="uses 'concentration', which changes with time"):
        model(inputs=given_by(fraction=parse("concentration / concentration")))
    with pytest.raises(ModelError, match=r"states\.central\.initial: .* changes with time"):
        model(
            states=(
                State(name="central", unit="nmol", initial=parse("concentration * volume")),
            )
        )


def test_only_inputs_see_the_dose(model):
    numbered = model(inputs=given_by(fraction=parse("where(device_number > 1, 0.5, 1)")))
    assert numbered.inputs[0].parts[0].fraction.names == {"device_number"}
    with pytest.raises(UnknownNameError, match="uses 'device_number', which is undefined"):
        model(flows=elimination("device_number * clearance * concentration"))


def test_the_amount_of_a_dose_is_a_mass(model, value):
    saturable = model(
        parameters=(*model().parameters, value("half_dose", 50.0, "mg")),
        inputs=given_by(fraction=parse("half_dose / (half_dose + dose_amount)")),
    )
    assert saturable.dynamic_parameters() == ("clearance", "volume", "half_dose")


def test_a_rate_may_depend_on_time(model, value):
    waning = model(
        parameters=(*model().parameters, value("waning", 0.01, "1/h")),
        flows=elimination("clearance * exp(-waning * time) * concentration"),
    )
    assert waning.dynamics()[0][1] == "-(clearance * exp(-waning * time) * concentration)"


def device(**changes):
    parts = {
        "name": "nasal",
        "routes": ("nasal",),
        "substances": ("esketamine",),
        "parts": (InputPart(into="central"),),
        "device_amount": "spray",
        "device_interval": "pause",
    }
    return (Input(**{**parts, **changes}),)


def test_values_of_a_device_are_used_but_do_not_enter_the_equations(model, value):
    parameters = (*model().parameters, value("spray", 28.0, "mg"), value("pause", 5.0, "min"))
    nasal = model(parameters=parameters, inputs=device())
    assert nasal.dynamic_parameters() == ("clearance", "volume")
    with pytest.raises(
        UnitError, match="device_amount: 'pause' has dimension time; expected mass or"
    ):
        model(
            parameters=parameters, inputs=device(device_amount="pause", device_interval="spray")
        )
    with pytest.raises(UnknownNameError, match="no parameter 'spary'; close names: spray"):
        model(parameters=parameters, inputs=device(device_amount="spary"))


def test_flows_end_in_states_that_exist(model):
    with pytest.raises(UnknownNameError, match=r"flows\.elimination\.to: no state 'urine'"):
        model(flows=elimination("clearance * concentration", target="urine"))
    with pytest.raises(UnknownNameError, match="derivatives: no state 'effect'"):
        model(derivatives={"effect": parse("1")})


def test_a_flow_joins_states_of_one_dimension(model):
    states = (*model().states, State(name="metabolite", unit="mg", substance="esnorketamine"))
    with pytest.raises(UnitError, match=r"from 'central' \(amount\) to 'metabolite' \(mass\)"):
        model(
            states=states, flows=elimination("clearance * concentration", target="metabolite")
        )


@pytest.mark.parametrize(
    "kind", ["states", "parameters", "definitions", "flows", "outputs", "inputs"]
)
def test_a_name_defined_twice_is_refused(model, kind):
    parts = getattr(model(), kind)
    with pytest.raises(ModelError, match=f"'{parts[0].name}' is defined twice"):
        model(**{kind: (*parts, parts[0])})


def test_a_parameter_and_a_state_do_not_share_a_name(model, value):
    with pytest.raises(ModelError, match="symbol 'central' is defined twice"):
        model(parameters=(*model().parameters, value("central", 1.0, "L")))


def test_one_drug_by_one_route_has_one_way_in(model):
    again = Input(
        name="bolus",
        routes=("intravenous",),
        substances=("esketamine",),
        parts=(InputPart(into="central"),),
    )
    with pytest.raises(ModelError, match="by route 'intravenous' enters by 2 inputs"):
        model(inputs=(*model().inputs, again))


def test_a_value_cites_a_source_the_model_lists(model):
    with pytest.raises(
        UnknownNameError, match=r"values\.clearance\.source: no source 'book_2000'"
    ):
        model(sources=())


def test_a_model_has_states(model):
    with pytest.raises(ModelError, match="states is empty"):
        model(states=())


def test_an_unknown_unit_names_its_place(model):
    with pytest.raises(UnitError, match=r"^tiny: states\.central\.unit: .*nmoll"):
        model(states=(State(name="central", unit="nmoll"),))


def test_every_refusal_names_the_model_in_one_line(model):
    with pytest.raises(InputError) as refusal:
        model(flows=elimination("clearance"))
    assert str(refusal.value).startswith("tiny: ")
    assert "\n" not in str(refusal.value)
