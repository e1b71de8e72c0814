"""A linear and a saturable model that take every kind of dose an event table can give."""

from dataclasses import replace

from algesia.model import Allometry, Flow, Input, InputPart, Parameter, parse
from tests.simulate.small_models import one_compartment, value

VALUES = (
    value("lag_time", 0.4, "h"),
    value("available", 0.6, "1"),
    value("asked_rate", 6.0, "mg/h"),
    value("asked_duration", 3.0, "h"),
    value("release_time", 5.0, "h"),
)
INPUTS = (
    Input(
        name="oral",
        routes=("oral",),
        substances=("esketamine",),
        parts=(
            InputPart(into="depot", fraction=parse("0.7 * available"), lag=parse("lag_time")),
            InputPart(into="central", fraction=parse("0.3 * available")),
        ),
    ),
    Input(
        name="intravenous",
        routes=("intravenous",),
        substances=("esketamine",),
        infusible=True,
        parts=(
            InputPart(
                into="central",
                fraction=parse("available"),
                lag=parse("2 * lag_time"),
                modelled_rate=parse("asked_rate"),
                modelled_duration=parse("asked_duration * available"),
            ),
        ),
    ),
    Input(
        name="patch",
        routes=("topical",),
        substances=("esketamine",),
        parts=(
            InputPart(
                into="central",
                fraction=parse("where(dose_number > 1, 0.5, 1)"),
                duration=parse("release_time"),
            ),
        ),
    ),
)


def linear():
    """One compartment with first-order absorption, its clearance by weight."""
    model = one_compartment()
    return replace(
        model,
        id="linear_tables",
        inputs=INPUTS,
        parameters=(
            *model.parameters,
            *(Parameter(name=each.name, reported=each) for each in VALUES),
        ),
        covariate_effects=(
            Allometry(
                parameters=("clearance",), covariate="weight", reference=70.0, exponent=0.75
            ),
        ),
    )


def saturable():
    """The same with an elimination of at most 6 mg/h, half of it at 30 mg."""
    model = linear()
    extra = (value("fastest", 6.0, "mg/h"), value("half", 30.0, "mg"))
    kept = tuple(each for each in model.parameters if each.name != "clearance")
    return replace(
        model,
        id="saturable_tables",
        parameters=(*kept, *(Parameter(name=each.name, reported=each) for each in extra)),
        covariate_effects=(
            Allometry(
                parameters=("fastest",), covariate="weight", reference=70.0, exponent=0.75
            ),
        ),
        flows=(
            model.flows[0],
            Flow(
                name="elimination",
                source="central",
                target=None,
                rate=parse("fastest * central / (half + central)"),
            ),
        ),
    )
