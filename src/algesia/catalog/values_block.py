"""Values an arm sets in its entries: each goes to the entry that has one of its name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from algesia.errors import InputError, ModelError, unknown_name
from algesia.model import Model

from .entry import Entry

__all__ = ["require_in_use", "with_values_of"]


def with_values_of(
    chosen: Sequence[Entry], values: Mapping[str, float | str], where: str
) -> list[Entry]:
    """Entries of an arm with the values that are set in them.

    Parameters
    ----------
    chosen
        The main entry, then its companions.
    values
        By name; that of a companion begins with its id, as in the results.
    where
        Place in the scenario, for messages.

    Raises
    ------
    InputError
        If no entry has such a value, or it cannot be what is asked.
    """
    if not values:
        return list(chosen)
    known = {
        (parameter.name if place == 0 else f"{each.id}_{parameter.name}"): (place, parameter)
        for place, each in reversed(list(enumerate(chosen)))
        for parameter in each.model.parameters
    }
    shares: list[dict[str, float | str]] = [{} for _ in chosen]
    for name, given in values.items():
        if name not in known:
            problem = unknown_name("value", name, known)
            raise type(problem)(f"{where}: {problem}")
        place, parameter = known[name]
        shares[place][parameter.name] = given
    try:
        return [
            replace(each, model=each.model.with_values(share)) if share else each
            for each, share in zip(chosen, shares, strict=True)
        ]
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None


def require_in_use(model: Model, values: Mapping[str, float | str], where: str) -> None:
    """Refuse a value that a companion sets, so that setting it would change nothing."""
    held = {parameter.name for parameter in model.parameters}
    for name in values:
        if name not in held:
            raise ModelError(
                f"{where}: '{name}' is set by a companion of this arm; expected one of the two"
            )
