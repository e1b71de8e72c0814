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
    validity = model.validity
    if "age" in cohort.covariates and not validity.children:
        young = cohort.number("age") < ADULT_FROM_YEARS
        _refuse(model, cohort, "age", young, f"adults of {ADULT_FROM_YEARS:g} years and above")
    if "pregnant" in cohort.covariates and not validity.pregnancy:
        pregnant = cohort.number("pregnant") > 0.0
        _refuse(model, cohort, "pregnant", pregnant, "subjects who are not pregnant")
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
        _refuse(model, cohort, name, outside, f"{low:g} to {high:g} {unit}")
    for name, levels in validity.levels().items():
        if name not in cohort.covariates:
            unchecked.append(f"{name} is not given; {' or '.join(levels)} is unchecked")
            continue
        outside = ~np.isin(_words(cohort.column(name)), levels)
        _refuse(model, cohort, name, outside, f"{name} {' or '.join(levels)}")
    return tuple(unchecked)


def _refuse(model: Model, cohort: Cohort, name: str, wrong: BoolArray, expected: str) -> None:
    """Raise for the first subject outside, if there is one."""
    if not wrong.any():
        return
    first = int(np.argmax(wrong))
    held = covariate(name)
    value = cohort.column(name)[first]
    shown = f"{value:g} {held.unit}" if held.kind == "number" else str(value).lower()
    raise DomainError(
        f"{name} of subject {cohort.subjects[first]} is {shown}; model '{model.id}' holds for "
        f"{expected} ({np.count_nonzero(wrong)} of {cohort.size} subjects are outside)"
    )


def _words(column: Column) -> Column:
    """Levels as words; flags become `true` and `false`."""
    return np.where(column, "true", "false") if column.dtype == np.bool_ else column
