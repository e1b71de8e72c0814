import pytest

from algesia.errors import InputError, ModelError, UnitError, UnknownNameError
from algesia.model import Flow, Input, InputPart, Output, State, parse


def both_enantiomers(model, value, **changes):
    """Racemic ketamine split into its enantiomers, each with its own clearance."""
    parts = {
        "drug": "ketamine",
        "states": (
            State(name="s", unit="nmol", substance="esketamine"),
            State(name="r", unit="nmol", substance="arketamine"),
        ),
        "parameters": (value("rate_s", 1.0, "1/h"), value("rate_r", 0.86, "1/h")),
        "definitions": (),
        "flows": (
            Flow(name="out_s", source="s", target=None, rate=parse("rate_s * s")),
            Flow(name="out_r", source="r", target=None, rate=parse("rate_r * r")),
        ),
        "outputs": (
            Output(name="amount_s", expression=parse("s"), unit="nmol", substance="esketamine"),
        ),
        "inputs": (
            Input(
                name="intravenous",
                routes=("intravenous",),
                substances=("ketamine",),
                parts=(
                    InputPart(into="s", fraction=parse("1 / 2")),
                    InputPart(into="r", fraction=parse("1 / 2")),
                ),
            ),
        ),
    }
    return model(**{**parts, **changes})


def test_a_racemate_may_be_split_into_both_enantiomers(model, value):
    assert both_enantiomers(model, value).inputs[0].substances == ("ketamine",)


def test_a_racemate_put_into_one_enantiomer_alone_is_refused(model):
    (entry,) = model().inputs
    racemic = Input(
        name="intravenous", routes=entry.routes, substances=("ketamine",), parts=entry.parts
    )
    with pytest.raises(
        UnitError, match="puts racemic ketamine into states of the S enantiomer only"
    ):
        model(inputs=(racemic,))


@pytest.mark.parametrize("drug", ["arketamine", "morphine"])
def test_another_moiety_than_the_state_holds_is_refused_naming_both(model, drug):
    wrong = Input(
        name="intravenous",
        routes=("intravenous",),
        substances=(drug,),
        parts=(InputPart(into="central"),),
    )
    with pytest.raises(UnitError, match=f"puts {drug} into 'central', which holds esketamine"):
        model(inputs=(wrong,))


def test_a_state_may_hold_whatever_was_given(model):
    every = Input(
        name="intravenous",
        routes=("intravenous",),
        substances=("ketamine", "esketamine", "arketamine"),
        parts=(InputPart(into="central"),),
    )
    general = model(
        states=(State(name="central", unit="nmol", substance="given"),), inputs=(every,)
    )
    assert general.states[0].substance == "given"
    with pytest.raises(ModelError, match="expected the names of the drugs"):
        model(
            inputs=(
                Input(name="x", routes=("oral",), substances=("given",), parts=every.parts),
            )
        )


def test_a_substance_is_known_by_its_project_name(model):
    with pytest.raises(UnknownNameError, match=r"states\.central: no substance 'esketamin'"):
        model(states=(State(name="central", unit="nmol", substance="esketamin"),))
    with pytest.raises(ModelError, match="expected its project name 'esketamine'"):
        model(states=(State(name="central", unit="nmol", substance="S-ketamine"),))


def test_an_output_is_expressed_in_a_form_the_substance_has(model):
    plasma = Output(
        name="plasma",
        expression=parse("concentration"),
        unit="ng/mL",
        substance="esketamine",
        form="hydrochlorid",
    )
    with pytest.raises(InputError, match=r"outputs\.plasma\.form: .*hydrochloride"):
        model(outputs=(plasma,))
