"""A question asked of a model: scenario, lowering, run, trajectories, exposure, receipt."""

from .event_records import EventRecords
from .exposure import ExposureRow, area_under_curve, exposure_measures, exposure_rows
from .output_info import OutputInfo
from .receipt import content_hash
from .run import run
from .sampling import Sampling
from .scenario import Arm, Scenario, Tolerance
from .trajectories import ArmTrajectories, Trajectories

__all__ = [
    "Arm",
    "ArmTrajectories",
    "EventRecords",
    "ExposureRow",
    "OutputInfo",
    "Sampling",
    "Scenario",
    "Tolerance",
    "Trajectories",
    "area_under_curve",
    "content_hash",
    "exposure_measures",
    "exposure_rows",
    "run",
]
