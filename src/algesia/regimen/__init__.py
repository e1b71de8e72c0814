"""What is given: doses, schedules, courses, and plans written as text."""

from .calendar import Calendar
from .course import Course, Pause, PlanItem, Repeat
from .describe import describe
from .dose import FORMULATIONS, Dose, WeightBasis
from .dose_row import DoseRow
from .ideal_weight import ideal_weight_kg
from .regimen import Regimen
from .route import INFUSIBLE_ROUTES, ROUTES, route_name
from .schedule import ROW_LIMIT, Schedule
from .text import parse_amount, parse_length_h, parse_regimen

__all__ = [
    "FORMULATIONS",
    "INFUSIBLE_ROUTES",
    "ROUTES",
    "ROW_LIMIT",
    "Calendar",
    "Course",
    "Dose",
    "DoseRow",
    "Pause",
    "PlanItem",
    "Regimen",
    "Repeat",
    "Schedule",
    "WeightBasis",
    "describe",
    "ideal_weight_kg",
    "parse_amount",
    "parse_length_h",
    "parse_regimen",
    "route_name",
]
