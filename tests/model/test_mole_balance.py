from algesia.model import Flow, Input, InputPart, State, parse


def chain(value, unit, *, fraction="share", share=0.8):
    """Drug to metabolite to nowhere, in moles or in mass."""
    return {
        "states": (
            State(name="central", unit=unit, substance="esketamine"),
            State(name="metabolite", unit=unit, substance="esnorketamine"),
        ),
        "parameters": (
            value("clearance", 90.0, "L/h"),
            value("volume", 30.0, "L"),
            value("share", share, "1"),
            value("rate", 0.5, "1/h"),
        ),
        "flows": (
            Flow(
                name="formation",
                source="central",
                target="metabolite",
                rate=parse("clearance * concentration"),
                fraction=parse(fraction),
            ),
            Flow(
                name="excretion",
                source="metabolite",
                target=None,
                rate=parse("rate * metabolite"),
            ),
        ),
    }


def test_a_chain_in_moles_conserves_them(model, value):
    balance = model(**chain(value, "nmol")).conserves_moles()
    assert balance.problems == ()
    assert balance.conserved


def test_mass_passed_to_another_molecule_does_not_conserve_moles(model, value):
    balance = model(**chain(value, "mg")).conserves_moles()
    assert balance.problems == (
        "flow 'formation': carries mg of esketamine into mg of esnorketamine, "
        "a mass between different molecules",
    )
    assert not balance.accepted


def test_a_declared_exemption_is_accepted_and_still_shows_the_problem(model, value):
    balance = model(
        **chain(value, "mg"), exemptions={"moles_conserved": "apparent volumes"}
    ).conserves_moles()
    assert balance.accepted
    assert not balance.conserved
    assert balance.exemption == "apparent volumes"


def test_mass_of_one_substance_may_move(model, value):
    tissue = State(name="tissue", unit="mg", substance="esketamine")
    central = State(name="central", unit="mg", substance="esketamine")
    moved = model(
        states=(central, tissue),
        flows=(
            *model().flows,
            Flow(
                name="uptake",
                source="central",
                target="tissue",
                rate=parse("clearance * concentration"),
            ),
        ),
    )
    assert moved.conserves_moles().conserved


def test_a_share_above_one_creates_moles(model, value):
    balance = model(**chain(value, "nmol", share=1.2)).conserves_moles()
    assert balance.problems == ("flow 'formation': fraction is 1.2 at typical values",)


def test_moles_from_nowhere_are_found(model):
    made = Flow(
        name="synthesis", source=None, target="central", rate=parse("clearance * concentration")
    )
    balance = model(flows=(*model().flows, made)).conserves_moles()
    assert balance.problems == ("flow 'synthesis': enters 'central' from nowhere",)


def test_an_amount_changed_by_a_formula_of_its_own_is_found(model):
    balance = model(
        flows=(), derivatives={"central": parse("-clearance * concentration")}
    ).conserves_moles()
    assert balance.problems == (
        "derivative of 'central': changes an amount by a formula of its own, not by flows",
    )


def test_an_input_that_hands_out_more_than_the_dose_is_found(model, value):
    film = Input(
        name="film",
        routes=("film",),
        substances=("esketamine",),
        parts=(
            InputPart(into="central", fraction=parse("mucosal")),
            InputPart(into="central", fraction=parse("swallowed")),
        ),
    )
    parameters = (
        *model().parameters,
        value("mucosal", 0.263, "1"),
        value("swallowed", 1.16, "1"),
    )
    balance = model(parameters=parameters, inputs=(film,)).conserves_moles()
    assert balance.problems == ("input 'film': hands out 1.423 doses at typical values",)


def test_effects_are_no_moles(model, value):
    effect = model(
        states=(*model().states, State(name="effect", unit="nmol/L")),
        parameters=(*model().parameters, value("rate", 1.0, "1/h")),
        derivatives={"effect": parse("rate * (concentration - effect)")},
    )
    assert effect.conserves_moles().conserved
