from dataclasses import replace

import pytest

from algesia.errors import ModelError, UnitError
from algesia.model import Assembly, DataColumn, Definition, Flow, Input, InputPart, parse

RATE = DataColumn(name="clearance_column", column="CL", unit="mL/min")


@pytest.fixture
def measured(model, value):
    """The small model with its clearance in a table."""
    return model(
        parameters=(value("volume", 30.0, "L"),),
        data_columns=(RATE,),
        definitions=(
            Definition(name="rate", expression=parse("clearance_column / volume")),
            Definition(name="concentration", expression=parse("central / volume")),
        ),
        flows=(
            Flow(
                name="elimination", source="central", target=None, rate=parse("rate * central")
            ),
        ),
    )


def test_a_data_column_is_a_value_like_any_other_but_has_no_typical_one(measured):
    assert measured.dynamic_parameters() == ("volume", "clearance_column")
    assert [each.name for each in measured.constant_definitions()] == ["rate"]
    with pytest.raises(ModelError, match="'clearance_column', which has no typical value"):
        measured.typical_constants()


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        (replace(RATE, unit="mL"), UnitError, r"flows\.elimination\.rate"),
        (replace(RATE, name="volume"), ModelError, "symbol 'volume' is defined twice"),
        (replace(RATE, unit="frogs"), UnitError, r"data_columns\.clearance_column\.unit"),
    ],
)
def test_a_data_column_that_does_not_fit_is_refused(column, error, message, measured):
    with pytest.raises(error, match=message):
        replace(measured, data_columns=(column,))


def test_a_data_column_must_be_used_and_have_a_column(measured):
    unused = DataColumn(name="mode", column="MODE", unit="1")
    with pytest.raises(ModelError, match=r"data_columns\.mode is used nowhere"):
        replace(measured, data_columns=(RATE, unused))
    with pytest.raises(ModelError, match="column is empty"):
        DataColumn(name="mode", column=" ", unit="1")


def test_a_member_of_an_assembly_keeps_its_columns_under_its_own_names(measured):
    joined = Assembly(
        id="joined", title="alone", members={"pk": measured}, connections={}
    ).flatten()
    assert joined.data_columns == (replace(RATE, name="pk_clearance_column"),)
    assert joined.dynamic_parameters() == ("pk_volume", "pk_clearance_column")


def given(**formulas):
    part = InputPart(into="central", **{key: parse(text) for key, text in formulas.items()})
    return Input(
        name="intravenous", routes=("intravenous",), substances=("esketamine",), parts=(part,)
    )


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("duration", "volume / clearance", "volume"),
        ("rate", "dose_amount * clearance / volume", "clearance"),
        ("modelled_rate", "dose_amount * clearance / volume", "dose_amount"),
        ("modelled_duration", "volume / clearance", "clearance / volume"),
    ],
)
def test_lengths_and_rates_of_an_input_have_their_dimension(key, right, wrong, model):
    assert getattr(model(inputs=(given(**{key: right}),)).inputs[0].parts[0], key) is not None
    with pytest.raises(UnitError, match=rf"inputs\.intravenous\.parts\.0\.{key}: '{wrong}'"):
        model(inputs=(given(**{key: wrong}),))


def test_an_input_has_one_source_of_its_length(model):
    with pytest.raises(ModelError, match="has duration and rate; expected"):
        given(duration="volume / clearance", rate="dose_amount * clearance / volume")
    with pytest.raises(ModelError, match="has duration and modelled_rate; expected"):
        given(duration="volume / clearance", modelled_rate="dose_amount * clearance / volume")
    with pytest.raises(ModelError, match="infusible and has a part with a duration or rate"):
        replace(given(duration="volume / clearance"), infusible=True)
    assert replace(given(modelled_duration="volume / clearance"), infusible=True).infusible
    with pytest.raises(ModelError, match="compartment 0; expected 1"):
        replace(given(), compartment=0)
