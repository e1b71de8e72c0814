"""The gate of claims: each comes out as its entry says."""

from .claim_check import ClaimCheck, check_claims
from .entry import Entry
from .gate import Issue

__all__ = ["claims_hold"]


def claims_hold(entry: Entry) -> list[Issue]:
    """Every claim holds, and one that is declared to fail does fail."""
    return [
        Issue(gate="claims_hold", place=f"claims.{check.claim.id}", message=_message(check))
        for check in check_claims(entry)
        if not check.settled
    ]


def _message(check: ClaimCheck) -> str:
    if check.problem:
        return f"could not be checked: {check.problem}"
    numbers = (
        f"predicted {check.predicted:.4g}, printed {check.expected:g} {check.unit} "
        f"({_tolerance(check)})"
    )
    if check.misfit:
        return f"is declared to fail but holds: {numbers}; remove expected_to_fail"
    return f"fails: {numbers}"


def _tolerance(check: ClaimCheck) -> str:
    tolerance = check.claim.tolerance
    if tolerance.ratio is not None:
        return f"accepted within a factor of {tolerance.ratio:g}"
    return f"accepted within {tolerance.absolute:g} {check.unit}"
