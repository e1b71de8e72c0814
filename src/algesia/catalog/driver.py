"""What stands beside a model that takes no dose, so that gates and claims can try it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from algesia.errors import FileInputError
from algesia.formats import read_yaml
from algesia.model import Model

from .companion import accompanied
from .entry import entry, entry_hash
from .entry_schema import ModelFile
from .strict_file import validated

__all__ = ["driven", "drivers_of", "tried_inputs"]


def drivers_of(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Entries that drive the model of an entry, each with the inputs that gates dose.

    Parameters
    ----------
    folder
        Folder of the entry; without the key `driven_by` in its `model.yaml` nothing drives it.

    Examples
    --------
    >>> from algesia.catalog.entry import entry_folder
    >>> dict(drivers_of(entry_folder("nmda_receptor_channel")))
    {'ketamine_backbone': ('intravenous_ketamine',)}
    """
    return _drivers(folder, entry_hash(folder))


@lru_cache(maxsize=64)
def _drivers(folder: Path, content: str) -> dict[str, tuple[str, ...]]:
    del content  # only there so that a changed file is read again
    where = f"{folder.name}/model.yaml"
    file = validated(ModelFile, read_yaml(folder / "model.yaml"), where=where)
    if file.driven_by and file.inputs:
        raise FileInputError(
            f"{where}: driven_by stands beside inputs; expected it where no dose is taken"
        )
    return {name: tuple(inputs) for name, inputs in file.driven_by.items()}


def driven(folder: Path, model: Model) -> Model:
    """Model of an entry beside what drives it; as it is where nothing does.

    Parameters
    ----------
    folder
        Folder of the entry.
    model
        Its model, or a changed one that is to be tried in its place.

    Raises
    ------
    UnknownNameError
        If there is no such entry; the message lists close names.
    ModelError
        If the models do not fit together.
    """
    drivers = drivers_of(folder)
    return accompanied(model, [entry(name) for name in drivers]) if drivers else model


def tried_inputs(folder: Path) -> frozenset[str] | None:
    """Names, in the driven model, of the inputs that gates dose; None where all are.

    Raises
    ------
    FileInputError
        If a driver has no such input.
    """
    drivers = drivers_of(folder)
    if not drivers:
        return None
    found = set()
    for name, inputs in drivers.items():
        known = {each.name for each in entry(name).model.inputs}
        for wanted in inputs:
            if wanted not in known:
                raise FileInputError(
                    f"{folder.name}/model.yaml: driven_by.{name} names input '{wanted}'; "
                    f"expected one of {', '.join(sorted(known)) or 'none, it takes no dose'}"
                )
            found.add(f"{name}_{wanted}")
    return frozenset(found)
