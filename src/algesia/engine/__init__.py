"""What solves: programs without meaning, batches of numbers, and the answers."""

from .accumulation import Accumulation, accumulation
from .batch import Batch, EventKind
from .certificate import Periodic
from .periodic import periodic_state
from .program import Program, StepperName
from .raw import Raw
from .sensitivity import Sensitivities, solve_with_sensitivities
from .sensitivity_events import EventSensitivity
from .solve import Cancelled, solve, solve_plainly
from .status import Status
from .tolerances import Tolerances

__all__ = [
    "Accumulation",
    "Batch",
    "Cancelled",
    "EventKind",
    "EventSensitivity",
    "Periodic",
    "Program",
    "Raw",
    "Sensitivities",
    "Status",
    "StepperName",
    "Tolerances",
    "accumulation",
    "periodic_state",
    "solve",
    "solve_plainly",
    "solve_with_sensitivities",
]
