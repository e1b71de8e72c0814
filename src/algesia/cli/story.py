"""The story of one subject: what was seen, decided and given, told beside a run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from algesia.errors import InputError

from .screen import show

if TYPE_CHECKING:
    from algesia.simulate import Scenario

__all__ = ["show_stories", "stories"]


def stories(scenario: "Scenario", subject: int | None) -> dict[str, tuple[str, ...]]:
    """Story of a subject in every arm that reacts and has it.

    The subject is simulated alone: its draws are its own, so its story is the one it has in any
    company.

    Parameters
    ----------
    scenario
        The scenario.
    subject
        Number of the subject, or None where no story is wanted.

    Raises
    ------
    InputError
        If no arm reacts, or none that does has the subject.
    """
    if subject is None:
        return {}
    from dataclasses import replace

    import numpy as np

    from algesia.simulate import run
    from algesia.simulate.story import story

    reacting = [arm for arm in scenario.arms if arm.protocol is not None]
    if not reacting:
        raise InputError(
            f"--story {subject}: no arm of '{scenario.title}' has rules; expected an arm that "
            "reacts to its patients"
        )
    having = [arm for arm in reacting if np.any(arm.cohort.subjects == subject)]
    if not having:
        people = reacting[0].cohort.subjects
        raise InputError(
            f"--story {subject}: no such subject; expected one of {people.size}, "
            f"{int(people.min())} to {int(people.max())}"
        )
    alone = tuple(
        replace(arm, cohort=arm.cohort.subset(np.asarray([subject]))) for arm in having
    )
    answer = run(replace(scenario, arms=alone))
    return {arm.name: story(arm.ledger, subject) for arm in answer.arms if arm.ledger}


def show_stories(told: Mapping[str, tuple[str, ...]]) -> None:
    """Print stories, a line per entry.

    Parameters
    ----------
    told
        Story of the subject in each arm.
    """
    if not told:
        return
    from rich.console import Group
    from rich.text import Text

    from algesia.report.wording import plain

    parts = [Text()]
    for name, lines in told.items():
        parts += [plain(f"story in {name}", "bold"), *(plain(line) for line in lines)]
    show(Group(*parts))
