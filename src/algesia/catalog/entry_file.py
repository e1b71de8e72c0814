"""From the folder of a catalogue entry to a checked `Model` and its claims."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from algesia.errors import FileInputError, InputError
from algesia.formats import read_yaml
from algesia.model import (
    DataColumn,
    Definition,
    Expression,
    Flow,
    Input,
    InputPart,
    Model,
    Output,
    Port,
    State,
    parse,
)

from .claim import Claim
from .claim_file import ClaimsFile, claims_of
from .entry_schema import InputFile, ModelFile, SingleFile, ValuesFile
from .entry_spread import covariate_effects_of, population_of, residuals_of, spread_of
from .entry_validity import unknown_routes_of, validity_of
from .entry_values import EntryValues, located
from .strict_file import validated

__all__ = [
    "entry_claims",
    "entry_model",
    "read_entry_claims",
    "read_entry_model",
    "read_entry_values",
    "read_single_file_model",
]

_MODEL, _VALUES, _CLAIMS = "model.yaml", "values.yaml", "claims.yaml"


def read_entry_model(folder: Path) -> Model:
    """Read the model of an entry.

    Parameters
    ----------
    folder
        Folder of the entry, with `model.yaml` and `values.yaml`; named as the entry's id.

    Returns
    -------
    Model
        The model, checked.

    Raises
    ------
    InputError
        If a file cannot be read, has an unknown key, or the model does not hold together. The
        message gives file, dotted key and formula.
    """
    model_data, values_data = read_yaml(folder / _MODEL), read_yaml(folder / _VALUES)
    model = entry_model(model_data, values_data, where=folder.name)
    if model.id != folder.name:
        raise FileInputError(
            f"{folder.name}/{_MODEL}: id is '{model.id}'; expected '{folder.name}', its folder"
        )
    return model


def read_single_file_model(path: Path) -> Model:
    """Read a model that stands in one file, with its values in it; no catalogue is asked.

    Parameters
    ----------
    path
        File of schema `algesia/model/1` with a block `values`, in which a value is either what
        `values.yaml` of an entry says of one, or a quantity alone, such as `1.1 L/h`.

    Raises
    ------
    InputError
        If the file cannot be read, has an unknown key, or the model does not hold together.
    """
    file = validated(SingleFile, read_yaml(path), where=path.name)
    with located(path.name):
        values = EntryValues.from_file(ValuesFile(sources=file.sources, values=file.values))
        return _model(file, values)


def read_entry_values(folder: Path) -> EntryValues:
    """Read every value of an entry, those stated without a number included.

    Raises
    ------
    InputError
        If the file cannot be read, has an unknown key, or a value contradicts itself.
    """
    rows = validated(ValuesFile, read_yaml(folder / _VALUES), where=f"{folder.name}/{_VALUES}")
    with located(f"{folder.name}/{_VALUES}"):
        return EntryValues.from_file(rows)


def read_entry_claims(folder: Path) -> tuple[Claim, ...]:
    """Read the claims of an entry; none if it has no `claims.yaml`.

    Raises
    ------
    InputError
        If the file cannot be read, or a claim names an output or source the entry lacks. The
        message gives file, claim and key.
    """
    if not (folder / _CLAIMS).exists():
        return ()
    return entry_claims(
        read_yaml(folder / _CLAIMS), read_entry_model(folder), where=folder.name
    )


def entry_model(model_data: object, values_data: object, *, where: str) -> Model:
    """Build the model of an entry from what its two files hold.

    Parameters
    ----------
    model_data, values_data
        Plain data of `model.yaml` and `values.yaml`.
    where
        What to call the entry in messages.

    Raises
    ------
    InputError
        If the data does not fit the schema or the model does not hold together.
    """
    file = validated(ModelFile, model_data, where=f"{where}/{_MODEL}")
    rows = validated(ValuesFile, values_data, where=f"{where}/{_VALUES}")
    with located(f"{where}/{_VALUES}"):
        values = EntryValues.from_file(rows)
    with _in_entry(where, file.id):
        return _model(file, values)


def entry_claims(claims_data: object, model: Model, *, where: str) -> tuple[Claim, ...]:
    """Build the claims of an entry from what `claims.yaml` holds.

    Parameters
    ----------
    claims_data
        Plain data of `claims.yaml`.
    model
        The entry's model, for the names of outputs and sources.
    where
        What to call the entry in messages.
    """
    file = validated(ClaimsFile, claims_data, where=f"{where}/{_CLAIMS}")
    with located(f"{where}/{_CLAIMS}"):
        return claims_of(file, model)


@contextmanager
def _in_entry(where: str, model_id: str) -> Iterator[None]:
    """Name the file a mistake is in: `values.yaml` for a value, otherwise `model.yaml`."""
    try:
        yield
    except InputError as error:
        text = str(error).removeprefix(f"{model_id}: ")
        file = _VALUES if text.startswith("values.") else _MODEL
        raise type(error)(f"{where}/{file}: {text}") from None


def _model(file: ModelFile, values: EntryValues) -> Model:
    outputs = _outputs(file)
    spread = spread_of(file, values)
    blank = {value.name for value in spread.blank}
    return Model(
        id=file.id,
        title=file.title,
        drug=file.drug,
        states=_states(file),
        parameters=tuple(
            entry for name, entry in values.parameters.items() if name not in blank
        ),
        flows=_flows(file),
        derivatives={
            name: parse(text, where=f"derivatives.{name}")
            for name, text in file.derivatives.items()
        },
        definitions=_definitions(file),
        outputs=tuple(outputs.values()),
        inputs=tuple(_input(name, row) for name, row in file.inputs.items()),
        ports=tuple(Port(name=name, **row.model_dump()) for name, row in file.ports.items()),
        data_columns=tuple(
            DataColumn(name=name, column=row.column, unit=row.unit)
            for name, row in file.data_columns.items()
        ),
        random_effects=spread.effects,
        blocks=spread.blocks,
        covariate_effects=covariate_effects_of(file, values),
        residuals=residuals_of(file, values, outputs),
        validity=validity_of(file.validity),
        population=population_of(file, values),
        sources=values.sources,
        unknown_routes=unknown_routes_of(file.unknown_routes),
        exemptions=dict(file.exemptions),
        notes=(*file.notes, *spread.notes()),
    )


def _optional(text: str | None, where: str) -> Expression | None:
    return None if text is None else parse(text, where=where)


def _states(file: ModelFile) -> tuple[State, ...]:
    return tuple(
        State(
            name=name,
            unit=row.unit,
            substance=row.substance,
            initial=parse(row.initial, where=f"states.{name}.initial"),
            description=row.description,
        )
        for name, row in file.states.items()
    )


def _flows(file: ModelFile) -> tuple[Flow, ...]:
    return tuple(
        Flow(
            name=name,
            source=row.source,
            target=row.target,
            rate=parse(row.rate, where=f"flows.{name}.rate"),
            fraction=_optional(row.fraction, f"flows.{name}.fraction"),
        )
        for name, row in file.flows.items()
    )


def _definitions(file: ModelFile) -> tuple[Definition, ...]:
    return tuple(
        Definition(
            name=name,
            expression=parse(row.expression, where=f"definitions.{name}"),
            unit=row.unit,
        )
        for name, row in file.definitions.items()
    )


def _outputs(file: ModelFile) -> dict[str, Output]:
    return {
        name: Output(
            name=name,
            expression=parse(row.expression, where=f"outputs.{name}.expression"),
            unit=row.unit,
            substance=row.substance,
            form=row.form,
            site=row.site,
            description=row.description,
        )
        for name, row in file.outputs.items()
    }


def _input(name: str, row: InputFile) -> Input:
    parts = []
    for place, part in enumerate(row.parts):
        where = f"inputs.{name}.parts.{place}"
        formulas = {
            key: parse(text, where=f"{where}.{key}")
            for key, text in part.model_dump(exclude={"into"}).items()
            if text is not None
        }
        with located(where):
            parts.append(InputPart(into=part.into, **formulas))
    return Input(
        name=name,
        routes=tuple(row.routes),
        substances=tuple(row.substances),
        parts=tuple(parts),
        formulations=tuple(row.formulations),
        device_amount=row.device_amount,
        device_interval=row.device_interval,
        infusible=row.infusible,
        compartment=row.compartment,
        description=row.description,
    )
