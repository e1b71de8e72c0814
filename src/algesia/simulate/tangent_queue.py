"""`TangentQueue`: doses as events whose times and values carry derivatives."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.engine import EventKind

from .tangent import Tangent

__all__ = ["TangentEvents", "TangentQueue"]

# As in `event_queue`: order within one record, and the end of an input before all records.
_STOP, _SWITCH, _ADD, _START = 0, 1, 4, 5
_ENDS_FIRST = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TangentEvents:
    """Event rows ready for the engine, with their derivatives.

    Parameters
    ----------
    offset
        First row of each subject, (S+1,).
    time_h, kind, index, value
        One entry per event, (E,).
    dtime, dvalue
        Derivatives of time and value, (E, W).
    """

    offset: IntArray
    time_h: FloatArray
    kind: IntArray
    index: IntArray
    value: FloatArray
    dtime: FloatArray
    dvalue: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    """One event of one subject; a rate is here the change of the rate of its state."""

    time_h: float
    sequence: int
    order: int
    kind: EventKind
    index: int
    value: float
    dtime: FloatArray
    dvalue: FloatArray
    input: int
    """Which input it starts or ends; 0 for others."""


class TangentQueue:
    """Collects what a `DoseGiver` gives, derivatives included, and hands out ordered events.

    Every input keeps its own start and end. `EventQueue` joins those of the same time, which
    may depend on different parameters.

    Parameters
    ----------
    subjects
        Number of subjects S.
    columns
        Number of columns of derivatives, W.
    """

    def __init__(self, subjects: int, columns: int) -> None:
        self._columns = columns
        self._rows: list[list[_Row]] = [[] for _ in range(subjects)]
        self._inputs = 0

    def add_amount(
        self,
        subject: IntArray,
        time_h: FloatArray | Tangent,
        state: int,
        amount: FloatArray | Tangent,
        *,
        sequence: int = 0,
    ) -> None:
        """Add an amount to a state at once, each (N,)."""
        self._note(subject, (time_h, amount), (state, sequence), (EventKind.ADD, _ADD))

    def add_infusion(
        self,
        subject: IntArray,
        start_h: FloatArray | Tangent,
        stop_h: FloatArray | Tangent,
        state: int,
        rate_per_h: FloatArray | Tangent,
        *,
        sequence: int = 0,
    ) -> None:
        """Feed a state at a constant rate from start to stop, each (N,), rates per h."""
        kind = EventKind.RATE
        self._inputs += 1
        self._note(subject, (start_h, rate_per_h), (state, sequence), (kind, _START))
        self._note(subject, (stop_h, -rate_per_h), (state, _ENDS_FIRST), (kind, _STOP))

    def switch_parameters(self, subject: IntArray, time_h: FloatArray, row: IntArray) -> None:
        """Use another row of parameters from a time on, each (N,)."""
        for place, at_h, number in zip(subject, time_h, row, strict=True):
            self._note(
                np.array([place]),
                (np.array([at_h]), np.zeros(1)),
                (int(number), 0),
                (EventKind.PARAMETERS, _SWITCH),
            )

    def _note(
        self,
        subject: IntArray,
        numbers: tuple[FloatArray | Tangent, FloatArray | Tangent],
        place: tuple[int, int],
        what: tuple[EventKind, int],
    ) -> None:
        (time_h, dtime), (value, dvalue) = (self._split(each) for each in numbers)
        for row, number in enumerate(subject):
            self._rows[number].append(
                _Row(
                    time_h=float(time_h[row]),
                    sequence=place[1],
                    order=what[1],
                    kind=what[0],
                    index=place[0],
                    value=float(value[row]),
                    dtime=dtime[row],
                    dvalue=dvalue[row],
                    input=self._inputs if what[0] == EventKind.RATE else 0,
                )
            )

    def _split(self, numbers: FloatArray | Tangent) -> tuple[FloatArray, FloatArray]:
        if isinstance(numbers, Tangent):
            return numbers.value, numbers.slope
        return numbers, np.zeros((*numbers.shape, self._columns))

    def finish(self) -> TangentEvents:
        """Order all events by subject, time and rule, and set absolute input rates."""
        rows: list[_Row] = []
        values: list[float] = []
        slopes: list[FloatArray] = []
        for mine in self._rows:
            ordered = sorted(mine, key=lambda row: (row.time_h, row.sequence, row.order))
            rows += ordered
            for place, row in enumerate(ordered):
                value, slope = row.value, row.dvalue
                if row.kind == EventKind.RATE:
                    value, slope = _running_rate(ordered[: place + 1])
                values.append(value)
                slopes.append(slope)
        shape = (len(rows), self._columns)
        return TangentEvents(
            offset=np.cumsum([0, *(len(mine) for mine in self._rows)]).astype(np.int64),
            time_h=np.array([row.time_h for row in rows], dtype=np.float64),
            kind=np.array([int(row.kind) for row in rows], dtype=np.int64),
            index=np.array([row.index for row in rows], dtype=np.int64),
            value=np.array(values, dtype=np.float64),
            dtime=np.array([row.dtime for row in rows], dtype=np.float64).reshape(shape),
            dvalue=np.array(slopes, dtype=np.float64).reshape(shape),
        )


def _running_rate(rows: list[_Row]) -> tuple[float, FloatArray]:
    """Rate of the state of the last row after all these rows, and its derivatives."""
    mine = [row for row in rows if row.kind == EventKind.RATE and row.index == rows[-1].index]
    ended = {row.input for row in mine if row.order == _STOP}
    running = [row for row in mine if row.order == _START and row.input not in ended]
    none = np.zeros_like(rows[-1].dvalue)
    return (
        float(sum(row.value for row in running)),
        np.sum([row.dvalue for row in running], axis=0) if running else none,
    )
