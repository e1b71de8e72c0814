"""A small model with every kind of spread and covariate effect."""

from types import SimpleNamespace
from typing import Any

import pytest

from algesia.model import (
    Allometry,
    Categorical,
    CovarianceBlock,
    Flow,
    Input,
    InputPart,
    LinearAbove,
    Model,
    Output,
    Parameter,
    RandomEffect,
    State,
    parse,
)
from algesia.provenance import Grade, Reported
from algesia.units import dimension

VALUES = {"clearance": (80.0, "L/h"), "volume": (100.0, "L"), "bioavailability": (0.2, "1")}


def reported(name: str, value: float, unit: str, form: str = "estimate") -> Reported:
    return Reported(
        name=name,
        value=value,
        unit=unit,
        form=form,  # type: ignore[arg-type]
        origin="assumed",
        grade=Grade(kind="D", certainty="low"),
        source="",
        locator="",
        note="made up for a test",
    )


def effect(
    name: str,
    variance: float,
    *,
    kind: str = "log_normal",
    level: str = "subject",
    parameters: tuple[str, ...] = (),
) -> RandomEffect:
    form = "log_variance" if kind == "log_normal" else "logit_sd"
    return RandomEffect(
        name=name,
        parameters=parameters or (name,),
        kind=kind,  # type: ignore[arg-type]
        level=level,  # type: ignore[arg-type]
        variance=variance,
        reported=reported(f"{name}_{level}_spread", variance, "1", form),
    )


def block(
    names: tuple[str, str], first: float, second: float, covariance: float
) -> CovarianceBlock:
    return CovarianceBlock(effects=names, matrix=((first, covariance), (covariance, second)))


SIZE = Allometry(parameters=("clearance",), covariate="weight", reference=70.0, exponent=0.75)
ASIAN = Categorical(parameter="volume", covariate="ethnicity", level="asian", factor=0.5)
WOMEN = Categorical(parameter="volume", covariate="female", level="true", factor=0.8)
ELDERLY = LinearAbove(
    parameter="clearance",
    covariate="age",
    threshold=60.0,
    slope=-2.0,
    slope_dimension=dimension("L/h/year"),
)


def build_model(**parts: Any) -> Model:
    """A one-compartment model; parts replace those of the same name."""
    given: dict[str, Any] = {
        "id": "small",
        "title": "small model",
        "drug": "esketamine",
        "states": (State(name="central", unit="mg", substance="esketamine"),),
        "parameters": tuple(
            Parameter(name=name, reported=reported(name, value, unit))
            for name, (value, unit) in VALUES.items()
        ),
        "flows": (
            Flow(
                name="elimination",
                source="central",
                target=None,
                rate=parse("clearance / volume * central"),
            ),
        ),
        "outputs": tuple(
            Output(
                name=name,
                expression=parse("central / volume"),
                unit="mg/L",
                substance="esketamine",
                site=site,
            )
            for name, site in (("arterial", "arterial plasma"), ("venous", "venous plasma"))
        ),
        "inputs": (
            Input(
                name="oral",
                routes=("oral",),
                substances=("esketamine",),
                parts=(InputPart(into="central", fraction=parse("bioavailability")),),
            ),
        ),
    }
    return Model(**{**given, **parts})


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The builders above; test files cannot import from this one."""
    return SimpleNamespace(
        model=build_model,
        effect=effect,
        block=block,
        reported=reported,
        size=SIZE,
        asian=ASIAN,
        women=WOMEN,
        elderly=ELDERLY,
    )
