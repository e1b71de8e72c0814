"""What each dose record of an event table brings, timed from the record; many at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray
from algesia.errors import DataError, InputError
from algesia.model import Expression, Input, Model

from .arrivals import ArrivalList, Arrivals
from .dosing import DoseGiver, GivenDose, moiety_share
from .event_records import EventRecords
from .record_faults import faulty_column
from .scenario import Enantiomer

__all__ = ["ENDLESS_INTERVAL_H", "DosePlace", "RecordDoses"]

ENDLESS_INTERVAL_H = 24.0
"""Interval of an infusion without end: it has none, and any gives its steady state."""

_ASKS: Final[dict[float, Literal["rate", "duration"]]] = {-1.0: "rate", -2.0: "duration"}
_LOWEST_RATE, _STATED_RATE, _RATE_KINDS = -2, 1, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePlace:
    """Values of one arm at each record of its table.

    Parameters
    ----------
    values
        Parameters and definitions made of them, each (J, S) for J covariate levels, canonical
        units.
    level
        Level of each record, (N,).
    subject
        Position of the subject of each record, (N,).
    """

    values: dict[str, FloatArray]
    level: IntArray
    subject: IntArray


class RecordDoses:
    """Gives single doses of the records of a table to the inputs of a model.

    Parameters
    ----------
    model, records
        The model and the table.
    place
        Values at each record.
    drug, follow
        What the doses are, and which enantiomer the model follows.
    """

    def __init__(
        self,
        model: Model,
        records: EventRecords,
        place: DosePlace,
        *,
        drug: str | None,
        follow: Enantiomer | None,
    ) -> None:
        self._model = model
        self._records = records
        self._place = place
        self._drug = drug
        self._follow = follow
        inputs = {each.name: number for number, each in enumerate(model.inputs)}
        names = records.compartment
        codes = {name: inputs.get(name, -1) for name in set(names)}
        self._input = np.fromiter(map(codes.__getitem__, names), np.int64, count=len(names))
        # Doses of one input whose rates are of one kind: stated, none, or asked for.
        self._alike = (
            self._input * _RATE_KINDS
            - _LOWEST_RATE
            + np.minimum(np.ceil(records.rate_mg_per_h), _STATED_RATE).astype(np.int64)
        )

    def refuse_unknown_inputs(self, doses: IntArray) -> None:
        """Refuse dose records into inputs the model does not have."""
        unknown = doses[self._input[doses] < 0]
        if unknown.size:
            record = int(unknown[0])
            given = self._records.compartment[record]
            raise DataError(
                f"{self._records.where(record, 'CMT')}: no input '{given}' "
                f"in model '{self._model.id}'; "
                f"expected one of {', '.join(each.name for each in self._model.inputs)}"
            )

    def counting(self) -> BoolArray:
        """Whether the input of each record treats the first dose unlike the next, (N,)."""
        counts = [
            any("dose_number" in formula.names for formula in _formulas(each))
            for each in self._model.inputs
        ]
        known: BoolArray = np.asarray([*counts, False], dtype=np.bool_)[self._input]
        return known

    def single(self, doses: IntArray, number: IntArray) -> Arrivals:
        """What single doses bring; `who` is the place among them.

        Parameters
        ----------
        doses
            The record of each, (M,).
        number
            Which dose of its subject each is, (M,), from 1.

        Raises
        ------
        DataError
            If one cannot be given: the first record that cannot.
        """

        def give(into: Input, rows: IntArray) -> Arrivals:
            collected = ArrivalList()
            giver, dose, moiety = self._given(into, doses, number, rows, collected)
            giver.give(dose, moiety)
            return collected.arrivals()

        return self._all(doses, give)

    def endless(self, doses: IntArray) -> Arrivals:
        """Infusions that have always run, over one interval; `who` is the place among them.

        Raises
        ------
        DataError
            If one cannot be given: the first record that cannot.
        """
        number = np.ones(doses.size, dtype=np.int64)

        def give(into: Input, rows: IntArray) -> Arrivals:
            collected = ArrivalList()
            giver, dose, moiety = self._given(into, doses, number, rows, collected)
            state, rate_per_h = giver.endless_rate(dose, moiety)
            start_h = np.zeros(rows.size)
            stop_h = start_h + ENDLESS_INTERVAL_H
            collected.add_infusion(rows, start_h, stop_h, state, rate_per_h)
            return collected.arrivals()

        return self._all(doses, give)

    def _all(self, doses: IntArray, give: Callable[[Input, IntArray], Arrivals]) -> Arrivals:
        """Give alike doses together; of those that cannot be given name the first record."""
        if doses.size == 0:
            return Arrivals.none()
        parts = []
        refused: list[tuple[int, InputError]] = []
        alike = self._alike[doses]
        for kind in np.flatnonzero(np.bincount(alike)).tolist():
            into = self._model.inputs[kind // _RATE_KINDS]
            rows = np.flatnonzero(alike == kind)
            try:
                parts.append(give(into, rows))
            except InputError as error:
                first, reason = _first_refused(partial(give, into), rows, error)
                refused.append((int(doses[first]), reason))
        if refused:
            record, reason = min(refused, key=lambda each: each[0])
            level, subject = self._place.level[record], self._place.subject[record]
            values = {
                name: each[level, subject : subject + 1]
                for name, each in self._place.values.items()
            }
            fault = faulty_column(self._model, self._records, record, values)
            if fault is not None:
                column, why = fault
                raise DataError(f"{self._records.where(record, column)} {why}") from None
            column = "RATE" if self._records.rate_mg_per_h[record] != 0.0 else "AMT"
            raise DataError(f"{self._records.where(record, column)}: {reason}") from None
        return Arrivals.joined(parts)

    def _given(
        self,
        into: Input,
        doses: IntArray,
        number: IntArray,
        rows: IntArray,
        collected: ArrivalList,
    ) -> tuple[DoseGiver, GivenDose, str]:
        """Doses of one input, and who gives them."""
        records, mine = self._records, doses[rows]
        companion = into.member is not None
        drug = into.substances[0] if companion else self._drug or into.substances[0]
        follow = None if companion else self._follow
        share, moiety = moiety_share(self._model, into, drug, follow=follow)
        stated = records.rate_mg_per_h[mine]
        names = {name for formula in _formulas(into) for name in formula.names}
        level, subject = self._place.level[mine], self._place.subject[mine]
        symbols = {
            name: self._place.values[name][level, subject]
            for name in names & set(self._place.values)
        }
        dose = GivenDose(
            input=into,
            amount_mg=records.amount_mg[mine] * share,
            time_h=np.zeros(rows.size),
            duration_h=np.zeros(rows.size),
            # A message names the number; where one is shown there is one dose.
            number=int(number[rows[0]]) if rows.size == 1 else number[rows],
            rate_mg_per_h=stated * share if stated[0] > 0.0 else None,
            asks_for=_ASKS.get(float(stated[0])),
        )
        return DoseGiver(self._model, symbols, rows, collected), dose, moiety


def _formulas(into: Input) -> list[Expression]:
    return [formula for part in into.parts for _, formula, _ in part.expressions()]


def _first_refused(
    give: Callable[[IntArray], Arrivals], rows: IntArray, error: InputError
) -> tuple[int, InputError]:
    """The first row that is refused when given alone, and why; halves are tried in turn."""
    low, high = 0, rows.size
    while high - low > 1:
        middle = (low + high) // 2
        try:
            give(rows[low:middle])
            low = middle
        except InputError:
            high = middle
    try:
        give(rows[low:high])
    except InputError as alone:
        error = alone
    return int(rows[low]), error
