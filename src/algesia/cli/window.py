"""Between which times the exposure is taken."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algesia.errors import DomainError

if TYPE_CHECKING:
    from algesia.simulate import Scenario
    from algesia.simulate.run_summary import RunSummary

__all__ = ["ExposureWindow", "single_times"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureWindow:
    """Exposure window.

    Parameters
    ----------
    from_h, to_h
        Its ends, h; None is the end of the run on that side.
    """

    from_h: float | None
    to_h: float | None

    @classmethod
    def from_text(cls, start: str | None, stop: str | None) -> "ExposureWindow":
        """Window from two texts such as '30 min'."""
        if start is None and stop is None:
            return cls(from_h=None, to_h=None)
        from algesia.catalog.quantity_text import hours

        return cls(
            from_h=None if start is None else hours(start, "--from"),
            to_h=None if stop is None else hours(stop, "--to"),
        )

    def refuse(self, scenario: "Scenario") -> None:
        """Refuse a window outside the sampled times before anything is simulated."""
        for arm in scenario.arms:
            sampling = arm.sampling or scenario.sampling
            if sampling is None or (self.from_h is None and self.to_h is None):
                continue
            first, last = float(sampling.times_h[0]), float(sampling.times_h[-1])
            start = first if self.from_h is None else self.from_h
            stop = last if self.to_h is None else self.to_h
            if not first <= start < stop <= last:
                raise DomainError(
                    f"exposure window of arm '{arm.name}' is {start:g} to {stop:g} h; "
                    f"expected --from before --to, inside {first:g} to {last:g} h"
                )


def single_times(summary: "RunSummary") -> tuple[str, ...]:
    """Say which arms have no exposure because they were looked at once."""
    return tuple(
        f"arm '{arm.name}' is sampled at {arm.time_h[0]:g} h alone; it has no exposure"
        for arm in summary.arms
        if not arm.time_h[-1] > arm.time_h[0]
    )
