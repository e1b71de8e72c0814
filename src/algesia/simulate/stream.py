"""Run a scenario chunk by chunk: memory follows the chunk, not the cohort."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from algesia.population import check_validity

from .chunk import Chunk, arm_chunk, chunks_of, usual_chunk_subjects
from .lower import arm_equations, lower
from .receipt import make_receipt
from .run import Progress, failure_warnings, solved_arm
from .run_summary import RunSummary, SummaryMaker
from .scenario import Scenario
from .trajectories import ArmTrajectories, Trajectories

__all__ = ["ChunkedRun", "Sink", "chunked_run", "run_chunks", "run_in_chunks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkedRun:
    """A scenario cut into chunks.

    Parameters
    ----------
    scenario
        The question.
    receipt
        What the receipt says before anything has been solved.
    chunk_subjects
        Subjects of a chunk, the last one of an arm apart.
    chunks
        All chunks: arm by arm, subjects in the order of the cohort.
    """

    scenario: Scenario
    receipt: Mapping[str, Any]
    chunk_subjects: int
    chunks: tuple[Chunk, ...]


class Sink(Protocol):
    """Where the answers of a chunked run are kept.

    A chunk that was handed over stays, whatever happens to the run afterwards.
    """

    def open(self, plan: ChunkedRun) -> None:
        """Get ready, or refuse what stands there from another run."""
        ...

    def finished(self, chunk: Chunk) -> Trajectories | None:
        """Answer of a chunk that an earlier, interrupted run has left, or None."""
        ...

    def take(self, chunk: Chunk, answer: Trajectories) -> None:
        """Keep the answer of a chunk: whole, or not at all."""
        ...

    def close(self, summary: RunSummary) -> None:
        """Mark the run as finished."""
        ...


def run_in_chunks(
    scenario: Scenario,
    sink: Sink | None = None,
    *,
    chunk_subjects: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RunSummary:
    """Answer a scenario chunk by chunk.

    A chunk is the same subjects with the same draws, so every number is the one `run` gives,
    bit for bit, for any size of the chunks. Memory is that of the covariates, of a few exposure
    measures per subject, and of one chunk.

    Parameters
    ----------
    scenario
        The question.
    sink
        Where values go; None keeps the summary only.
    chunk_subjects
        Subjects of a chunk, at least 1; as many as fit into about 64 MB where not given.
    threads, progress, cancelled
        As in `run`.

    Returns
    -------
    RunSummary
        Exposure of the whole run, failures, receipt with the hash of the values.

    Raises
    ------
    InputError
        If doses, patients and models do not fit together, or the sink refuses.
    """
    return run_chunks(
        chunked_run(scenario, chunk_subjects=chunk_subjects),
        () if sink is None else (sink,),
        SummaryMaker(),
        threads=threads,
        progress=progress,
        cancelled=cancelled,
    )


def chunked_run(scenario: Scenario, *, chunk_subjects: int | None = None) -> ChunkedRun:
    """Cut a scenario into chunks and refuse what cannot be solved.

    Parameters
    ----------
    scenario
        The question.
    chunk_subjects
        Subjects of a chunk, at least 1; as many as fit into about 64 MB where not given.

    Raises
    ------
    InputError
        If doses, patients and models do not fit together.
    """
    size = usual_chunk_subjects(scenario) if chunk_subjects is None else chunk_subjects
    chunks = chunks_of(scenario, size)
    for arm in scenario.arms:
        # Everybody's covariates, and the doses of the first subject: mistakes show before work.
        check_validity(arm.model, arm.cohort)
        first = Chunk(number=0, of=1, arm=arm.name, first=0, stop=1)
        lower(
            arm_chunk(arm, first),
            sampling=arm.sampling or scenario.sampling,
            tolerance=scenario.tolerance,
        )
    steppers = {arm.name: arm_equations(arm).program.stepper for arm in scenario.arms}
    return ChunkedRun(
        scenario=scenario,
        receipt=make_receipt(scenario, steppers=steppers),
        chunk_subjects=size,
        chunks=chunks,
    )


def run_chunks(
    plan: ChunkedRun,
    sinks: Sequence[Sink],
    summary: SummaryMaker,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> RunSummary:
    """Answer a scenario that has been cut into chunks, for any number of sinks.

    Parameters
    ----------
    plan
        The scenario and its chunks.
    sinks
        Where values go.
    summary
        Collects exposure, failures and hashes.
    threads, progress, cancelled
        As in `run`.

    Returns
    -------
    RunSummary
        What `summary` made of it.
    """
    for sink in sinks:
        sink.open(plan)
    total = sum(chunk.subjects for chunk in plan.chunks)
    done = 0
    for chunk in plan.chunks:
        kept = [sink.finished(chunk) for sink in sinks]
        answer = next((each for each in kept if each is not None), None)
        if answer is None:
            told = _shifted(progress, done, total)
            arm = _solved(plan, chunk, threads=threads, progress=told, cancelled=cancelled)
            answer = _answer(plan, arm)
        # Before it is written: a window outside an event table is refused with nothing there.
        summary.take(answer)
        for sink, left in zip(sinks, kept, strict=True):
            if left is None:
                sink.take(chunk, answer)
        done += chunk.subjects
        if progress is not None:
            progress(done, total)
    whole = summary.summary(plan.scenario.title, plan.receipt)
    for sink in sinks:
        sink.close(whole)
    return whole


def _solved(
    plan: ChunkedRun,
    chunk: Chunk,
    *,
    threads: int | None,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> ArmTrajectories:
    scenario = plan.scenario
    whole = next(arm for arm in scenario.arms if arm.name == chunk.arm)
    arm = arm_chunk(whole, chunk)
    numbers = lower(
        arm, sampling=arm.sampling or scenario.sampling, tolerance=scenario.tolerance
    )
    return solved_arm(arm, numbers, threads=threads, progress=progress, cancelled=cancelled)


def _answer(plan: ChunkedRun, arm: ArmTrajectories) -> Trajectories:
    return Trajectories(
        title=plan.scenario.title,
        arms=(arm,),
        receipt=plan.receipt,
        warnings=failure_warnings([(arm.name, arm.failed, int(arm.status.size))]),
    )


def _shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, _: tell(before + done, total)
