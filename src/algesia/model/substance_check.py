"""Which drug goes where: names, forms, and no racemate taken for an enantiomer."""

from typing import TYPE_CHECKING

from algesia.errors import InputError, ModelError, UnitError
from algesia.units import Substance, substance

from .dose_input import Input
from .state import GIVEN

if TYPE_CHECKING:
    from .model import Model

__all__ = ["check_substances"]


def check_substances(model: "Model") -> None:
    """Refuse substances that do not exist and inputs that put one moiety where another belongs.

    Raises
    ------
    InputError
        At the first such place. The message names it.
    """
    held: dict[str, Substance | None] = {}
    for state in model.states:
        held[state.name] = _known(f"states.{state.name}", state.substance)
    for output in model.outputs:
        moiety = _known(f"outputs.{output.name}", output.substance)
        if moiety is not None and output.form != "base":
            _require_form(f"outputs.{output.name}", moiety, output.form)
    for entry in model.inputs:
        for name in entry.substances:
            given = _known(f"inputs.{entry.name}", name)
            if given is None:
                raise ModelError(
                    f"inputs.{entry.name}: substance is '{GIVEN}'; "
                    "expected the names of the drugs"
                )
            _check_moiety(entry, given, held)


def _known(where: str, name: str | None) -> Substance | None:
    """Substance of a name; None where none is named or it is whatever was given."""
    if name is None or name == GIVEN:
        return None
    try:
        found = substance(name)
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None
    if found.name != name:
        raise ModelError(
            f"{where}: substance is '{name}'; expected its project name '{found.name}'"
        )
    return found


def _require_form(where: str, moiety: Substance, form: str) -> None:
    try:
        moiety.salt_factor(form)
    except InputError as error:
        raise type(error)(f"{where}.form: {error}") from None


def _check_moiety(entry: Input, given: Substance, held: dict[str, Substance | None]) -> None:
    """Refuse a dose in states of another moiety; a racemate is split both ways or not."""
    sides: set[str] = set()
    for place, part in enumerate(entry.parts):
        target = held[part.into]
        if target is None:
            continue
        where = f"inputs.{entry.name}.parts.{place}"
        if target.molecule != given.molecule:
            raise UnitError(
                f"{where}: puts {given.name} into '{part.into}', which holds {target.name}; "
                "expected one molecule"
            )
        if target.stereochemistry == given.stereochemistry:
            continue
        if given.stereochemistry != "racemate":
            raise UnitError(
                f"{where}: puts {given.name} into '{part.into}', which holds {target.name}; "
                "expected the same enantiomer or the racemate"
            )
        sides.add(target.stereochemistry)
    if len(sides) == 1:
        raise UnitError(
            f"inputs.{entry.name}: puts racemic {given.name} into states of the "
            f"{sides.pop()} enantiomer only; expected parts for both, "
            "or the enantiomer as substance"
        )
