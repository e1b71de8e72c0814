"""Chunks of a scenario: some subjects of one arm, as many as fit into memory at a time."""

from dataclasses import dataclass, replace

from algesia.errors import DomainError
from algesia.regimen import Regimen

from .event_records import EventRecords
from .scenario import Arm, Scenario

__all__ = ["Chunk", "arm_chunk", "chunks_of", "usual_chunk_subjects", "values_bytes"]

USUAL_CHUNK_BYTES = 64 * 2**20
"""Working arrays of a chunk unless the caller says how many subjects it has, bytes."""

_BYTES_PER_NUMBER = 8
# Time, events before the sample, the converted value and the row of a table.
_NUMBERS_PER_SAMPLE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some subjects of one arm.

    Parameters
    ----------
    number
        Place among all chunks of the scenario, from 0.
    of
        Number of chunks of the scenario.
    arm
        Name of the arm.
    first, stop
        Places of its subjects in the cohort of the arm: `first` up to, not including, `stop`.
    """

    number: int
    of: int
    arm: str
    first: int
    stop: int

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return self.stop - self.first


def chunks_of(scenario: Scenario, chunk_subjects: int) -> tuple[Chunk, ...]:
    """Cut a scenario into chunks: arm by arm, subjects in the order of the cohort.

    Parameters
    ----------
    scenario
        The scenario.
    chunk_subjects
        Subjects of a chunk, at least 1; the last chunk of an arm may have fewer.

    Raises
    ------
    DomainError
        If a chunk would have no subject.
    """
    if chunk_subjects < 1:
        raise DomainError(f"chunk is {chunk_subjects} subjects; expected at least 1")
    ranges = [
        (arm.name, first, min(first + chunk_subjects, arm.cohort.size))
        for arm in scenario.arms
        for first in range(0, arm.cohort.size, chunk_subjects)
    ]
    return tuple(
        Chunk(number=number, of=len(ranges), arm=name, first=first, stop=stop)
        for number, (name, first, stop) in enumerate(ranges)
    )


def arm_chunk(arm: Arm, chunk: Chunk) -> Arm:
    """Arm with the subjects of a chunk only, each with the covariates and records it has."""
    regimen: Regimen | EventRecords = arm.regimen
    if isinstance(regimen, EventRecords):
        regimen = regimen.part(chunk.first, chunk.stop)
    return replace(arm, cohort=arm.cohort.part(chunk.first, chunk.stop), regimen=regimen)


def values_bytes(scenario: Scenario) -> int:
    """Size of the values of a whole scenario, bytes, as far as it is known before the run."""
    per_sample = sum(
        arm.cohort.size * _times(scenario, arm) * len(arm.output_names())
        for arm in scenario.arms
    )
    return _BYTES_PER_NUMBER * per_sample


def usual_chunk_subjects(scenario: Scenario) -> int:
    """Subjects per chunk that keep its working arrays near `USUAL_CHUNK_BYTES`.

    The number depends on the scenario alone, so that an interrupted run finds its chunks again.
    """
    most = max(
        _times(scenario, arm) * (2 * len(arm.model.outputs) + _NUMBERS_PER_SAMPLE)
        + len(arm.model.parameters)
        for arm in scenario.arms
    )
    return max(1, USUAL_CHUNK_BYTES // (_BYTES_PER_NUMBER * most))


def _times(scenario: Scenario, arm: Arm) -> int:
    """Number of sampling times of an arm, starts and ends of doses counted twice."""
    sampling = arm.sampling or scenario.sampling
    if sampling is None:
        assert isinstance(arm.regimen, EventRecords)
        return int(arm.regimen.observation_times_h().size)
    extra = 0
    if sampling.at_doses and isinstance(arm.regimen, Regimen):
        extra = 2 * len(arm.regimen.rows())
    return int(sampling.times_h.size) + extra
