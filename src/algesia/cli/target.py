"""What `cite` and `diff` are pointed at: a result, a scenario or a model, told by its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from algesia.errors import FileInputError

from .question import SCENARIO_ENDINGS

if TYPE_CHECKING:
    from algesia.model import Model
    from algesia.provenance import Reported, Source
    from algesia.simulate import Trajectories

__all__ = ["Basis", "TargetKind", "bases_of", "basis_of_model", "kind_of"]

_RESULT_ENDINGS: Final = (".parquet", ".zarr")

TargetKind: TypeAlias = Literal["result", "scenario", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The numbers that something rests on.

    Parameters
    ----------
    name
        Arm or model they belong to.
    model
        Catalogue entry.
    values
        Every reported value.
    sources
        The publications they were read in.
    """

    name: str
    model: str
    values: tuple["Reported", ...]
    sources: tuple["Source", ...]


def kind_of(target: str) -> TargetKind:
    """Tell a result file, a scenario file and a catalogue entry apart by the name.

    Raises
    ------
    FileInputError
        If it is a file of another kind.

    Examples
    --------
    >>> kind_of("run.parquet"), kind_of("trial.yaml"), kind_of("simons_2022_film")
    ('result', 'scenario', 'model')
    """
    path = Path(target)
    ending = path.suffix.lower()
    if ending in _RESULT_ENDINGS:
        return "result"
    if ending in SCENARIO_ENDINGS:
        return "scenario"
    if ending or path.exists() or len(path.parts) > 1:
        raise FileInputError(
            f"{target} is no result (.parquet, .zarr), scenario (.yaml) or model; "
            "expected one of them"
        )
    return "model"


def bases_of(target: str) -> tuple[Basis, ...]:
    """Numbers behind a result, a scenario or a model; a result brings its own.

    Raises
    ------
    InputError
        If the target cannot be read.
    """
    kind = kind_of(target)
    if kind == "model":
        from algesia.catalog.entry import entry

        return (basis_of_model(entry(target).model, name=target),)
    if kind == "scenario":
        from algesia.catalog.scenario_file import read_scenario

        scenario = read_scenario(Path(target))
        return tuple(basis_of_model(arm.model, name=arm.name) for arm in scenario.arms)
    from algesia.formats.result_file import read_result

    return _bases_of_result(read_result(target))


def basis_of_model(model: "Model", *, name: str) -> Basis:
    """Every value of a model, those of its spread included, each once."""
    values = {each.reported.name: each.reported for each in model.parameters}
    values |= {each.reported.name: each.reported for each in model.random_effects}
    used = {value.source for value in values.values()}
    return Basis(
        name=name,
        model=model.id,
        values=tuple(values.values()),
        sources=tuple(source for source in model.sources if source.key in used),
    )


def _bases_of_result(result: "Trajectories") -> tuple[Basis, ...]:
    return tuple(
        Basis(name=arm.name, model=arm.model_id, values=arm.values_used, sources=arm.sources)
        for arm in result.arms
    )
