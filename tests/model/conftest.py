"""A one-compartment model to take apart: `value` makes parameters, `model` makes variants."""

from collections.abc import Callable
from typing import Any

import pytest

from algesia.model import (
    Definition,
    Flow,
    Input,
    InputPart,
    Model,
    Output,
    Parameter,
    State,
    parse,
)
from algesia.provenance import Grade, Reported, Source

SOURCE = Source(
    key="book_2000", authors="A B", year=2000, title="A book", journal="Press", doi="10.1000/1"
)


def make_reported(
    name: str, number: float | None, unit: str, form: str = "estimate"
) -> Reported:
    return Reported(
        name=name,
        value=number,
        unit=unit,
        form=form,
        origin="reported",
        grade=Grade(kind="A", certainty="high"),
        source="book_2000",
        locator="Table 1",
    )


def make_value(name: str, number: float | None, unit: str, form: str = "estimate") -> Parameter:
    return Parameter(name=name, reported=make_reported(name, number, unit, form))


def make_model(**changes: Any) -> Model:
    parts: dict[str, Any] = {
        "id": "tiny",
        "title": "One compartment",
        "drug": "esketamine",
        "states": (State(name="central", unit="nmol", substance="esketamine"),),
        "parameters": (make_value("clearance", 90.0, "L/h"), make_value("volume", 30.0, "L")),
        "definitions": (
            Definition(name="concentration", expression=parse("central / volume")),
        ),
        "flows": (
            Flow(
                name="elimination",
                source="central",
                target=None,
                rate=parse("clearance * concentration"),
            ),
        ),
        "outputs": (
            Output(
                name="plasma",
                expression=parse("concentration"),
                unit="ng/mL",
                substance="esketamine",
                site="arterial plasma",
            ),
        ),
        "inputs": (
            Input(
                name="intravenous",
                routes=("intravenous",),
                substances=("esketamine",),
                parts=(InputPart(into="central"),),
                infusible=True,
            ),
        ),
        "sources": (SOURCE,),
    }
    return Model(**{**parts, **changes})


@pytest.fixture
def reported() -> Callable[..., Reported]:
    return make_reported


@pytest.fixture
def value() -> Callable[..., Parameter]:
    return make_value


@pytest.fixture
def model() -> Callable[..., Model]:
    return make_model
