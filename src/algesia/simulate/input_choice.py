"""Which input of a model takes a dose: by its route, its drug and its formulation."""

from collections.abc import Iterable

from algesia.errors import RouteError
from algesia.model import Input, Model
from algesia.regimen import DoseRow

from .dose_member import inputs_for, refuse_unknown_route

__all__ = ["input_of"]

# Formulations that absorb so differently that a model must name them to take them.
_FORMULATIONS_APART = frozenset(
    {"slow-release tablet", "compounded spray", "wafer", "lozenge", "patch", "gel"}
)


def input_of(model: Model, row: DoseRow, *, drug: str | None = None) -> Input:
    """Input of the model that takes a dose.

    Of several inputs by one route the one counts that takes the drug, and of those the one
    that names the formulation; a dose without a formulation, or with a usual one, goes to the
    input that names none.

    Parameters
    ----------
    model
        The model.
    row
        The dose.
    drug
        What is given, where the dose does not say.

    Raises
    ------
    RouteError
        If not exactly one input takes it, naming the routes and formulations there are.
    """
    inputs = inputs_for(model, row, drug)
    refuse_unknown_route(model, row, inputs)
    if row.route is None:
        if len(inputs) == 1:
            return inputs[0]
        raise RouteError(
            f"the dose at {row.time_h:g} h names no route and model '{model.id}' has several; "
            f"expected one of {_routes(inputs)}"
        )
    served = [each for each in inputs if row.formulation in each.routes]
    served = served or [each for each in inputs if row.route in each.routes]
    given = row.drug or drug
    taking = [each for each in served if given in each.substances] or served
    matches = _by_formulation(taking, row)
    if len(matches) == 1:
        return matches[0]
    what = f"{row.route} {row.formulation}" if row.formulation else row.route
    if taking and not matches:
        raise RouteError(
            f"model '{model.id}' has no input for route '{what}'; it has {_routes(taking)}"
        )
    problem = "no" if not matches else "more than one"
    raise RouteError(
        f"model '{model.id}' has {problem} input for route '{what}'; it has {_routes(inputs)}"
    )


def _by_formulation(inputs: list[Input], row: DoseRow) -> list[Input]:
    """Those of a route's inputs that take the formulation of a dose."""
    wanted = row.formulation
    named = [each for each in inputs if wanted in (*each.formulations, *each.routes)]
    if wanted is not None and named:
        return named
    usual = [each for each in inputs if not each.formulations]
    if wanted in _FORMULATIONS_APART:
        return []
    return usual or (inputs if wanted is None else [])


def _routes(inputs: Iterable[Input]) -> str:
    """Routes and formulations of some inputs, in words."""
    words = [
        f"{route} {formulation}" if formulation else route
        for each in inputs
        for route in each.routes
        for formulation in (each.formulations or ("",))
    ]
    return ", ".join(dict.fromkeys(words)) or "no input at all"
