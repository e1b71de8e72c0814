"""A small patient whose pain falls with the drug, and protocols; made for closed forms."""

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
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, Tolerance
from algesia.simulate.criterion import parse_criterion
from algesia.simulate.protocol import Protocol
from algesia.simulate.rule import Action, Rule
from algesia.simulate.sight import Sight
from algesia.simulate.visit import Visits

from .small_models import SOURCE, value

RELATIVE = 1e-8


def pain_model():
    """One compartment; pain 8 at rest, relieved by the concentration; a pressure that rises."""
    values = [
        value("clearance", 60.0, "L/h"),
        value("volume", 100.0, "L"),
        value("absorption", 1.0, "1/h"),
        value("pain_at_rest", 8.0, "1"),
        value("half_relief", 0.2, "mg/L"),
        value("pressure_slope", 100.0, "mmHg*L/mg"),
        value("spread", 0.2, "1", "log_variance"),
    ]
    effect = RandomEffect.from_reported(
        name="half_relief",
        parameters=("half_relief", "pain_at_rest"),
        kind="log_normal",
        level="subject",
        reported=values[-1],
    )
    takes = {"substances": ("esketamine",)}
    return Model(
        id="pain_model",
        title="pain that falls with the drug",
        drug="esketamine",
        states=(
            State(name="depot", unit="mg", substance="esketamine"),
            State(name="central", unit="mg", substance="esketamine"),
        ),
        parameters=tuple(Parameter(name=each.name, reported=each) for each in values),
        flows=(
            Flow(name="uptake", source="depot", target="central",
                 rate=parse("absorption * depot")),
            Flow(name="elimination", source="central", target=None,
                 rate=parse("clearance * central / volume")),
        ),
        outputs=(
            Output(name="plasma", expression=parse("central / volume"), unit="ng/mL",
                   substance="esketamine", site="venous plasma"),
            Output(name="pain", unit="1",
                   expression=parse("pain_at_rest / (1 + central / volume / half_relief)")),
            Output(name="pressure", unit="mmHg",
                   expression=parse("pressure_slope * central / volume")),
        ),
        inputs=(
            Input(name="oral", routes=("oral",), parts=(InputPart(into="depot"),), **takes),
            Input(name="intravenous", routes=("intravenous",), infusible=True,
                  parts=(InputPart(into="central"),), **takes),
        ),
        random_effects=(effect,),
        sources=(SOURCE,),
    )  # fmt: skip


MODEL = pain_model()


def people(size, *, spread=True):
    return Cohort(
        seed=11,
        subjects=np.arange(size),
        covariates={"weight": np.linspace(60.0, 90.0, size)},
        spread=spread,
    )


def rule(name, when, priority=1, *, drug=None, probability=None, limits=None, **then):
    """A rule from its condition and what it changes."""
    return Rule(
        name=name,
        when=parse_criterion(when, where=name),
        then=Action(**then),
        priority=priority,
        drug=drug,
        probability=None if probability is None else parse(probability),
        **(limits or {}),
    )


def protocol(*rules, every_h=24.0, until_h=240.0, from_h=None, error_sd=0.5, **more):
    sights = (
        Sight(name="pain", shows="pain", error_sd=error_sd, low=0.0, high=10.0)
        if error_sd
        else Sight(name="pain", shows="pain", oracle=True),
        Sight(name="pressure", shows="pressure", oracle=True),
    )
    visits = Visits.every(every_h, until_h=until_h, from_h=from_h)
    return Protocol(visits=visits, sights=sights, rules=rules, **more)


def reactive_scenario(plan, rules, *, size=20, until_h=240.0, spread=True, **sampling):
    arm = Arm(
        name="arm",
        model=MODEL,
        regimen=parse_regimen(plan),
        cohort=people(size, spread=spread),
        protocol=rules,
    )
    return Scenario(
        title="a test",
        arms=(arm,),
        sampling=Sampling.every(3.0, until_h=until_h, **sampling),
        tolerance=Tolerance(relative=RELATIVE),
    )
