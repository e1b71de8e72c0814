"""Whether the event rows deliver what the doses said: counted, not trusted."""

import numpy as np

from algesia.arrays import FloatArray
from algesia.engine import Batch, EventKind
from algesia.errors import MassBalanceError

__all__ = ["delivered", "require_mass_balance"]

# Rounding of a sum of many rates times short times.
_ROUNDING = 1e-9


def delivered(batch: Batch) -> FloatArray:
    """What the events of a batch bring into each state until its subjects' runs end.

    Parameters
    ----------
    batch
        Events ordered by subject and time.

    Returns
    -------
    FloatArray
        Amounts added and rates times the time they last, (S, X), unit of the state.
    """
    subjects, states = batch.initial.shape
    owner = np.repeat(np.arange(subjects), np.diff(batch.event_offset))
    size = subjects * states
    once = np.flatnonzero(batch.event_kind == EventKind.ADD)
    total: FloatArray = np.bincount(
        owner[once] * states + batch.event_index[once],
        weights=batch.event_value[once],
        minlength=size,
    ).astype(np.float64)
    infused = np.unique(batch.event_index[batch.event_kind == EventKind.RATE])
    emptied = np.flatnonzero(batch.event_kind == EventKind.RESET)
    end_h = _ends_h(batch)
    for state in infused.tolist():
        rows = np.flatnonzero(
            (batch.event_kind == EventKind.RATE) & (batch.event_index == state)
        )
        rate = batch.event_value[rows]
        if emptied.size:
            # A reset stops every input.
            both = np.concatenate([rows, emptied])
            order = np.argsort(both, kind="stable")
            rows = both[order]
            rate = np.concatenate([rate, np.zeros(emptied.size)])[order]
        who, time_h = owner[rows], batch.event_time_h[rows]
        until_h = end_h[who]
        same = who[1:] == who[:-1]
        until_h[:-1][same] = time_h[1:][same]
        lasting = rate * (until_h - time_h)
        total += np.bincount(who * states + state, weights=lasting, minlength=size)
    return total.reshape(subjects, states)


def require_mass_balance(name: str, batch: Batch, told: FloatArray) -> None:
    """Refuse a batch whose events deliver another dose than the subjects were to get.

    Parameters
    ----------
    name
        Name of the arm, for the message.
    batch
        The batch about to be solved.
    told
        What each dose was to bring, fractions applied, (S, X), unit of the state.

    Raises
    ------
    MassBalanceError
        If they differ by more than rounding: a defect of Algesia, never of what was given.
    """
    found = delivered(batch)
    wrong = ~(np.abs(found - told) <= _ROUNDING * np.abs(told))
    if wrong.any():
        subject, state = (int(axis[0]) for axis in np.nonzero(wrong))
        raise MassBalanceError(
            f"arm '{name}': the events of subject {subject} deliver {found[subject, state]:g} "
            f"into state {state}, but its doses are {told[subject, state]:g}; this is a defect "
            "of algesia and nothing was solved"
        )


def _ends_h(batch: Batch) -> FloatArray:
    """When the run of each subject ends, (S,), h: its last event or sample."""
    ends_h = batch.start_time_h.copy()
    if batch.sample_time_h.shape[1]:
        ends_h = np.maximum(ends_h, batch.sample_time_h[:, -1])
    busy = np.flatnonzero(np.diff(batch.event_offset))
    last_h = batch.event_time_h[batch.event_offset[busy + 1] - 1]
    ends_h[busy] = np.maximum(ends_h[busy], last_h)
    return ends_h
