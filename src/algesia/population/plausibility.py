"""Whether a model may be used in the subjects of a cohort."""

import numpy as np

from algesia.arrays import BoolArray
from algesia.errors import DomainError
from algesia.model import Model

from .cohort import Cohort
from .covariate import Column, covariate

__all__ = ["check_validity"]

ADULT_FROM_YEARS = 18.0


def check_validity(model: Model, cohort: Cohort) -> tuple[str, ...]:
    """Refuse subjects outside the domain of a model.

    Parameters
    ----------
    model
        The model; its `validity` says for whom it holds.
    cohort
        Who is to receive it.

    Returns
    -------
    tuple of str
        One line for each covariate the domain limits but the cohort does not give, so that
        nothing could be checked.

    Raises
    ------
    DomainError
        If a subject is a child, pregnant, outside a range or of an unknown level, and the model
        does not hold there. The message names the first such subject, the value, the domain and
        the number of subjects outside.
    """
    validity, owners = model.validity, model.validity.owners
    if "age" in cohort.covariates and not validity.children:
        young = cohort.number("age") < ADULT_FROM_YEARS
        expected = f"adults of {ADULT_FROM_YEARS:g} years and above"
        _refuse(model, cohort, "age", young, expected + _of(owners.get("children")))
    if "pregnant" in cohort.covariates and not validity.pregnancy:
        pregnant = cohort.number("pregnant") > 0.0
        expected = "subjects who are not pregnant" + _of(owners.get("pregnancy"))
        _refuse(model, cohort, "pregnant", pregnant, expected)
    unchecked = []
    for name, (low, high) in validity.ranges().items():
        unit = covariate(name).unit
        if name not in cohort.covariates:
            unchecked.append(
                f"{name} is not given; the range {low:g} to {high:g} {unit} is unchecked"
            )
            continue
        column = cohort.number(name)
        outside = ~((column >= low) & (column <= high))
        expected = f"{low:g} to {high:g} {unit}{_of(owners.get(name))}"
        _refuse(model, cohort, name, outside, expected)
    for name, levels in validity.levels().items():
        if name not in cohort.covariates:
            unchecked.append(f"{name} is not given; {' or '.join(levels)} is unchecked")
            continue
        outside = ~np.isin(_words(cohort.column(name)), levels)
        expected = f"{name} {' or '.join(levels)}{_of(owners.get(name))}"
        _refuse(model, cohort, name, outside, expected)
    return tuple(unchecked)


def _of(owner: str | None) -> str:
    """Name the member of an assembly that a domain is of."""
    return "" if owner is None else f", the domain of '{owner}',"


def _refuse(model: Model, cohort: Cohort, name: str, wrong: BoolArray, expected: str) -> None:
    """Raise for the first subject outside, if there is one."""
    if not wrong.any():
        return
    first = int(np.argmax(wrong))
    held = covariate(name)
    hint = _narrower(model, name) if cohort.size > 1 and cohort.sampled else ""
    value = cohort.column(name)[first]
    shown = f"{value:g} {held.unit}" if held.kind == "number" else str(value).lower()
    raise DomainError(
        f"{name} of subject {cohort.subjects[first]} is {shown}; model '{model.id}' holds for "
        f"{expected} ({np.count_nonzero(wrong)} of {cohort.size} subjects are outside){hint}"
    )


def _narrower(model: Model, name: str) -> str:
    """Covariate block that keeps a sampled cohort inside the domain, as a hint."""
    limits = model.validity.ranges().get(name)
    levels = model.validity.levels().get(name)
    if limits is not None:
        low, high = limits
        if name == "age" and not model.validity.children:
            low = max(low, ADULT_FROM_YEARS)
        unit = covariate(name).unit
        block = f"{{distribution: uniform, low: {low:g} {unit}, high: {high:g} {unit}}}"
    elif levels:
        block = f"{{distribution: fixed, value: {levels[0]}}}"
    else:
        return ""
    return f"; a cohort inside it is, say, `cohort: {{covariates: {{{name}: {block}}}}}`"


def _words(column: Column) -> Column:
    """Levels as words; flags become `true` and `false`."""
    return np.where(column, "true", "false") if column.dtype == np.bool_ else column
