"""The answer of a run: values with units, subjects, failures, sources and the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.errors import DomainError, unknown_name
from algesia.provenance import NOTICE, Reported, Source
from algesia.regimen import DoseRow

from .ledger import Ledger
from .output_info import OutputInfo

if TYPE_CHECKING:
    from .exposure import ExposureRow

__all__ = ["ArmTrajectories", "Trajectories"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTrajectories:
    """What one arm's subjects did over time.

    Parameters
    ----------
    name
        Name of the arm.
    model_id, model_title, rung
        The model, and how far its catalogue entry has been checked.
    outputs
        The outputs, (O,).
    time_h
        Sampling times, (T,), h, not decreasing; a time stands twice where an instantaneous
        dose enters a sampled compartment: just before and just after it.
    values
        True values, (S, T, O), in the unit of each output; NaN after a subject failed.
    observed
        Values with residual error, (S, T, O), NaN below the limit of quantification; or None.
    below_limit
        Which observed values fell below the limit, (S, T, O); or None.
    status
        0 for a subject that ran to the end, otherwise the solver's code, (S,).
    failures
        One line per failed subject: state, time and event where it broke.
    subjects
        Subject identifiers, (S,).
    covariates
        Covariates by name, each (S,).
    rows
        The doses as given, expanded.
    regimen_text
        The regimen as a sentence.
    notes
        What a reader must know, such as a borrowed spread.
    values_used
        Every reported value behind the arm.
    sources
        The publications behind those values.
    band_label
        What the band of a figure shows, such as `5–95 % of patients`.
    ledger
        What was seen, decided and given where the arm reacts to its patients; or None.
    """

    name: str
    model_id: str
    model_title: str
    rung: str
    outputs: tuple[OutputInfo, ...]
    time_h: FloatArray
    values: FloatArray
    observed: FloatArray | None = None
    below_limit: np.ndarray[Any, np.dtype[np.bool_]] | None = None
    status: IntArray
    failures: tuple[str, ...]
    subjects: IntArray
    covariates: Mapping[str, np.ndarray[Any, Any]]
    rows: tuple[DoseRow, ...]
    regimen_text: str
    notes: tuple[str, ...]
    values_used: tuple[Reported, ...]
    sources: tuple[Source, ...]
    band_label: str
    ledger: Ledger | None = None

    @property
    def failed(self) -> int:
        """How many subjects did not run to the end."""
        return int(np.count_nonzero(self.status))

    def output_index(self, name: str) -> int:
        """Position of an output on the last axis.

        Raises
        ------
        UnknownNameError
            If the arm has no such output.
        """
        names = [output.name for output in self.outputs]
        if name not in names:
            raise unknown_name(f"output of arm '{self.name}'", name, names)
        return names.index(name)

    def completed(self, *, failed: str = "drop") -> FloatArray:
        """Values of the subjects that ran to the end, (S', T, O).

        Parameters
        ----------
        failed
            `drop` leaves failed subjects out (their number stays in `failed`); `raise` refuses.

        Raises
        ------
        DomainError
            If subjects failed and `failed` is `raise`, or no subject is left.
        """
        if failed not in {"drop", "raise"}:
            raise DomainError(f"failed is '{failed}'; expected 'drop' or 'raise'")
        if self.failed and failed == "raise":
            raise DomainError(
                f"arm '{self.name}' has {self.failed} failed of {self.status.size} subjects; "
                "pass failed='drop' to summarise the others"
            )
        kept: FloatArray = self.values[self.status == 0]
        if kept.shape[0] == 0:
            raise DomainError(f"arm '{self.name}': all {self.status.size} subjects failed")
        return kept

    def quantile(
        self, probability: float | Sequence[float], *, failed: str = "drop"
    ) -> FloatArray:
        """Quantiles over subjects, (T, O) or (Q, T, O), in the unit of each output."""
        result: FloatArray = np.quantile(self.completed(failed=failed), probability, axis=0)
        return result

    def median(self, *, failed: str = "drop") -> FloatArray:
        """Median over subjects, (T, O), in the unit of each output."""
        return self.quantile(0.5, failed=failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """The answer of a run, arm by arm.

    Parameters
    ----------
    title
        The question that was asked.
    arms
        One entry per arm.
    receipt
        Hashes of models, values, regimens and scenario, solver settings and versions.
    warnings
        What the run wants its reader to know.
    notice
        The line every output carries.
    """

    title: str
    arms: tuple[ArmTrajectories, ...]
    receipt: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    notice: str = field(default=NOTICE)

    def arm(self, name: str) -> ArmTrajectories:
        """One arm by its name.

        Raises
        ------
        UnknownNameError
            If there is no such arm.
        """
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise unknown_name("arm", name, [arm.name for arm in self.arms])

    @property
    def failed(self) -> int:
        """How many subjects failed, over all arms."""
        return sum(arm.failed for arm in self.arms)

    def exposure(
        self, *, from_h: float | None = None, to_h: float | None = None
    ) -> tuple["ExposureRow", ...]:
        """Exposure measures of every arm and output between two times.

        Parameters
        ----------
        from_h, to_h
            Window, h; the whole run where not given.
        """
        from .exposure import exposure_rows

        return tuple(
            row for arm in self.arms for row in exposure_rows(arm, from_h=from_h, to_h=to_h)
        )

    def to_polars(self) -> Any:
        """Turn the values into one long polars table, a row per arm, subject, time, output."""
        return _frame().to_polars(self)

    def ledger(self) -> Any:
        """Turn what was seen, decided and given into one polars table, a row per entry."""
        return _frame().ledger_to_polars(self)

    def to_xarray(self) -> Any:
        """Turn the values into an xarray tree: one (subject, time, output) array per arm."""
        return _frame().to_xarray(self)

    def plot(self, path: str | Path, *, force: bool = False) -> Path:
        """Draw the run to an SVG, PNG or PDF file and return its path."""
        from importlib import import_module

        # The figure lives in a room above this one; it is looked up when it is asked for.
        figure = import_module("algesia.report.figure")
        written: Path = figure.write_figure(self, Path(path), force=force)
        return written


def _frame() -> Any:
    """Return the module of the room above that builds tables, loaded on use."""
    from importlib import import_module

    return import_module("algesia.formats.frame")
