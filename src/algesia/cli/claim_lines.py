"""Claims of an entry as the report shows them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from algesia.catalog.claim import Claim, ClaimTolerance
    from algesia.report.model_card import ClaimLine

__all__ = ["claim_line", "tolerance_text"]


def claim_line(
    claim: "Claim", *, predicted: float | None = None, holds: bool | None = None
) -> "ClaimLine":
    """Put a claim beside what the model gives.

    Parameters
    ----------
    claim
        The claim.
    predicted
        What the model gives, in the unit of the claim; None where it was not run.
    holds
        Whether the two agree; None where it was not run.
    """
    from algesia.report.model_card import ClaimLine

    return ClaimLine(
        sentence=claim.sentence,
        expected=claim.expected,
        predicted=predicted,
        unit=claim.unit,
        holds=holds,
        tolerance=tolerance_text(claim.tolerance, claim.unit),
        expected_to_fail=claim.expected_to_fail,
    )


def tolerance_text(tolerance: "ClaimTolerance", unit: str) -> str:
    """How far off a prediction may be, and why."""
    if tolerance.ratio is not None:
        return f"factor {tolerance.ratio:g}, {tolerance.reason}"
    return f"±{tolerance.absolute:g} {unit}, {tolerance.reason}"
