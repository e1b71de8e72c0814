"""The covariates a subject may have: name, kind, unit and the range people show."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.errors import DomainError, InputError, UnknownNameError, unknown_name

__all__ = ["COVARIATES", "Column", "Covariate", "covariate", "is_level"]

TextArray: TypeAlias = NDArray[np.str_]
Column: TypeAlias = FloatArray | BoolArray | TextArray
Kind = Literal["number", "flag", "level"]

LONGEST_LEVEL = 40

_OTHER_NAMES = MappingProxyType(
    {
        "sex": "female",
        "gender": "female",
        "male": "female",
        "race": "ethnicity",
        "cyp2b6": "cyp2b6_genotype",
        "child_pugh": "hepatic_impairment",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariate:
    """One covariate as every cohort holds it.

    Parameters
    ----------
    name
        Name in models, cohorts and tables.
    kind
        ``number`` (float64), ``flag`` (true or false) or ``level`` (a lower-case word).
    unit
        Unit of a number as held, such as ``kg``; ``1`` for flags and levels.
    low, high
        Range a number may take, both ends included; outside it is a slip of the pen.
    levels
        Words there are, where they are a closed list.
    description
        What it is and what it is not.
    """

    name: str
    kind: Kind
    unit: str = "1"
    low: float = -np.inf
    high: float = np.inf
    levels: tuple[str, ...] = ()
    description: str

    def column(self, values: object, subjects: IntArray) -> Column:
        """Check one value per subject and return them as a read-only column.

        Parameters
        ----------
        values
            Numbers, truth values or words, (S,).
        subjects
            Subject numbers, (S,), for the message.

        Returns
        -------
        Column
            A copy, (S,): float64, bool or unicode.

        Raises
        ------
        DomainError
            If a value is missing, not finite or outside the range, naming the first subject.
        """
        given = np.asarray(values)
        if given.shape != subjects.shape:
            raise InputError(
                f"covariate '{self.name}' has shape {given.shape}; "
                f"expected one value for each of {subjects.size} subjects"
            )
        column = _CHECKS[self.kind](self, given, subjects)
        column.flags.writeable = False
        return column

    def accepted(self) -> str:
        """Describe what the covariate accepts, for messages."""
        if self.kind == "number":
            return f"{self.low:g} to {self.high:g} {self.unit}"
        if self.levels:
            return " or ".join(self.levels)
        return "true or false" if self.kind == "flag" else "a lower-case word such as 'asian'"


def covariate(name: str) -> Covariate:
    """Covariate of a name, or an error with the closest name.

    Examples
    --------
    >>> covariate("weight").unit
    'kg'
    """
    if name in _OTHER_NAMES:
        meant = COVARIATES[_OTHER_NAMES[name]]
        raise UnknownNameError(
            f"no covariate '{name}'; expected {meant.name}, {meant.accepted()}"
        )
    if name not in COVARIATES:
        raise unknown_name("covariate", name, COVARIATES)
    return COVARIATES[name]


def is_level(text: str) -> bool:
    """Whether a text may be the level of a covariate: short, lower-case words.

    Examples
    --------
    >>> is_level("asian"), is_level("Asian"), is_level("a@b.org")
    (True, False, False)
    """
    word = text.replace("_", "").replace(" ", "").replace("-", "")
    return word.isalnum() and text == text.casefold() and len(text) <= LONGEST_LEVEL


def _numbers(what: Covariate, given: NDArray[Any], subjects: IntArray) -> Column:
    if given.dtype.kind not in "iuf":
        raise _refusal(what, given[0], subjects[0])
    column = given.astype(np.float64)
    # Written so that NaN fails as well.
    wrong = ~((column >= what.low) & (column <= what.high))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise _refusal(what, f"{column[first]:g} {what.unit}", subjects[first])
    return column


def _flags(what: Covariate, given: NDArray[Any], subjects: IntArray) -> Column:
    if given.dtype != np.bool_:
        raise _refusal(what, given[0], subjects[0])
    return given.astype(np.bool_)


def _levels(what: Covariate, given: NDArray[Any], subjects: IntArray) -> Column:
    if given.dtype.kind != "U":
        raise _refusal(what, given[0], subjects[0])
    for level in np.unique(given).tolist():
        if not is_level(level):
            first = int(np.argmax(given == level))
            raise _refusal(what, f"{level[:LONGEST_LEVEL]!r}", subjects[first])
    return given.astype(np.str_)


_CHECKS = {"number": _numbers, "flag": _flags, "level": _levels}


def _refusal(what: Covariate, value: object, subject: object) -> DomainError:
    return DomainError(
        f"{what.name} of subject {subject} is {value}; expected {what.accepted()}"
    )


_TABLE = (
    Covariate(
        name="weight",
        kind="number",
        unit="kg",
        low=0.5,
        high=400.0,
        description="actual body weight; not ideal, lean or adjusted weight",
    ),
    Covariate(
        name="height",
        kind="number",
        unit="cm",
        low=30.0,
        high=250.0,
        description="standing height, or length of an infant",
    ),
    Covariate(
        name="age",
        kind="number",
        unit="year",
        low=0.0,
        high=120.0,
        description="years since birth; not gestational age",
    ),
    Covariate(
        name="creatinine_clearance",
        kind="number",
        unit="mL/min",
        low=0.0,
        high=300.0,
        description="creatinine clearance; not indexed to body surface",
    ),
    Covariate(
        name="hepatic_function",
        kind="number",
        unit="fraction",
        low=0.0,
        high=1.0,
        description="share of the usual metabolic capacity of the liver that is left; assumed, "
        "not a laboratory value",
    ),
    Covariate(name="female", kind="flag", description="sex assigned at birth is female"),
    Covariate(name="pregnant", kind="flag", description="pregnant at the time of the dose"),
    Covariate(name="ethnicity", kind="level", description="ethnicity as the study reported it"),
    Covariate(
        name="cyp2b6_genotype",
        kind="level",
        levels=("star1_star1", "star1_star6", "star6_star6"),
        description="star1_star1, star1_star6 or star6_star6: the alleles *1 and *6 of CYP2B6",
    ),
    Covariate(
        name="hypertension",
        kind="level",
        levels=("absent", "present"),
        description="absent or present: a history of high blood pressure, treated or not",
    ),
    Covariate(
        name="hepatic_impairment",
        kind="level",
        levels=("none", "mild", "moderate", "severe"),
        description="none, mild, moderate or severe, by Child-Pugh class",
    ),
)

COVARIATES: Mapping[str, Covariate] = MappingProxyType({row.name: row for row in _TABLE})
