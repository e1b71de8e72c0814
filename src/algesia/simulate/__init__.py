"""A question asked of a model: scenario, lowering, run, trajectories, exposure, receipt."""

from .event_records import EventRecords
from .exposure import ExposureRow, area_under_curve, exposure_measures, exposure_rows
from .output_info import OutputInfo
from .receipt import content_hash
from .run import run
from .run_summary import ArmSummary, RunSummary
from .sampling import Sampling
from .scenario import Arm, Scenario, Tolerance
from .sensitivity import ArmSensitivities, sensitivities
from .stream import Sink, run_in_chunks
from .trajectories import ArmTrajectories, Trajectories

__all__ = [
    "Arm",
    "ArmSensitivities",
    "ArmSummary",
    "ArmTrajectories",
    "EventRecords",
    "ExposureRow",
    "OutputInfo",
    "RunSummary",
    "Sampling",
    "Scenario",
    "Sink",
    "Tolerance",
    "Trajectories",
    "area_under_curve",
    "content_hash",
    "exposure_measures",
    "exposure_rows",
    "run",
    "run_in_chunks",
    "sensitivities",
]
