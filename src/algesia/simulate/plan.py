"""Events, parameters and samples of an arm, before they become a batch."""

from dataclasses import dataclass

from algesia.arrays import FloatArray, IntArray
from algesia.regimen import DoseRow

from .event_queue import QueuedEvents

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one arm gives to whom and when it looks.

    Parameters
    ----------
    parameters
        Individual parameters, (R, S, P) for R occasions or covariate levels, canonical units.
    events
        Ordered events of every subject.
    start_h
        Start of each subject, (S,), h.
    time_h
        Sampling times, (T,), h.
    sample_event
        Events before each sample, (S, T).
    initial
        States at the start, (S, X), or None for those of the model.
    dose_mg
        Largest dose, of the subject that gets least, mg: the scale of the absolute tolerance.
    drug
        What is given, where one drug is.
    rows
        The doses as given, drug and route filled in.
    regimen_text
        The regimen in words.
    notes
        What had to be decided.
    """

    parameters: FloatArray
    events: QueuedEvents
    start_h: FloatArray
    time_h: FloatArray
    sample_event: IntArray
    initial: FloatArray | None = None
    dose_mg: float
    drug: str | None
    rows: tuple[DoseRow, ...] = ()
    regimen_text: str
    notes: tuple[str, ...] = ()
