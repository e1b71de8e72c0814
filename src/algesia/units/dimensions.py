"""What kind of thing a unit measures, with body weight apart from mass."""

from dataclasses import dataclass
from fractions import Fraction

from algesia.errors import UnitError

__all__ = ["BASES", "DIMENSIONLESS", "Dimension"]

# Each base dimension: its name, pint's name and its canonical unit. Canonical units of composed
# dimensions follow from these, so that an expression of canonical numbers has a canonical
# result. Volume is length cubed: 1 dm^3 is 1 L.
BASES: tuple[tuple[str, str, str], ...] = (
    ("mass", "[mass]", "mg"),
    ("amount", "[substance]", "nmol"),
    ("length", "[length]", "dm"),
    ("time", "[time]", "h"),
    ("body_weight", "[body_weight]", "kg_body"),
    ("current", "[current]", "A"),
)
_LENGTH = 2
_LENGTHS_PER_VOLUME = 3


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents of the base dimensions mass, amount, length, time, body weight and current.

    Parameters
    ----------
    exponents
        One rational exponent per base dimension in the order of `BASES`, (6,).

    Examples
    --------
    >>> concentration = Dimension.of(amount=1, length=-3)
    >>> str(concentration), concentration.canonical_unit
    ('amount/volume', 'nmol/L')
    >>> str(concentration * Dimension.of(length=3))
    'amount'
    """

    exponents: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        if len(self.exponents) != len(BASES):
            raise UnitError(
                f"dimension has {len(self.exponents)} exponents; expected {len(BASES)}, "
                f"one each for {', '.join(name for name, _, _ in BASES)}"
            )

    @classmethod
    def of(cls, **exponents: Fraction | int) -> "Dimension":
        """Dimension from named exponents, for example ``Dimension.of(mass=1, length=-3)``."""
        known = [name for name, _, _ in BASES]
        for name in exponents:
            if name not in known:
                raise UnitError(f"no base dimension '{name}'; known: {', '.join(known)}")
        return cls(tuple(Fraction(exponents.get(name, 0)) for name in known))

    def exponent(self, base: str) -> Fraction:
        """Exponent of one base dimension by its name in `BASES`."""
        return self.exponents[[name for name, _, _ in BASES].index(base)]

    @property
    def dimensionless(self) -> bool:
        """Whether every exponent is zero."""
        return not any(self.exponents)

    @property
    def canonical_unit(self) -> str:
        """Unit text composed of mg, nmol, L, h and kg_body; '1' when dimensionless."""
        return _compose(self._parts(volume="L", names=[unit for _, _, unit in BASES]))

    def __mul__(self, other: "Dimension") -> "Dimension":
        return Dimension(
            tuple(a + b for a, b in zip(self.exponents, other.exponents, strict=True))
        )

    def __truediv__(self, other: "Dimension") -> "Dimension":
        return Dimension(
            tuple(a - b for a, b in zip(self.exponents, other.exponents, strict=True))
        )

    def __pow__(self, power: Fraction | int) -> "Dimension":
        return Dimension(tuple(a * Fraction(power) for a in self.exponents))

    def __str__(self) -> str:
        text = _compose(self._parts(volume="volume", names=[name for name, _, _ in BASES]))
        return "dimensionless" if text == "1" else text

    def _parts(self, *, volume: str, names: list[str]) -> list[tuple[str, Fraction]]:
        """Named exponents; a length that is a whole number of volumes is written as volume."""
        parts = list(zip(names, self.exponents, strict=True))
        volumes = self.exponents[_LENGTH] / _LENGTHS_PER_VOLUME
        if volumes.denominator == 1:
            parts[_LENGTH] = (volume, volumes)
        return parts


def _compose(parts: list[tuple[str, Fraction]]) -> str:
    """Text of a product of powers, numerators first: 'mg/h/kg_body', '1/h', '1'."""
    above = "*".join(_power_text(name, power) for name, power in parts if power > 0)
    below = "".join("/" + _power_text(name, -power) for name, power in parts if power < 0)
    return (above or "1") + below


def _power_text(name: str, power: Fraction) -> str:
    """Text of a name with its power: 'h', 'h^2', 'kg_body^(3/4)'."""
    if power == 1:
        return name
    return f"{name}^{power}" if power.denominator == 1 else f"{name}^({power})"


DIMENSIONLESS = Dimension.of()
