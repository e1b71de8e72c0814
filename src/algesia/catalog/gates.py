"""Every gate of the catalogue, and how an entry is put through them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from algesia.errors import AlgesiaError

from .entry import Entry
from .gate import Gate, Issue
from .gates_balance import moles_conserved, no_negative_amounts
from .gates_baseline import baseline_holds, displaced_baseline_returns
from .gates_claims import claims_hold
from .gates_domain import (
    absent_route_refused,
    dose_ranges_stated,
    outside_validity_refused,
)
from .gates_dose import dose_moves_every_output, every_number_moves_an_output
from .gates_files import exemptions_known, files_complete, no_open_question, sources_cited
from .gates_names import names_in_vocabulary, spread_has_form
from .gates_plausible import numbers_plausible
from .gates_solver import fast_path_equals_slow_path, linear

__all__ = ["CLAIMS_GATE", "GATES", "issues_of"]

CLAIMS_GATE: Final = "claims_hold"
"""The one gate that `sound` does not need and `reproduced` does."""

GATES: Final[Mapping[str, Gate]] = MappingProxyType(
    {
        gate.__name__: gate
        for gate in (
            files_complete,
            no_open_question,
            sources_cited,
            exemptions_known,
            names_in_vocabulary,
            spread_has_form,
            numbers_plausible,
            outside_validity_refused,
            absent_route_refused,
            dose_ranges_stated,
            dose_moves_every_output,
            every_number_moves_an_output,
            no_negative_amounts,
            moles_conserved,
            baseline_holds,
            displaced_baseline_returns,
            linear,
            fast_path_equals_slow_path,
            claims_hold,
        )
    }
)
"""Every gate by its name, in the order they are run."""


def issues_of(entry: Entry) -> tuple[Issue, ...]:
    """Put an entry through every gate.

    Parameters
    ----------
    entry
        The entry.

    Returns
    -------
    tuple of Issue
        Everything found, in the order of `GATES`; a gate that the entry makes impossible to run
        is an issue of that gate.
    """
    issues: list[Issue] = []
    for name, gate in GATES.items():
        try:
            issues += gate(entry)
        except AlgesiaError as error:
            issues.append(Issue(gate=name, place="", message=f"could not be run: {error}"))
    return tuple(issues)
