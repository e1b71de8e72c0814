"""How far a number can be trusted: the kind of evidence and its certainty."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

from algesia.errors import unknown_name

__all__ = ["CERTAINTIES", "KINDS", "Certainty", "Grade", "Kind"]

Kind: TypeAlias = Literal["A", "B", "C", "D"]
Certainty: TypeAlias = Literal["high", "moderate", "low"]

KINDS = MappingProxyType({"A": "human", "B": "animal", "C": "in vitro", "D": "assumption"})
CERTAINTIES: tuple[Certainty, ...] = ("high", "moderate", "low")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """Evidence behind a value, on two axes that do not stand in for each other.

    Parameters
    ----------
    kind
        'A' human, 'B' animal, 'C' in vitro, 'D' assumption.
    certainty
        'high', 'moderate' or 'low', from number of subjects, replication and risk of bias.

    Examples
    --------
    >>> str(Grade(kind="A", certainty="moderate"))
    'A, moderate'
    """

    kind: Kind
    certainty: Certainty

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown_name("grade", str(self.kind), KINDS)
        if self.certainty not in CERTAINTIES:
            raise unknown_name("certainty", str(self.certainty), CERTAINTIES)

    def __str__(self) -> str:
        return f"{self.kind}, {self.certainty}"

    @property
    def evidence(self) -> str:
        """The kind in a word: human, animal, in vitro or assumption."""
        return KINDS[self.kind]

    @classmethod
    def from_text(cls, text: str) -> "Grade":
        """Grade from the text that `str` writes, such as 'A, moderate'.

        Examples
        --------
        >>> Grade.from_text("D, low").evidence
        'assumption'
        """
        kind, _, certainty = str(text).partition(",")
        return cls(
            kind=cast("Kind", kind.strip()), certainty=cast("Certainty", certainty.strip())
        )
