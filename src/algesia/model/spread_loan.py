"""Random effects borrowed from another model, marked as the assumption they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from algesia.errors import ModelError, unknown_name
from algesia.provenance import Grade, Reported

from .covariance_block import CovarianceBlock
from .parameter import Parameter
from .random_effect import RandomEffect

if TYPE_CHECKING:
    from .model import Model

__all__ = ["borrow_spread"]


def borrow_spread(model: "Model", lender: "Model", mapping: Mapping[str, str]) -> "Model":
    """Return a model whose parameters vary as those of another model do.

    Parameters
    ----------
    model
        The model that lacks the spread.
    lender
        The model that reports it.
    mapping
        Random effect of the lender for each parameter of the model that is to vary. Parameters
        that share an effect share its draws; effects drawn together stay together.
    """
    if not mapping:
        raise ModelError(
            f"no spread is asked of '{lender.id}'; expected at least one parameter"
        )
    effects = {effect.name: effect for effect in lender.random_effects}
    borrowers: dict[str, list[str]] = {}
    for parameter, effect in mapping.items():
        model.parameter(parameter)
        if effect not in effects:
            raise unknown_name(f"random effect of model '{lender.id}'", effect, effects)
        borrowers.setdefault(effect, []).append(parameter)
    borrowed = tuple(
        _borrowed_effect(lender, effects[name], tuple(parameters))
        for name, parameters in borrowers.items()
    )
    blocks = tuple(
        _borrowed_block(lender, part)
        for part in (block.restricted(borrowers) for block in lender.blocks)
        if part is not None
    )
    values = [effect.reported for effect in borrowed]
    values += [value for block in blocks for value in block.reported]
    held = {parameter.name for parameter in model.parameters}
    added = {value.name: Parameter(name=value.name, reported=value) for value in values}
    named = {source.key for source in model.sources}
    cited = {value.source for value in values} - named
    return replace(
        model,
        random_effects=(*model.random_effects, *borrowed),
        blocks=(*model.blocks, *blocks),
        parameters=(*model.parameters, *(p for p in added.values() if p.name not in held)),
        sources=(*model.sources, *(s for s in lender.sources if s.key in cited)),
        notes=(*model.notes, f"spread borrowed from {lender.id}, grade D"),
    )


def _borrowed_effect(
    lender: "Model", effect: RandomEffect, parameters: tuple[str, ...]
) -> RandomEffect:
    return replace(
        effect, parameters=parameters, reported=_borrowed_value(lender, effect.reported)
    )


def _borrowed_block(lender: "Model", block: CovarianceBlock) -> CovarianceBlock:
    values = tuple(_borrowed_value(lender, value) for value in block.reported)
    return replace(block, reported=values)


def _borrowed_value(lender: "Model", value: Reported) -> Reported:
    """Return the value as it was printed, but an assumption in the model that borrows it."""
    note = f"borrowed from {lender.id}"
    return replace(
        value,
        name=f"{lender.id}_{value.name}",
        origin="assumed",
        grade=Grade(kind="D", certainty="low"),
        note=f"{note}; {value.note}" if value.note else note,
    )
