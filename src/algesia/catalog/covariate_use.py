"""What a model makes of the covariates a scenario gives: levels it knows, effects it has."""

import re
from typing import Final

from algesia.errors import InputError, nearest_names
from algesia.model import Categorical, Model
from algesia.population import Cohort, covariate, is_level

from .scenario_schema import CohortFile

__all__ = ["checked_level", "unused_covariates", "used_covariates"]

_ALLELES: Final = re.compile(r"\*?(\d+)\s*/\s*\*?(\d+)")
# They matter without an effect: doses per kg, and the domain of age.
_SILENT: Final = frozenset({"weight", "height", "age"})
_KIN: Final = {
    "hepatic_impairment": "hepatic_function",
    "hepatic_function": "hepatic_impairment",
}


def checked_level(model: Model, name: str, value: bool | str, where: str) -> str:
    """Level of a covariate, refused where neither the model nor the covariate has it.

    Parameters
    ----------
    model
        The levels it names are known.
    name
        Name of a covariate that has levels.
    value
        What the scenario says.
    where
        Place in the scenario, for messages.

    Raises
    ------
    InputError
        If there is no such level. The message lists those there are.
    """
    known = _levels(model, name)
    text = str(value).lower() if isinstance(value, bool) else value
    if text in known or (not known and is_level(text)):
        return text
    expected = " or ".join(known) or covariate(name).accepted()
    alleles = _ALLELES.fullmatch(text.strip())
    meant = "_".join(f"star{allele}" for allele in sorted(alleles.groups())) if alleles else ""
    close = [meant] if meant in known else nearest_names(text, known)
    hint = f"; write {close[0]}" if close else ""
    raise InputError(f"{where} is '{text}'; {name} is {expected}{hint}")


def used_covariates(model: Model) -> set[str]:
    """Covariates that change a parameter of a model."""
    return {each.covariate for each in model.covariate_effects if not _is_off(each)}


def unused_covariates(
    model: Model, given: CohortFile | None, cohort: Cohort
) -> tuple[str, ...]:
    """Say which covariates the scenario gives and the model does nothing with.

    Parameters
    ----------
    model
        The model of the arm.
    given
        What the scenario says about its cohort.
    cohort
        What became of it; of a table, its columns.
    """
    if given is None:
        return ()
    named = dict.fromkeys((*(given.covariates or {}), *(given.typical or {})))
    if given.table is not None:
        named |= dict.fromkeys(cohort.covariates)
    acting = used_covariates(model)
    return tuple(
        _unused(model, name, acting)
        for name in named
        if name not in acting | _SILENT and not _is_domain_only(model, name)
    )


def _unused(model: Model, name: str, acting: set[str]) -> str:
    """One note; with the switch or the other covariate that does act, where there is one."""
    switches = dict.fromkeys(
        value.name
        for each in model.covariate_effects
        if each.covariate == name
        for value in each.reported
    )
    if switches:
        return (
            f"{name} changes nothing in {model.id} while {' and '.join(switches)} is 1; "
            "`values:` sets it"
        )
    kin = _KIN.get(name)
    instead = f" ({kin} is)" if kin in acting else ""
    return f"{name} is not used by {model.id}{instead}"


def _is_off(effect: object) -> bool:
    return isinstance(effect, Categorical) and effect.factor == 1.0


def _is_domain_only(model: Model, name: str) -> bool:
    """Whether a covariate only says whom the model is refused for."""
    return name == "pregnant" and not model.validity.pregnancy


def _levels(model: Model, name: str) -> tuple[str, ...]:
    """Levels the model names, and those there are at all."""
    found = dict.fromkeys(model.validity.levels().get(name, ()))
    for reported in model.population:
        if reported.covariate == name:
            found |= dict.fromkeys(reported.levels)
    for effect in model.covariate_effects:
        if isinstance(effect, Categorical) and effect.covariate == name:
            found[effect.level] = None
    return tuple(found | dict.fromkeys(covariate(name).levels))
