"""`Raw`: the numbers the engine found, before they get names and units back."""

from dataclasses import dataclass

from algesia.arrays import FloatArray, IntArray

__all__ = ["Raw"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raw:
    """The answer for one batch.

    Attributes
    ----------
    values
        Outputs at the samples, (S, T, O); NaN from a subject's failure on.
    final_state
        State after the last event and the last sample, whichever is later, (S, X); NaN for a
        subject that failed.
    status
        How each subject ended, (S,), see `Status`.
    failure_time_h
        Time of the failure, (S,), h; NaN without one.
    failure_state
        State with the largest error at the failure, (S,); -1 without one, and where an output
        rather than a state was not finite.
    failure_event
        Number, counted from 0 within the subject, of the last event before the failure, (S,);
        -1 before the first, and without a failure.
    accepted, rejected
        Steps taken and steps thrown away, (S,).
    """

    values: FloatArray
    final_state: FloatArray
    status: IntArray
    failure_time_h: FloatArray
    failure_state: IntArray
    failure_event: IntArray
    accepted: IntArray
    rejected: IntArray
