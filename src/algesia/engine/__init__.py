"""What solves: programs without meaning, batches of numbers, and the answers."""

from .batch import Batch, EventKind
from .periodic import Periodic, periodic_state
from .program import Program, StepperName
from .raw import Raw
from .sensitivity import Sensitivities, solve_with_sensitivities
from .sensitivity_events import EventSensitivity
from .solve import Cancelled, solve, solve_plainly
from .status import Status
from .tolerances import Tolerances

__all__ = [
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
    "periodic_state",
    "solve",
    "solve_plainly",
    "solve_with_sensitivities",
]
