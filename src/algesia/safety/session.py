"""Doses that belong together, with their size for one body weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from algesia.regimen import DoseRow

__all__ = ["BOLUS_H", "SESSION_GAP_H", "Session", "SizedDose", "sessions_of", "sized"]

# Choices of this project; no document says where a session ends or a bolus begins.
SESSION_GAP_H: Final = 1.0
BOLUS_H: Final = 5.0 / 60.0
ROUNDED_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedDose:
    """One dose for one body weight.

    Parameters
    ----------
    row
        The dose.
    milligrams
        Free base, mg; None where it needs a body weight that is not known.
    milligrams_per_kg
        Free base per actual body weight, mg/kg; None likewise.
    """

    row: DoseRow
    milligrams: float | None
    milligrams_per_kg: float | None

    @property
    def start_h(self) -> float:
        """Start, h since the start of the plan."""
        return round(self.row.time_h, ROUNDED_DIGITS)

    @property
    def end_h(self) -> float:
        """End, h since the start of the plan."""
        return round(self.row.time_h + self.row.duration_h, ROUNDED_DIGITS)

    @property
    def bolus(self) -> bool:
        """Whether it is injected into a vein within five minutes."""
        return self.row.route == "intravenous" and self.row.duration_h <= BOLUS_H

    @property
    def infusion(self) -> bool:
        """Whether it runs in over a length of time that is no bolus."""
        return self.row.duration_h > 0.0 and not self.bolus


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Doses less than an hour apart.

    Parameters
    ----------
    doses
        The doses, ordered by time; at least one.
    """

    doses: tuple[SizedDose, ...]

    @property
    def start_h(self) -> float:
        """Start, h since the start of the plan."""
        return self.doses[0].start_h

    @property
    def end_h(self) -> float:
        """End of the last dose, h since the start of the plan."""
        return max(dose.end_h for dose in self.doses)

    @property
    def milligrams(self) -> float | None:
        """Sum, mg of free base, or None where it is not known."""
        return _sum([dose.milligrams for dose in self.doses])

    @property
    def milligrams_per_kg(self) -> float | None:
        """Sum per actual body weight, mg/kg, or None where it is not known."""
        return _sum([dose.milligrams_per_kg for dose in self.doses])

    @property
    def infusion_h(self) -> float | None:
        """From the start of its first infusion to the end of its last, h; None without one."""
        running = [dose for dose in self.doses if dose.infusion]
        if not running:
            return None
        return max(dose.end_h for dose in running) - min(dose.start_h for dose in running)


def sized(
    row: DoseRow, *, weight_kg: float | None, ideal_weight_kg: float | None = None
) -> SizedDose:
    """Give a dose for one body weight.

    Parameters
    ----------
    row
        The dose.
    weight_kg
        Actual body weight, kg, or None.
    ideal_weight_kg
        Ideal body weight, kg, or None.
    """
    needs_ideal = row.weight_basis == "ideal" and ideal_weight_kg is None
    if weight_kg is not None and not needs_ideal:
        ideal = None if ideal_weight_kg is None else np.array([ideal_weight_kg])
        milligrams = float(row.base_milligrams(np.array([weight_kg]), ideal)[0])
        return SizedDose(
            row=row, milligrams=milligrams, milligrams_per_kg=milligrams / weight_kg
        )
    # With a weight of 1 kg an amount per kg is itself; a cap would bite at the wrong place.
    at_one_kg = float(row.base_milligrams(np.ones(1), np.ones(1))[0])
    plain = row.weight_basis == "actual" and row.cap_mg is None
    return SizedDose(
        row=row,
        milligrams=at_one_kg if row.unit == "mg" else None,
        milligrams_per_kg=at_one_kg if row.unit != "mg" and plain else None,
    )


def sessions_of(doses: Sequence[SizedDose]) -> tuple[Session, ...]:
    """Group doses that are less than an hour apart.

    Parameters
    ----------
    doses
        Doses, ordered by time.
    """
    groups: list[list[SizedDose]] = []
    end_h = -np.inf
    for dose in doses:
        if not groups or dose.start_h - end_h >= SESSION_GAP_H:
            groups.append([])
            end_h = dose.end_h
        groups[-1].append(dose)
        end_h = max(end_h, dose.end_h)
    return tuple(Session(doses=tuple(group)) for group in groups)


def _sum(parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
