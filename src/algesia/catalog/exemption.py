"""Exemptions: what a model declares that it cannot show, and whether it had to."""

from typing import Final

from .entry import Entry
from .gate import Issue

__all__ = ["EXEMPTIBLE", "unless_exempt"]

EXEMPTIBLE: Final = (
    "moles_conserved",
    "linear",
    "baseline_holds",
    "displaced_baseline_returns",
)
"""Gates a model may be exempt from; it must say why, and it must need it."""


def unless_exempt(entry: Entry, gate: str, issues: list[Issue]) -> list[Issue]:
    """Issues of a gate once the exemption of the model is taken into account.

    Parameters
    ----------
    entry
        The entry.
    gate
        Name of the gate, one of `EXEMPTIBLE`.
    issues
        What the gate found.

    Returns
    -------
    list of Issue
        The issues where the model declares no exemption; none where it declares one and needs
        it; one issue where it declares one that it does not need.
    """
    if gate not in entry.model.exemptions:
        return issues
    if issues:
        return []
    return [
        Issue(
            gate=gate,
            place=f"model.yaml, exemptions.{gate}",
            message="is declared but the gate passes without it; remove it",
        )
    ]
