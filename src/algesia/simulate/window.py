"""`ExposureWindow`: between which times exposure is measured."""

from dataclasses import dataclass

__all__ = ["ExposureWindow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureWindow:
    """Between which times exposure is measured.

    Parameters
    ----------
    from_h, to_h
        Start and end, h; that of the run where None.
    """

    from_h: float | None = None
    to_h: float | None = None
