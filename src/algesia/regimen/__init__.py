"""What is given: doses, schedules, courses, and plans written as text."""

from .calendar import Calendar
from .course import Course, Pause, PlanItem, Repeat
from .describe import describe
from .dose import FORMULATIONS, Dose, WeightBasis
from .dose_row import DoseRow
from .ideal_weight import ideal_weight_kg
from .limit import Limit
from .ramp import Ramp
from .regimen import Regimen
from .route import INFUSIBLE_ROUTES, ROUTES, route_name
from .schedule import ROW_LIMIT, Schedule
from .short_text import parse_amount, parse_length_h, parse_limit
from .text import parse_regimen

__all__ = [
    "FORMULATIONS",
    "INFUSIBLE_ROUTES",
    "ROUTES",
    "ROW_LIMIT",
    "Calendar",
    "Course",
    "Dose",
    "DoseRow",
    "Limit",
    "Pause",
    "PlanItem",
    "Ramp",
    "Regimen",
    "Repeat",
    "Schedule",
    "WeightBasis",
    "describe",
    "ideal_weight_kg",
    "parse_amount",
    "parse_length_h",
    "parse_limit",
    "parse_regimen",
    "route_name",
]
