"""Run a scenario: lower each arm, solve it, give the numbers their units back."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from algesia.engine import solve

from .lift import lift
from .lower import Lowered, lower
from .mass_balance import require_mass_balance
from .reactive_run import solved_reactive_arm
from .receipt import make_receipt
from .scenario import Arm, Scenario
from .trajectories import ArmTrajectories, Trajectories
from .values_hash import values_hash, values_sum

__all__ = ["Progress", "failure_warnings", "further_warnings", "run", "solved_arm"]

Progress: TypeAlias = Callable[[int, int], None]


def run(
    scenario: Scenario,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Trajectories:
    """Answer a scenario.

    Parameters
    ----------
    scenario
        The question.
    threads
        Threads to use, all processors where not given; the answer does not depend on it.
    progress
        Told how many subjects are done, and of how many.
    cancelled
        Asked now and then; the run stops where it says yes.

    Returns
    -------
    Trajectories
        Values with units. A subject that fails is NaN from there on, flagged and counted.

    Raises
    ------
    InputError
        If doses, patients and models do not fit together; before anything is solved.
    """
    lowered = [
        lower(arm, sampling=arm.sampling or scenario.sampling, tolerance=scenario.tolerance)
        for arm in scenario.arms
    ]
    total = sum(arm.cohort.size for arm in scenario.arms)
    done_before = 0
    answers = []
    for arm, numbers in zip(scenario.arms, lowered, strict=True):
        told = _shifted(progress, done_before, total)
        answers.append(
            solved_arm(arm, numbers, threads=threads, progress=told, cancelled=cancelled)
        )
        done_before += arm.cohort.size
    return Trajectories(
        title=scenario.title,
        arms=tuple(answers),
        receipt=make_receipt(
            scenario,
            steppers={
                arm.name: numbers.program.stepper
                for arm, numbers in zip(scenario.arms, lowered, strict=True)
            },
            values={arm.name: values_hash(values_sum(arm), arm) for arm in answers},
        ),
        warnings=failure_warnings((arm.name, arm.failed, arm.status.size) for arm in answers),
    )


def solved_arm(
    arm: Arm,
    numbers: Lowered,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ArmTrajectories:
    """Solve an arm that has been lowered.

    Parameters
    ----------
    arm
        The arm, or some of its subjects.
    numbers
        What `lower` made of it.
    threads, progress, cancelled
        As in `run`.
    """
    if arm.protocol is not None:
        return solved_reactive_arm(
            arm, numbers, threads=threads, progress=progress, cancelled=cancelled
        )
    require_mass_balance(arm.name, numbers.batch, numbers.told)
    raw = solve(
        numbers.program,
        numbers.batch,
        numbers.tolerances,
        threads=threads,
        progress=progress,
        cancelled=cancelled,
    )
    return lift(arm, numbers, raw)


def failure_warnings(arms: Iterable[tuple[str, int, int]]) -> tuple[str, ...]:
    """One line per arm in which subjects failed.

    Parameters
    ----------
    arms
        Name, number of failed subjects and number of subjects of each arm.
    """
    return tuple(
        f"arm '{name}': {failed} of {subjects} subjects did not run to the end"
        for name, failed, subjects in arms
        if failed
    )


def further_warnings(answer: Trajectories) -> tuple[str, ...]:
    """Warnings of a run that are not about the number of failed subjects."""
    counted = failure_warnings((arm.name, arm.failed, arm.status.size) for arm in answer.arms)
    return tuple(text for text in answer.warnings if text not in counted)


def _shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    tell = progress

    def told(done: int, _: int) -> None:
        tell(before + done, total)

    return told
