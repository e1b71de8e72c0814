"""Which member of an assembly takes a dose."""

from algesia.errors import RouteError
from algesia.model import Input, Model
from algesia.regimen import DoseRow
from algesia.units import substance

__all__ = ["inputs_for", "refuse_unknown_route"]


def inputs_for(model: Model, row: DoseRow, drug: str | None = None) -> tuple[Input, ...]:
    """Inputs of the members that take the drug of a dose.

    A model that stands alone offers all its inputs, and says itself what it cannot take. A dose
    that names no drug is one of the main member.

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
        If no member takes the drug. The message lists what they take.
    """
    if all(each.member is None for each in model.inputs):
        return model.inputs
    given = row.drug or drug
    if given is None:
        return tuple(each for each in model.inputs if each.member is None)
    molecule = substance(given).molecule
    found = tuple(
        each
        for each in model.inputs
        if any(substance(name).molecule == molecule for name in each.substances)
    )
    if not found:
        takes = dict.fromkeys(name for each in model.inputs for name in each.substances)
        raise RouteError(f"model '{model.id}' takes no {given}; it takes {', '.join(takes)}")
    return found


def refuse_unknown_route(model: Model, row: DoseRow, inputs: tuple[Input, ...]) -> None:
    """Refuse a route of which the model says that it knows nothing.

    Parameters
    ----------
    model
        The model.
    row
        The dose.
    inputs
        Those of the member that takes its drug.

    Raises
    ------
    RouteError
        With the reason the model gives.
    """
    reason = model.unknown_routes.get(row.route or "")
    if reason is None or any(each.member for each in inputs):
        return
    held = dict.fromkeys(route for each in inputs for route in each.routes)
    raise RouteError(
        f"model '{model.id}' knows nothing of route '{row.route}': {reason}; "
        f"it has {', '.join(held) or 'no route'}"
    )
