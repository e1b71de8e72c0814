"""Runs the lanes of a batch on several threads."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import cache

import numpy as np

from algesia.engine.native import Native, native
from algesia.engine.program import Program
from algesia.engine.source_parts import copied_text, generator_version, lane_driver_source
from algesia.engine.task import example_task
from algesia.engine.workspace import Task

from .layout import Layout
from .machine_code import lane_kernels, processor
from .work import lanes_of

__all__ = ["lane_driver", "run_lanes"]

WAIT_S = 0.1
"""How often progress is told and cancelling is asked, s."""


def run_lanes(
    program: Program,
    task: Task,
    lanes: int,
    threads: int,
    report: Callable[[int], None],
) -> None:
    """Solve every subject of a task.

    Parameters
    ----------
    program
        The system of equations.
    task
        Subjects, and where their answers go.
    lanes
        Subjects one thread advances at once, L.
    threads
        Threads to use.
    report
        Told the number of subjects done, every `WAIT_S`; what it raises stops the work.
    """
    kernels = lane_kernels(program, lanes)
    solve_lanes = lane_driver()
    total = task.subjects.initial.shape[0]
    queue = np.zeros(2, dtype=np.int64)
    count = max(1, min(threads, -(-total // lanes)))
    with ThreadPoolExecutor(max_workers=count) as pool:
        try:
            running: set[Future[None]] = {
                pool.submit(
                    solve_lanes, task, lanes_of(kernels.layout, kernels.addresses, lanes, queue)
                )
                for _ in range(count)
            }
            while running:
                finished, running = wait(running, WAIT_S, return_when=FIRST_EXCEPTION)
                for future in finished:
                    future.result()
                report(int(queue[1]))
        finally:
            # Also on KeyboardInterrupt: threads see the mark at their next step and return.
            task.limits.halt[0] = 1


@cache
def lane_driver() -> Native:
    """The driver, the same for every program: from memory, from disk, or compiled."""
    layout = Layout.of(dict.fromkeys(SIZES, 1.0))
    lanes = lanes_of(layout, (0,) * 6, 1, np.zeros(2, dtype=np.int64))
    return native(
        f"lane_driver_{generator_version()}_{processor()}",
        lambda: (lane_driver_source(copied_text("lanes.driver")), ""),
        "solve_lanes",
        (example_task(), lanes),
    )


SIZES = (
    "STATES",
    "VISIBLE",
    "OUTPUTS",
    "ENTRIES",
    "FACTORS",
    "CONSTANTS",
    "PARAMETERS",
    "STAGES",
)
