"""Put the parts of an arm together again."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from algesia.simulate.ledger import Ledger
from algesia.simulate.trajectories import ArmTrajectories

__all__ = ["joined_arm"]


def joined_arm(parts: Sequence[ArmTrajectories]) -> ArmTrajectories:
    """Join disjoint subjects of one arm, in the order given.

    Parameters
    ----------
    parts
        The same arm with different subjects, at least one part.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    observed = [part.observed for part in parts if part.observed is not None]
    ledgers = [part.ledger for part in parts if part.ledger is not None]
    below = [part.below_limit for part in parts if part.below_limit is not None]
    return replace(
        first,
        values=np.concatenate([part.values for part in parts]),
        observed=np.concatenate(observed) if observed else None,
        below_limit=np.concatenate(below) if below else None,
        status=np.concatenate([part.status for part in parts]),
        failures=tuple(chain.from_iterable(part.failures for part in parts)),
        subjects=np.concatenate([part.subjects for part in parts]),
        covariates={
            name: np.concatenate([part.covariates[name] for part in parts])
            for name in first.covariates
        },
        ledger=Ledger.joined(ledgers) if len(ledgers) == len(parts) else None,
        notes=tuple(dict.fromkeys(chain.from_iterable(part.notes for part in parts))),
    )
