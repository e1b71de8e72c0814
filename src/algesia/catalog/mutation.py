"""`Mutation`: a plausible slip in one value of an entry, made on purpose."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, cast

from algesia.errors import InputError
from algesia.provenance import Form, Reported
from algesia.units import canonical_unit

__all__ = ["MUTATION_KINDS", "Mutation", "mutations_of"]

MutationKind: TypeAlias = Literal["a tenth more", "sign", "SD for variance", "unit prefix"]

MUTATION_KINDS: Final[tuple[MutationKind, ...]] = (
    "a tenth more",
    "sign",
    "SD for variance",
    "unit prefix",
)
"""Slips tried on every value they can be made in."""

_TENTH_MORE: Final = 1.1
_OTHER_FORM: Final[Mapping[str, str]] = {
    "log_sd": "log_variance",
    "log_variance": "log_sd",
    "sd": "variance",
    "variance": "sd",
}
_SQUARED_FORMS: Final = frozenset({"cv_percent", "logit_sd"})
_OTHER_UNIT: Final[Mapping[str, str]] = {
    "L": "mL",
    "mL": "L",
    "min": "h",
    "h": "min",
    "year": "day",
    "kg": "g",
    "g": "mg",
    "mg": "ug",
    "ug": "mg",
    "ng": "ug",
    "nmol": "umol",
    "umol": "nmol",
    "%": "1",
}
_FIRST_NAME: Final = re.compile(r"%|[^\W\d]+")
_DIMENSIONLESS: Final = frozenset({"1", "fraction", "ratio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One value as a slip of the pen would have left it.

    Parameters
    ----------
    kind
        Which slip; one of `MUTATION_KINDS`.
    before
        The value of the entry.
    value, unit, form
        What would stand there instead.
    """

    kind: MutationKind
    before: Reported
    value: float
    unit: str
    form: str

    def mutant(self) -> Reported:
        """Reported value with the slip in it.

        Raises
        ------
        InputError
            If no such value can be: the slip is noticed at once.
        """
        return replace(
            self.before, value=self.value, unit=self.unit, form=cast("Form", self.form)
        )

    def __str__(self) -> str:
        was = f"{self.before.number():g} {self.before.unit} ({self.before.form})"
        slip = f"{self.value:g} {self.unit} ({self.form})"
        return f"{self.before.name}: {self.kind}: {slip}, not {was}"


def mutations_of(reported: Reported) -> Iterator[Mutation]:
    """Every slip that changes what a value says.

    Parameters
    ----------
    reported
        The value; one without a number has none.

    Examples
    --------
    >>> from algesia.provenance import Grade
    >>> volume = Reported(name="volume_central", value=11.6, unit="L", form="estimate",
    ...     origin="reported", grade=Grade(kind="A", certainty="moderate"),
    ...     source="simons_2022", locator="Table 4")
    >>> [(each.value, each.unit) for each in mutations_of(volume)]
    [(12.76, 'L'), (-11.6, 'L'), (11.6, 'mL')]
    """
    if not reported.known:
        return
    number, unit, form = reported.number(), reported.unit, reported.form
    slips: list[tuple[MutationKind, float, str, str]] = [
        ("a tenth more", _TENTH_MORE * number, unit, form),
        ("sign", -number, unit, form),
    ]
    if form in _OTHER_FORM:
        slips.append(("SD for variance", number, unit, _OTHER_FORM[form]))
    elif form in _SQUARED_FORMS:
        one = 100.0 if form == "cv_percent" else 1.0
        slips.append(("SD for variance", number * number / one, unit, form))
    other = _other_prefix(unit)
    if other is not None:
        slips.append(("unit prefix", number, other, form))
    elif unit in _DIMENSIONLESS:
        slips.append(("unit prefix", number / 100.0, unit, form))
    for kind, value, new_unit, new_form in slips:
        nothing = number == 0.0 and kind != "SD for variance"
        if not nothing and (value, new_unit, new_form) != (number, unit, form):
            yield Mutation(
                kind=kind, before=reported, value=value, unit=new_unit, form=new_form
            )


def _other_prefix(unit: str) -> str | None:
    """Unit with its first name slipped to a neighbour, None where it has none."""
    for name in _FIRST_NAME.finditer(unit):
        other = _OTHER_UNIT.get(name.group())
        if other is None:
            continue
        slipped = f"{unit[: name.start()]}{other}{unit[name.end() :]}"
        try:
            canonical_unit(slipped)
        except InputError:
            continue
        return slipped
    return None
