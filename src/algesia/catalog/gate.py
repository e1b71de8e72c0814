"""A gate: a fact that must hold of every catalogue entry, and what is said where not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from .entry import Entry

__all__ = ["Gate", "Issue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing that is wrong with an entry.

    Parameters
    ----------
    gate
        Name of the gate that found it.
    place
        Where it is: a file, a value, an input, an output, a claim; may be empty.
    message
        What was found and what would be accepted.

    Examples
    --------
    >>> print(Issue(gate="files_complete", place="README.md", message="is empty"))
    files_complete: README.md: is empty
    """

    gate: str
    place: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.gate, self.place, self.message) if part)


Gate: TypeAlias = Callable[[Entry], list[Issue]]
"""What looks at an entry and returns everything it found wrong, nothing where all is well."""
