"""A cohort: who receives. Covariates as columns, one row per subject, and one seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError, InputError, unknown_name

from .covariate import Column, covariate
from .distribution import Conditional, Distribution
from .draws import uniform, whole_number

__all__ = ["Cohort"]

_SAMPLED = "sampled subjects"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohort:
    """Subjects with their covariates; column j depends only on subject j's number.

    Parameters
    ----------
    seed
        Seed of every draw made for these subjects, 0 or above.
    subjects
        Subject numbers, (S,), each once, 0 or above; at least one.
    covariates
        Columns by name, each (S,), in the unit of `COVARIATES`: weight kg, height cm, age year.
    spread
        Whether subjects differ at random from the typical subject of their covariates.
    notes
        Where the subjects came from, for reports.

    Examples
    --------
    >>> pair = Cohort(seed=1, subjects=np.array([4, 9]), covariates={"weight": [60.0, 82.0]})
    >>> pair.size, pair.column("weight").tolist()
    (2, [60.0, 82.0])
    """

    seed: int
    subjects: IntArray
    covariates: Mapping[str, Column]
    spread: bool = True
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        subjects = _checked_subjects(self.subjects)
        columns = {
            name: covariate(name).column(values, subjects)
            for name, values in self.covariates.items()
        }
        object.__setattr__(self, "seed", whole_number("seed", self.seed))
        object.__setattr__(self, "subjects", subjects)
        object.__setattr__(self, "covariates", columns)

    @classmethod
    def sample(
        cls,
        size: int,
        distributions: Mapping[str, Distribution | Conditional],
        seed: int,
        *,
        first_subject: int = 0,
    ) -> Self:
        """Draw the covariates of numbered subjects.

        Parameters
        ----------
        size
            Number of subjects, 1 or above.
        distributions
            Distribution of each covariate; a `Conditional` may rest on a plain one.
        seed
            Seed of every draw, 0 or above.
        first_subject
            Number of the first subject; the rest follow.

        Returns
        -------
        Cohort
            Subjects `first_subject` to `first_subject + size - 1`.

        Examples
        --------
        >>> from algesia.population import Uniform
        >>> small = Cohort.sample(3, {"age": Uniform(low=18.0, high=65.0)}, 5)
        >>> large = Cohort.sample(300, {"age": Uniform(low=18.0, high=65.0)}, 5)
        >>> bool((small.column("age") == large.column("age")[:3]).all())
        True
        """
        if whole_number("cohort size", size) < 1:
            raise DomainError(f"cohort size is {size}; expected at least 1 subject")
        first = whole_number("first subject", first_subject)
        subjects = np.arange(first, first + size, dtype=np.int64)
        plain: dict[str, Column] = {}
        for name, distribution in distributions.items():
            if not isinstance(distribution, Conditional):
                probability = uniform(seed, f"covariate:{name}", subjects)
                plain[name] = distribution.quantile(probability)
        columns: dict[str, Column] = {}
        for name, distribution in distributions.items():
            if isinstance(distribution, Conditional):
                given = _decider(name, distribution, plain)
                probability = uniform(seed, f"covariate:{name}", subjects)
                columns[name] = distribution.quantile_given(probability, given)
            else:
                columns[name] = plain[name]
        note = f"{size} {_SAMPLED}, seed {seed}"
        return cls(seed=seed, subjects=subjects, covariates=columns, notes=(note,))

    @classmethod
    def typical(
        cls,
        covariates: Mapping[str, float | bool | str],
        *,
        subject: int = 0,
        seed: int = 0,
    ) -> Self:
        """One subject with the given covariates and no random difference from the typical one.

        Examples
        --------
        >>> Cohort.typical({"weight": 70.0, "female": False}).spread
        False
        """
        columns = {name: np.array([value]) for name, value in covariates.items()}
        return cls(
            seed=seed,
            subjects=np.array([subject], dtype=np.int64),
            covariates=columns,
            spread=False,
            notes=("typical subject, no spread",),
        )

    @property
    def size(self) -> int:
        """Number of subjects, S."""
        return int(self.subjects.size)

    @property
    def sampled(self) -> bool:
        """Whether covariates were drawn from distributions, which may be said otherwise."""
        return any(_SAMPLED in note for note in self.notes)

    def column(self, name: str) -> Column:
        """Covariate of a name, (S,), or an error that lists what the cohort has."""
        if name not in self.covariates:
            raise unknown_name("covariate of this cohort", name, self.covariates)
        return self.covariates[name]

    def number(self, name: str) -> FloatArray:
        """Numeric covariate of a name, (S,); flags read as 0 and 1."""
        column = self.column(name)
        if column.dtype.kind == "U":
            raise InputError(f"covariate '{name}' holds words; expected a number or a flag")
        return column.astype(np.float64)

    def subset(self, subjects: Iterable[int]) -> Self:
        """Return the subjects of the given numbers, in the order given."""
        wanted = np.array(list(subjects), dtype=np.int64)
        row = {number: place for place, number in enumerate(self.subjects.tolist())}
        absent = [number for number in wanted.tolist() if number not in row]
        if absent:
            raise InputError(
                f"subject {absent[0]} is not in the cohort; it has {self.size} subjects from "
                f"{self.subjects.min()} to {self.subjects.max()}"
            )
        places = np.array([row[number] for number in wanted.tolist()], dtype=np.int64)
        columns = {name: column[places] for name, column in self.covariates.items()}
        return replace(self, subjects=wanted, covariates=columns)

    def part(self, first: int, stop: int) -> Self:
        """Return the subjects from one place to another, the last place left out.

        Examples
        --------
        >>> five = Cohort(seed=1, subjects=np.arange(5), covariates={})
        >>> five.part(1, 3).subjects.tolist()
        [1, 2]
        """
        columns = {name: column[first:stop] for name, column in self.covariates.items()}
        return replace(self, subjects=self.subjects[first:stop], covariates=columns)


def _checked_subjects(given: IntArray) -> IntArray:
    """Subject numbers as a read-only copy; empty, repeated and negative ones are refused."""
    subjects = np.asarray(given)
    if subjects.size == 0:
        raise DomainError("the cohort has 0 subjects; expected at least 1")
    if subjects.ndim != 1 or subjects.dtype.kind not in "iu":
        raise InputError(
            f"subjects have shape {subjects.shape} and type {subjects.dtype}; "
            "expected a row of whole numbers"
        )
    subjects = subjects.astype(np.int64)
    if subjects.min() < 0:
        raise DomainError(f"subject {subjects.min()} is negative; expected 0 or above")
    numbers, counts = np.unique(subjects, return_counts=True)
    if (counts > 1).any():
        repeated = numbers[np.argmax(counts > 1)]
        raise InputError(f"subject {repeated} appears {counts.max()} times; expected once")
    subjects.flags.writeable = False
    return subjects


def _decider(name: str, distribution: Conditional, plain: Mapping[str, Column]) -> Column:
    """Column a conditional distribution rests on."""
    if distribution.by not in plain:
        raise InputError(
            f"distribution of '{name}' rests on '{distribution.by}', which is not sampled by a "
            f"plain distribution; plain ones: {', '.join(plain) or 'none'}"
        )
    return plain[distribution.by]
