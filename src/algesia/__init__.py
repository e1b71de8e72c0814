"""Algesia: an open laboratory for the pharmacology of ketamine.

Research and education, not dosing advice. Every public name is loaded when it is first used, so
that `import algesia` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from algesia.catalog.companion import assembly
    from algesia.catalog.entry import Entry, entry, entry_ids
    from algesia.catalog.regimen_list import regimen_entry, regimen_ids
    from algesia.catalog.scenario_file import read_scenario
    from algesia.errors import AlgesiaError, InputError
    from algesia.formats.result_file import read_result, write_result
    from algesia.model import Assembly, Model
    from algesia.population import Cohort
    from algesia.provenance import NOTICE, Grade, Reported, Source
    from algesia.regimen import Regimen, describe, parse_regimen
    from algesia.simulate import (
        Arm,
        ArmTrajectories,
        EventRecords,
        ExposureRow,
        Sampling,
        Scenario,
        Tolerance,
        Trajectories,
        content_hash,
        run,
    )
    from algesia.units import quantity, substance

    __version__: str

__all__ = [
    "NOTICE",
    "AlgesiaError",
    "Arm",
    "ArmTrajectories",
    "Assembly",
    "Cohort",
    "Entry",
    "EventRecords",
    "ExposureRow",
    "Grade",
    "InputError",
    "Model",
    "Regimen",
    "Reported",
    "Sampling",
    "Scenario",
    "Source",
    "Tolerance",
    "Trajectories",
    "__version__",
    "assembly",
    "cohort",
    "content_hash",
    "describe",
    "entry",
    "entry_ids",
    "parse_regimen",
    "quantity",
    "read_result",
    "read_scenario",
    "regimen_entry",
    "regimen_ids",
    "run",
    "substance",
    "write_result",
]

_NAMES_OF: Final = {
    "algesia.catalog.companion": ("assembly",),
    "algesia.catalog.entry": ("Entry", "entry", "entry_ids"),
    "algesia.catalog.regimen_list": ("regimen_entry", "regimen_ids"),
    "algesia.catalog.scenario_file": ("read_scenario",),
    "algesia.errors": ("AlgesiaError", "InputError"),
    "algesia.formats.result_file": ("read_result", "write_result"),
    "algesia.model": ("Assembly", "Model"),
    "algesia.population": ("Cohort",),
    "algesia.provenance": ("NOTICE", "Grade", "Reported", "Source"),
    "algesia.regimen": ("Regimen", "describe", "parse_regimen"),
    "algesia.simulate": (
        "Arm", "ArmTrajectories", "EventRecords", "ExposureRow", "Sampling", "Scenario",
        "Tolerance", "Trajectories", "content_hash", "run",
    ),
    "algesia.units": ("quantity", "substance"),
}  # fmt: skip
_PLACES: Final = {name: place for place, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name at its first use and keep it."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("algesia")
    elif name in _PLACES:
        value = getattr(import_module(_PLACES[name]), name)
    else:
        raise AttributeError(f"module 'algesia' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted({*globals(), *__all__})


def cohort(
    model: "Model",
    *,
    subjects: int = 100,
    seed: int = 1,
    **covariates: "str | bool | Mapping[str, Any]",
) -> "Cohort":
    """Sample patients from the study population of a model.

    Parameters
    ----------
    model
        The model whose study reports the population.
    subjects
        Number of patients, at least 1.
    seed
        Seed of every draw, at or above 0.
    **covariates
        Replaces or adds a covariate: a quantity such as `weight="70 kg"`, a flag, a level, or a
        distribution in the words of a scenario file.

    Returns
    -------
    Cohort
        The patients, numbered from 0.

    Raises
    ------
    InputError
        If a covariate does not exist or cannot be read.

    Examples
    --------
    >>> import algesia as al
    >>> film = al.entry("simons_2022_film").model
    >>> al.cohort(film, subjects=3, weight="70 kg").column("weight").tolist()
    [70.0, 70.0, 70.0]
    """
    from collections.abc import Mapping as AnyMapping
    from pathlib import Path

    from algesia.catalog.cohort_file import build_cohort
    from algesia.catalog.scenario_schema import CohortFile
    from algesia.catalog.strict_file import validated

    distributions = {
        name: given
        if isinstance(given, AnyMapping)
        else {"distribution": "fixed", "value": given}
        for name, given in covariates.items()
    }
    content = {"subjects": subjects, "seed": seed, "covariates": distributions}
    wanted = validated(CohortFile, content, where="cohort")
    return build_cohort(model, wanted, folder=Path(), where="cohort")
