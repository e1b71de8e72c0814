"""Small models the tests here share; numbers chosen for closed forms, not from papers."""

import numpy as np

from algesia.model import (
    Flow,
    Input,
    InputPart,
    Model,
    Output,
    Parameter,
    RandomEffect,
    State,
    parse,
)
from algesia.population import Cohort
from algesia.provenance import Grade, Reported, Source
from algesia.simulate import Arm, Sampling, Scenario, Tolerance, run

CLEARANCE, VOLUME, ABSORPTION = 1.1, 20.0, 1.5


def value(name, number, unit, form="fixed"):
    return Reported(
        name=name,
        value=number,
        unit=unit,
        form=form,
        origin="assumed",
        grade=Grade(kind="D", certainty="low"),
        source="closed_form",
        locator="",
        note="chosen for a closed form",
    )


SOURCE = Source(
    key="closed_form", authors="none", year=2026, title="none", journal="none", note="a test"
)


def one_compartment(*, lag_h=0.0, fraction=1.0, duration_h=None, spread=None, occasion=None):
    """One compartment with first-order absorption, as in the NONMEM comparison set."""
    values = [
        value("clearance", CLEARANCE, "L/h"),
        value("volume", VOLUME, "L"),
        value("absorption", ABSORPTION, "1/h"),
    ]
    part = {}
    if lag_h:
        values.append(value("lag_time", lag_h, "h"))
        part["lag"] = parse("lag_time")
    if fraction != 1.0:
        values.append(value("available", fraction, "1"))
        part["fraction"] = parse("available")
    if duration_h is not None:
        values.append(value("length", duration_h, "h"))
        part["duration"] = parse("length")
    effects = []
    for level, variance in (("subject", spread), ("occasion", occasion)):
        if variance is not None:
            reported = value(f"{level}_spread", variance, "1", "log_variance")
            values.append(reported)
            effects.append(
                RandomEffect.from_reported(
                    name=f"clearance_{level}",
                    parameters=("clearance",),
                    kind="log_normal",
                    level=level,
                    reported=reported,
                )
            )
    return Model(
        id="one_compartment",
        title="one compartment",
        drug="esketamine",
        states=(
            State(name="depot", unit="mg", substance="esketamine"),
            State(name="central", unit="mg", substance="esketamine"),
        ),
        parameters=tuple(Parameter(name=each.name, reported=each) for each in values),
        flows=(
            Flow(
                name="uptake",
                source="depot",
                target="central",
                rate=parse("absorption * depot"),
            ),
            Flow(
                name="elimination",
                source="central",
                target=None,
                rate=parse("clearance * central / volume"),
            ),
        ),
        outputs=(
            Output(
                name="plasma",
                expression=parse("central / volume"),
                unit="ng/mL",
                substance="esketamine",
                site="venous plasma",
            ),
        ),
        inputs=(
            Input(
                name="oral",
                routes=("oral",),
                substances=("esketamine",),
                parts=(InputPart(into="depot"),),
                infusible=True,
            ),
            Input(
                name="intravenous",
                routes=("intravenous",),
                substances=("esketamine",),
                parts=(InputPart(into="central", **part),),
                infusible=duration_h is None,
            ),
        ),
        random_effects=tuple(effects),
        sources=(SOURCE,),
    )


def typical():
    return Cohort(seed=1, subjects=np.array([0]), covariates={"weight": [70.0]}, spread=False)


HOURLY = Sampling.every(1.0, until_h=48.0)


def run_arm(model, regimen, *, cohort=None, sampling=HOURLY, relative=1e-9, **arm):
    cohort = typical() if cohort is None else cohort
    scenario = Scenario(
        title="a test",
        arms=(Arm(name="arm", model=model, regimen=regimen, cohort=cohort, **arm),),
        sampling=sampling,
        tolerance=Tolerance(relative=relative),
    )
    return run(scenario).arms[0]
