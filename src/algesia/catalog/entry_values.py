"""The values of a catalogue entry by name, each with its unit, form, grade and source."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from algesia.errors import InputError, UnknownNameError, unknown_name
from algesia.model import Parameter, in_covariate_unit
from algesia.provenance import Form, Grade, Origin, Reported, Source
from algesia.units import to_canonical

from .entry_schema import ValueFile, ValuesFile
from .quantity_text import number_and_unit

__all__ = ["EntryValues", "located"]


@contextmanager
def located(where: str) -> Iterator[None]:
    """Put a place in front of the message of any mistake made inside.

    Examples
    --------
    >>> with located("values.clearance"):
    ...     raise InputError("is 'fast'; expected a number")
    Traceback (most recent call last):
    algesia.errors.InputError: values.clearance: is 'fast'; expected a number
    """
    try:
        yield
    except InputError as error:
        raise type(error)(f"{where}: {error}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryValues:
    """Sources and values of one entry.

    Parameters
    ----------
    sources
        The sources.
    parameters
        Each value by its name.
    """

    sources: tuple[Source, ...]
    parameters: Mapping[str, Parameter]

    @classmethod
    def from_file(cls, file: ValuesFile) -> "EntryValues":
        """Build them from a checked `values.yaml`.

        Raises
        ------
        InputError
            If a source or value is incomplete or contradicts itself. The message names it.
        """
        sources = []
        for key, row in file.sources.items():
            with located(f"sources.{key}"):
                sources.append(Source(key=key, **row.model_dump()))
        parameters = {name: _parameter(name, row) for name, row in file.values.items()}
        return cls(sources=tuple(sources), parameters=parameters)

    def reported(self, name: str, where: str) -> Reported:
        """Value of a name, or an error that says where it was wanted."""
        if name not in self.parameters:
            problem = unknown_name("value", name, self.parameters)
            raise UnknownNameError(f"{where}: {problem}")
        return self.parameters[name].reported

    def covariate_number(
        self, name: str, covariate: str, where: str
    ) -> tuple[float, tuple[Reported, ...]]:
        """Number of a covariate in its unit, from the name of a value or a quantity as text."""
        if name not in self.parameters and name[:1].isdigit():
            number, unit = number_and_unit(name, where)
            with located(where):
                return in_covariate_unit(covariate, number, unit), ()
        reported = self.reported(name, where)
        with located(where):
            return in_covariate_unit(covariate, reported.number(), reported.unit), (reported,)


def _parameter(name: str, row: ValueFile) -> Parameter:
    with located(f"values.{name}"):
        reported = Reported(
            name=name,
            value=row.value,
            unit=row.unit,
            form=cast("Form", row.form),
            origin=cast("Origin", row.origin),
            grade=Grade(kind=row.grade.kind, certainty=row.grade.certainty),
            source=row.source,
            locator=row.locator,
            note=row.note,
        )
        return Parameter(
            name=name,
            reported=reported,
            minimum=None if row.minimum is None else to_canonical(row.minimum, row.unit),
            maximum=None if row.maximum is None else to_canonical(row.maximum, row.unit),
        )
