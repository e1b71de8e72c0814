"""`solve`: the answer for every subject of a batch, on several threads."""

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from .batch import Batch
from .cache import compiled_kernels, plain_kernels
from .lanes.width import check_width, fitting_width
from .program import Program
from .raw import Raw
from .task import task_of
from .tolerances import Tolerances
from .workspace import Task

__all__ = ["Cancelled", "check_fit", "raw_of", "run_chunks", "solve", "solve_plainly"]

CHUNK_S = 0.2
"""Wished duration of a chunk, s: how often progress is told and cancelling is asked."""

FIRST_CHUNK = 4
"""Subjects in the chunks solved before the speed is known."""

LARGEST_GROWTH = 8
"""Largest ratio of the sizes of a chunk and the one before it."""


class Cancelled(Exception):
    """The caller's `cancelled` said yes; no answer is returned."""


def solve(  # noqa: PLR0913 - three things to solve, four ways to go about it
    program: Program,
    batch: Batch,
    tolerances: Tolerances,
    *,
    threads: int | None = None,
    lanes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Raw:
    """Solve every subject of a batch.

    A subject's answer depends on that subject alone: on one processor it has the same bits for
    any number of threads and in any company. With another number of lanes it differs by less
    than 10 times the tolerance.

    Parameters
    ----------
    program
        The system of equations.
    batch
        Parameters, starting values, events and samples of the subjects.
    tolerances
        Accuracy wanted.
    threads
        Threads to use, at least 1; all processors of this process if None.
    lanes
        Subjects a thread advances at once: 1, 4 or 8; what suits processor and batch if None.
    progress
        Told the number of subjects done and their total, on the calling thread.
    cancelled
        Asked every 0.1 s or so, on the calling thread; True stops the work.

    Returns
    -------
    Raw
        Outputs, final states and one status per subject. A numerical failure is a status.

    Raises
    ------
    ValueError
        If batch and program do not fit each other, or there is no kernel of that many lanes.
    Cancelled
        If `cancelled` returned True.

    Examples
    --------
    >>> decay = Program(states=("amount",), parameters=("rate",),
    ...     derivatives=("-rate * amount",), outputs=(("amount", "amount"),))
    >>> one = Batch(parameters=[[0.1]], initial=[[100.0]], start_row=[0], start_time_h=[0.0],
    ...     event_offset=[0, 0], event_time_h=[], event_kind=[], event_index=[], event_value=[],
    ...     sample_time_h=[[0.0, 10.0]], sample_event=[[0, 0]])
    >>> solve(program=decay, batch=one, tolerances=Tolerances()).values[0, :, 0].round(3)
    array([100.   ,  36.788])
    """
    check_fit(program, batch)
    count = threads if threads is not None else len(os.sched_getaffinity(0))
    if count < 1:
        raise ValueError(f"threads is {count}; expected at least 1")
    width = fitting_width(batch.subjects, count) if lanes is None else check_width(lanes)
    task = task_of(batch, tolerances, outputs=len(program.outputs))
    if batch.subjects and program.stepper == "exact":
        from .exact.run import exact_solver  # imports numba

        run_chunks(exact_solver(program), task, count, (progress, cancelled))
    elif batch.subjects and width == 1:
        run_chunks(compiled_kernels(program).solve_subjects, task, count, (progress, cancelled))
    elif batch.subjects:
        from .lanes.run import run_lanes  # imports numba

        report = _reporter(batch.subjects, progress, cancelled)
        run_lanes(program, task, lanes=width, threads=count, report=report)
    return raw_of(task)


def _reporter(
    total: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Callable[[int], None]:
    """Tells progress when there is any, and raises `Cancelled` when the caller says so."""
    told = 0

    def report(done: int) -> None:
        nonlocal told
        if progress is not None and done > told:
            told = done
            progress(done, total)
        if cancelled is not None and cancelled():
            raise Cancelled(f"cancelled after {done} of {total} subjects")

    return report


def solve_plainly(program: Program, batch: Batch, tolerances: Tolerances) -> Raw:
    """Solve as `solve` does, the same kernels run by Python: slow, and the tests' oracle."""
    check_fit(program, batch)
    task = task_of(batch, tolerances, outputs=len(program.outputs))
    if batch.subjects:
        # numpy warns where compiled code quietly makes an infinity that a status reports.
        with np.errstate(all="ignore"):
            _plain_solver(program)(0, batch.subjects, task)
    return raw_of(task)


def _plain_solver(program: Program) -> Callable[[int, int, Task], None]:
    if program.stepper == "exact":
        from .exact.run import plain_exact_solver  # imports numba

        return plain_exact_solver(program)
    solver: Callable[[int, int, Task], None] = plain_kernels(program).solve_subjects
    return solver


def check_fit(program: Program, batch: Batch) -> None:
    """Refuse a batch whose arrays do not have the program's numbers of columns."""
    wanted = {"initial": len(program.states), "parameters": len(program.parameters)}
    for name, columns in wanted.items():
        given = getattr(batch, name).shape[1]
        if given != columns:
            raise ValueError(f"{name} has {given} columns; the program has {columns}")


def raw_of(task: Task) -> Raw:
    """The answers of a task that has been solved."""
    return Raw(values=task.samples.values, **task.outcome._asdict())


def run_chunks(
    solve_subjects: Callable[[int, int, Task], None],
    task: Task,
    threads: int,
    reports: tuple[Callable[[int, int], None] | None, Callable[[], bool] | None],
) -> None:
    """Give chunks of subjects to threads until all are done, whatever stops it first."""
    progress, cancelled = reports
    total = task.subjects.initial.shape[0]
    chunks = _Chunks(total)
    running: dict[Future[float], int] = {}
    done = 0
    with ThreadPoolExecutor(max_workers=threads) as pool:
        try:
            while done < total:
                while len(running) < threads and (chunk := chunks.next()) is not None:
                    running[pool.submit(_timed, solve_subjects, chunk, task)] = len(chunk)
                finished, _ = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in finished:
                    subjects = running.pop(future)
                    chunks.learn(subjects, future.result())
                    done += subjects
                if finished and progress is not None:
                    progress(done, total)
                if cancelled is not None and cancelled():
                    raise Cancelled(f"cancelled after {done} of {total} subjects")
        finally:
            # Also on KeyboardInterrupt: threads see the mark at their next step and return.
            task.limits.halt[0] = 1


def _timed(solve_subjects: Callable[[int, int, Task], None], chunk: range, task: Task) -> float:
    """Solve a chunk; return the time it took, s."""
    begin = time.perf_counter()
    solve_subjects(chunk.start, chunk.stop, task)
    return time.perf_counter() - begin


class _Chunks:
    """Ranges of subjects that take about `CHUNK_S` each, as far as the past can tell."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._next = 0
        self._size = FIRST_CHUNK

    def next(self) -> range | None:
        """The next range, None when all have been given out."""
        if self._next >= self._total:
            return None
        begin, self._next = self._next, min(self._next + self._size, self._total)
        return range(begin, self._next)

    def learn(self, subjects: int, seconds: float) -> None:
        """Adapt the size to the time a chunk took."""
        fitting = int(subjects * CHUNK_S / max(seconds, 1e-9))
        self._size = max(1, min(fitting, subjects * LARGEST_GROWTH))
