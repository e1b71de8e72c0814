"""Stretches of unchanged covariates and data columns in an event table."""

from dataclasses import dataclass

import numpy as np

from algesia.arrays import FloatArray, IntArray

from .event_queue import EventQueue
from .event_records import EventRecords
from .record_sequence import record_sequence

__all__ = ["CovariateLevels", "covariate_levels", "line_column", "queue_switches"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateLevels:
    """Which set of values holds at each record and on the way to it.

    Parameters
    ----------
    level
        Level that holds at each record, (N,), from 0, counted per subject.
    before
        Level that holds between the record before and this one, (N,).
    columns
        Covariates and data columns per level, each (J, S); a subject with fewer levels repeats
        its last. Those along a line have two more, see `line_column`.
    """

    level: IntArray
    before: IntArray
    columns: dict[str, FloatArray]

    @property
    def count(self) -> int:
        """Number of levels, J."""
        return int(self.level.max()) + 1


def covariate_levels(records: EventRecords) -> CovariateLevels:
    """Number the stretches of unchanged values of every subject.

    At a record its own values hold, for the dose and for what is looked at. Between two records
    the later one's hold where the rule of a column is `nocb`, the earlier one's where it is
    `locf`. Where it is `linear`, the earlier value and the line to the later one hold.
    """
    columns = {**records.covariates, **records.data}
    later = [records.rule_of(name) == "nocb" for name in columns]
    for name in [*columns]:
        if records.rule_of(name) == "linear":
            slope_per_h, start_h = _line(records, columns[name])
            columns |= {line_column(name, "slope"): slope_per_h}
            columns |= {line_column(name, "start"): start_h}
            later += [False, False]
    first = records.first_records()
    firsts = first[:-1]
    who = np.repeat(np.arange(firsts.size), np.diff(first))
    if not columns:
        level = np.zeros(records.subject.size, dtype=np.int64)
        return CovariateLevels(level=level, before=level, columns={})
    at = np.stack(list(columns.values()), axis=1)
    earlier = ~np.asarray(later)
    between = at.copy()
    between[1:, earlier] = at[:-1, earlier]
    between[firsts] = at[firsts]
    on_the_way = np.zeros(at.shape[0], dtype=np.int64)
    on_the_way[1:] = np.any(between[1:] != at[:-1], axis=1)
    on_the_way[firsts] = 0
    on_arrival = np.any(at != between, axis=1).astype(np.int64)
    total = np.cumsum(on_the_way + on_arrival)
    level = total - total[firsts][who]
    before = level - on_arrival
    lasts = level[np.append(firsts[1:], level.size) - 1]
    numbers = np.minimum(np.arange(int(level.max()) + 1)[:, None], lasts)
    filled = {}
    for place, name in enumerate(columns):
        table = np.zeros(numbers.shape)
        table[before, who] = between[:, place]
        table[level, who] = at[:, place]
        filled[name] = np.take_along_axis(table, numbers, axis=0)
    return CovariateLevels(level=level, before=before, columns=filled)


def line_column(name: str, holds: str) -> str:
    """Name in `CovariateLevels` of the slope, per h, or the start, h, of a column's line."""
    return f"{name}:{holds}"


def _line(records: EventRecords, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope of the line from each record to the next of its subject, per h, and its start, h.

    Both are 0 where nothing changes, so that such records stay one stretch.
    """
    clock_h = records.clock_h()
    slope_per_h = np.zeros(values.size)
    length_h = np.append(np.diff(clock_h), 0.0)
    rise = np.append(np.diff(values), 0.0)
    on = np.append(records.subject[1:] == records.subject[:-1], False) & (length_h > 0.0)
    slope_per_h[on] = rise[on] / length_h[on]
    return slope_per_h, np.where(slope_per_h != 0.0, clock_h, 0.0)


def queue_switches(queue: EventQueue, records: EventRecords, levels: CovariateLevels) -> None:
    """Queue the changes of parameters between and at the records of every subject."""
    first = records.first_records()
    firsts = first[:-1]
    who = np.repeat(np.arange(firsts.size), np.diff(first))
    clock_h = records.clock_h()
    same = np.append(False, who[1:] == who[:-1])
    earlier = np.flatnonzero(same & (levels.before != np.append(0, levels.level[:-1])))
    here = np.flatnonzero(same & (levels.level != levels.before))
    # What holds between two records begins behind everything the earlier one does.
    for rows, at, sequence, level in (
        (earlier, earlier - 1, record_sequence(earlier - 1) + 1, levels.before),
        (here, here, record_sequence(here), levels.level),
    ):
        if rows.size:
            queue.switch_parameters(
                who[rows], clock_h[at], level[rows] * firsts.size + who[rows], sequence=sequence
            )
