"""`Batch`: the arrays of many subjects who share one program."""

from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np

from algesia.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Batch", "EventKind"]


class EventKind(IntEnum):
    """What an event does to a subject at its time."""

    ADD = 0
    """``state[index] += value``."""
    RATE = 1
    """The zero-order input into ``state[index]`` becomes ``value`` per h, whatever it was."""
    SET = 2
    """``state[index] = value``."""
    RESET = 3
    """Every state and every zero-order input becomes 0."""
    PARAMETERS = 4
    """The subject continues with parameter row ``index``."""


INTEGER_FIELDS = frozenset(
    {"start_row", "event_offset", "event_kind", "event_index", "sample_event"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Parameters, starting values, events and sample times of S subjects.

    Events of subject s are the rows ``event_offset[s]`` to ``event_offset[s + 1]``, ordered in
    time. Sample k of a subject is taken at its time once exactly ``sample_event[k]`` of that
    subject's events have been applied, so the order at equal times is the caller's.

    Attributes
    ----------
    parameters
        Rows of parameter values, (R, P).
    initial
        States at the start, (S, X).
    start_row
        Row of `parameters` each subject begins with, (S,).
    start_time_h
        Time of the start, (S,), h.
    event_offset
        First event of each subject and the total, (S + 1,).
    event_time_h
        Times of the events, (E,), h.
    event_kind
        Kinds of the events, (E,), see `EventKind`.
    event_index
        State index, or parameter row, (E,).
    event_value
        Value of ADD, RATE and SET, (E,).
    sample_time_h
        Times of the samples, (S, T), h, not decreasing along a row.
    sample_event
        Events applied before each sample, (S, T), not decreasing along a row.
    """

    parameters: FloatArray
    initial: FloatArray
    start_row: IntArray
    start_time_h: FloatArray
    event_offset: IntArray
    event_time_h: FloatArray
    event_kind: IntArray
    event_index: IntArray
    event_value: FloatArray
    sample_time_h: FloatArray
    sample_event: IntArray

    def __post_init__(self) -> None:
        for name in (item.name for item in fields(self)):
            given = np.asarray(getattr(self, name))
            wanted = np.int64 if name in INTEGER_FIELDS else np.float64
            if wanted is np.int64 and given.size and not np.issubdtype(given.dtype, np.integer):
                raise ValueError(f"{name} has type {given.dtype}; expected integers")
            object.__setattr__(self, name, np.ascontiguousarray(given, dtype=wanted))
        _check_shapes(self)
        _check_values(self)
        _check_events(self)
        _check_samples(self)

    @property
    def subjects(self) -> int:
        """Number of subjects, S."""
        return len(self.initial)

    def take(self, subjects: IntArray) -> "Batch":
        """The batch of the subjects listed, in that order; a subject may occur many times.

        Parameters
        ----------
        subjects
            Positions, (N,), each in 0 … S - 1.
        """
        subjects = np.asarray(subjects, dtype=np.int64)
        counts = np.diff(self.event_offset)[subjects]
        offset = np.zeros(len(subjects) + 1, dtype=np.int64)
        np.cumsum(counts, out=offset[1:])
        events = np.arange(offset[-1]) + np.repeat(
            self.event_offset[subjects] - offset[:-1], counts
        )
        return replace(
            self,
            initial=self.initial[subjects],
            start_row=self.start_row[subjects],
            start_time_h=self.start_time_h[subjects],
            event_offset=offset,
            event_time_h=self.event_time_h[events],
            event_kind=self.event_kind[events],
            event_index=self.event_index[events],
            event_value=self.event_value[events],
            sample_time_h=self.sample_time_h[subjects],
            sample_event=self.sample_event[subjects],
        )


def _check_shapes(batch: Batch) -> None:
    for name in ("parameters", "initial", "sample_time_h", "sample_event"):
        if getattr(batch, name).ndim != 2:
            raise ValueError(f"{name} has {getattr(batch, name).ndim} axes; expected 2")
    subjects = batch.initial.shape[0]
    events = batch.event_time_h.size
    wanted = {
        "start_row": (subjects,),
        "start_time_h": (subjects,),
        "event_offset": (subjects + 1,),
        "event_time_h": (events,),
        "event_kind": (events,),
        "event_index": (events,),
        "event_value": (events,),
        "sample_time_h": (subjects, batch.sample_time_h.shape[1]),
        "sample_event": (subjects, batch.sample_time_h.shape[1]),
    }
    for name, shape in wanted.items():
        given = getattr(batch, name).shape
        if given != shape:
            raise ValueError(f"{name} has shape {given}; expected {shape}")


def _check_values(batch: Batch) -> None:
    for item in fields(batch):
        values = getattr(batch, item.name)
        if item.name not in INTEGER_FIELDS and not np.isfinite(values).all():
            where = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(values)))
            raise ValueError(
                f"{item.name} at {where} is {values[where]}; expected a finite number"
            )
    rows = batch.parameters.shape[0]
    wrong = (batch.start_row < 0) | (batch.start_row >= rows)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"start_row of subject {first} is {batch.start_row[first]}; "
            f"expected 0 to {rows - 1}"
        )


def _check_events(batch: Batch) -> None:
    offset, time = batch.event_offset, batch.event_time_h
    if offset[0] != 0 or offset[-1] != time.size or (np.diff(offset) < 0).any():
        raise ValueError(
            f"event_offset runs from {offset[0]} to {offset[-1]}; "
            f"expected 0 to {time.size} without a decrease"
        )
    owner = np.repeat(np.arange(batch.subjects), np.diff(offset))
    backwards = np.zeros(time.size, dtype=np.bool_)
    backwards[1:] = (np.diff(time) < 0) & (owner[1:] == owner[:-1])
    backwards |= time < batch.start_time_h[owner]
    _refuse_event(batch, backwards, "event_time_h", "times in order, from start_time_h on")
    kind, index = batch.event_kind, batch.event_index
    _refuse_event(
        batch, (kind < 0) | (kind > max(EventKind)), "event_kind", "a value of EventKind"
    )
    limit = np.where(
        kind == EventKind.PARAMETERS, batch.parameters.shape[0], batch.initial.shape[1]
    )
    outside = ((index < 0) | (index >= limit)) & (kind != EventKind.RESET)
    _refuse_event(batch, outside, "event_index", "a state index, or a parameter row")


def _refuse_event(batch: Batch, wrong: BoolArray, name: str, expected: str) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{name} of event {first} is {getattr(batch, name)[first]}; expected {expected}"
        )


def _check_samples(batch: Batch) -> None:
    time, applied = batch.sample_time_h, batch.sample_event
    if time.size == 0:
        return
    count = np.diff(batch.event_offset)[:, None]
    _refuse_sample(np.diff(time, axis=1) < 0, "sample_time_h", "times in order")
    _refuse_sample(
        time < batch.start_time_h[:, None], "sample_time_h", "times from the start on"
    )
    _refuse_sample(np.diff(applied, axis=1) < 0, "sample_event", "numbers in order")
    _refuse_sample(
        (applied < 0) | (applied > count), "sample_event", "0 to the number of events"
    )
    events = batch.event_time_h
    if events.size == 0:
        return
    last = np.clip(batch.event_offset[:-1, None] + applied - 1, 0, events.size - 1)
    coming = np.clip(last + 1, 0, events.size - 1)
    coming = np.where(
        applied == 0, batch.event_offset[:-1, None].clip(max=events.size - 1), coming
    )
    early = (applied > 0) & (time < events[last])
    late = (applied < count) & (time > events[coming])
    _refuse_sample(early | late, "sample_event", "the number of events at that time")


def _refuse_sample(wrong: BoolArray, name: str, expected: str) -> None:
    if wrong.any():
        subject, sample = (int(axis[0]) for axis in np.nonzero(wrong))
        raise ValueError(
            f"{name} of subject {subject} near sample {sample}; expected {expected}"
        )
