"""Dosing plans as event tables in the NONMEM layout, amounts resolved for each subject."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Final

import numpy as np

from algesia.errors import RegimenError
from algesia.provenance import NOTICE
from algesia.regimen import DoseRow, Regimen

__all__ = ["input_names", "regimen_table"]

HEADER: Final = ("C", "ID", "TIME", "AMT", "RATE", "EVID", "CMT", "II", "SS", "WT")
# A steady cycle begins at time 0 where its one dose is given; less than this is rounding.
AT_ONCE_H: Final = 1e-9


def regimen_table(
    regimen: Regimen,
    *,
    weight_kg: Sequence[float],
    ideal_weight_kg: Sequence[float] | None = None,
    inputs: Mapping[tuple[str | None, str | None], str] | None = None,
) -> str:
    """Write every dose of a plan as a row, for each subject.

    Parameters
    ----------
    regimen
        The plan.
    weight_kg
        Body weight of each subject, kg, above 0; subjects are numbered from 1.
    ideal_weight_kg
        Their ideal weights, kg; needed where doses refer to them.
    inputs
        Name in CMT by drug and route; `input_names` by default.

    Returns
    -------
    str
        The table, which `read_event_table` reads: TIME in h, AMT in mg of free base after the
        caps, RATE in mg/h, 0 for what enters at once. The first row is a comment.

    Raises
    ------
    RegimenError
        If the plan begins at a steady state of several doses, or a drug and route has no input.
    DomainError
        If a weight is not a number above 0.

    Examples
    --------
    >>> from algesia.regimen import parse_regimen
    >>> plan = parse_regimen("esketamine 0.5 mg/kg IV over 30 min")
    >>> regimen_table(plan, weight_kg=[70.0]).splitlines()[2]
    '.,1,0.0,35.0,70.0,1,intravenous,0.0,0,70.0'
    """
    weights = np.asarray(weight_kg, dtype=np.float64)
    ideal = None if ideal_weight_kg is None else np.asarray(ideal_weight_kg, dtype=np.float64)
    if weights.ndim != 1 or weights.size == 0:
        raise RegimenError("the table has no weights; expected one for each subject")
    rows = regimen.rows()
    names = input_names(regimen) if inputs is None else inputs
    amounts = np.array([row.base_milligrams(weights, ideal) for row in rows])
    interval_h = _steady_interval_h(regimen)
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerow(("C", NOTICE))
    for index, weight in enumerate(weights.tolist()):
        for place, row in enumerate(rows):
            steady = interval_h is not None and place == 0
            ends = (interval_h if steady else 0.0, int(steady), weight)
            writer.writerow((*_cells(row, index + 1, amounts[place, index], names), *ends))
    return stream.getvalue()


def input_names(regimen: Regimen) -> dict[tuple[str | None, str | None], str]:
    """Name each drug and route: the route, or `drug.route` where the plan has several drugs.

    Examples
    --------
    >>> from algesia.regimen import parse_regimen
    >>> plan = parse_regimen("ketamine 0.4 mg/kg IM plus midazolam 0.05 mg/kg IM")
    >>> sorted(input_names(plan).values())
    ['ketamine.intramuscular', 'midazolam.intramuscular']
    """
    several = len(regimen.drugs) > 1
    return {
        (course.dose.drug, course.dose.route): (
            f"{course.dose.drug}.{course.dose.route}"
            if several
            else course.dose.route or "dose"
        )
        for course in regimen.courses()
    }


def _cells(
    row: DoseRow,
    subject: int,
    amount_mg: float,
    names: Mapping[tuple[str | None, str | None], str],
) -> tuple[object, ...]:
    """Cells of one dose up to CMT; Python's shortest digits give the same number again."""
    if (row.drug, row.route) not in names:
        raise RegimenError(
            f"no input takes {row.drug or 'the dose'} by the route {row.route}; expected a name"
        )
    amount = float(amount_mg)
    rate = amount / row.duration_h if row.duration_h > 0.0 else 0.0
    return (".", subject, row.time_h, amount, rate, 1, names[row.drug, row.route])


def _steady_interval_h(regimen: Regimen) -> float | None:
    """Interval of the steady state before the first dose, h, or None."""
    cycle = regimen.steady_cycle()
    if cycle is None:
        return None
    period_h, doses = cycle
    if len(doses) != 1 or doses[0].time_h > AT_ONCE_H:
        raise RegimenError(
            f"the plan begins at a steady state of {len(doses)} doses in {period_h:g} h; an"
            " event table has one dose at each interval; expected 'every 8 h' or 'daily'"
        )
    return period_h
