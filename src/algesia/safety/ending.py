"""How a plan ends: whether it steps down, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass

from .session import SizedDose

__all__ = ["Ending", "ending_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The steps down at the end of a plan.

    Parameters
    ----------
    length_h
        From the first lower dose to the end, h; 0 where it does not step down.
    shares
        Each step as a share of the level before the first, in time order.
    """

    length_h: float
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """Doses of one size in a row."""

    size: float
    start_h: float
    end_h: float


def ending_of(doses: Sequence[SizedDose]) -> Ending | None:
    """Find the steps down at the end.

    Parameters
    ----------
    doses
        Doses, ordered by time; infusions are compared by their rate, others by their size, and
        only those of the kind that comes last.

    Returns
    -------
    Ending or None
        None where sizes are not known. A single lower level counts only if the level before it
        lasted at least as long: what follows a loading dose is no step down.
    """
    alike = [dose for dose in doses if dose.infusion == doses[-1].infusion]
    sizes = _sizes(alike)
    if sizes is None:
        return None
    levels = _levels(alike, sizes)
    first = len(levels) - 1
    while first > 0 and levels[first - 1].size > levels[first].size:
        first -= 1
    top, steps = levels[first], levels[first + 1 :]
    lasted_h = steps[-1].end_h - steps[0].start_h if steps else 0.0
    if not steps or (len(steps) == 1 and steps[0].start_h - top.start_h < lasted_h):
        return Ending(length_h=0.0, shares=())
    return Ending(length_h=lasted_h, shares=tuple(step.size / top.size for step in steps))


def _sizes(doses: Sequence[SizedDose]) -> list[float] | None:
    """Rate or amount of every dose in one unit, or None where there is no common one."""
    for amounts in (
        [dose.milligrams for dose in doses],
        [dose.milligrams_per_kg for dose in doses],
    ):
        known = [amount for amount in amounts if amount is not None]
        if len(known) == len(amounts):
            return [
                amount / dose.row.duration_h if dose.infusion else amount
                for amount, dose in zip(known, doses, strict=True)
            ]
    return None


def _levels(doses: Sequence[SizedDose], sizes: Sequence[float]) -> list[_Level]:
    levels: list[_Level] = []
    for dose, size in zip(doses, sizes, strict=True):
        last = levels[-1] if levels else None
        if last is not None and abs(size - last.size) <= 1e-9 * last.size:
            levels[-1] = _Level(size=last.size, start_h=last.start_h, end_h=dose.end_h)
        else:
            levels.append(_Level(size=size, start_h=dose.start_h, end_h=dose.end_h))
    return levels
