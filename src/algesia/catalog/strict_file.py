"""Plain data against a strict schema, with one line that names place and nearest key."""

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from algesia.errors import FileInputError, nearest_names
from algesia.model import COVARIATE_UNITS

__all__ = ["validated"]

Schema = TypeVar("Schema", bound=BaseModel)
Place = tuple[int | str, ...]


def validated(schema: type[Schema], data: object, *, where: str) -> Schema:
    """Check plain data against a strict schema.

    Parameters
    ----------
    schema
        A pydantic model that forbids extra keys.
    data
        What a YAML file holds.
    where
        What to call the file in messages.

    Raises
    ------
    FileInputError
        If the data does not fit. The message gives the dotted key, and for an unknown key the
        nearest ones.
    """
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A key that is misspelt is also missing; the misspelling is the one to mend.
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
        raise FileInputError(f"{where}: {_sentence(schema, first)}") from None


def _sentence(schema: type[BaseModel], error: Any) -> str:
    kind, place = str(error["type"]), tuple(error["loc"])
    known, path = _keys_at(schema, place if kind != "extra_forbidden" else place[:-1])
    if kind == "extra_forbidden":
        key = str(place[-1])
        dotted = ".".join((*path, key))
        if error["input"] is None:
            return f"unknown key '{dotted}'; a text that holds a comma needs quotes"
        close = nearest_names(key, known)
        hint = f"close keys: {', '.join(close)}" if close else f"known: {', '.join(known)}"
        return f"unknown key '{dotted}'; {hint}"
    dotted = ".".join(path) or "the file"
    if kind == "missing":
        return f"key '{dotted}' is missing"
    if kind == "too_short":
        return f"{dotted} is empty; expected at least one"
    if kind == "model_type":
        return f"{dotted} is {_shown(error['input'])}; expected a mapping of keys to values"
    if kind == "string_type" and isinstance(error["input"], int | float):
        number = error["input"]
        unit = next((COVARIATE_UNITS[key] for key in path if key in COVARIATE_UNITS), "h")
        return f"{dotted} is {number}; expected text, such as '{number} {unit}' with its unit"
    message = str(error["msg"])
    return f"{dotted} is {_shown(error['input'])}; {message[:1].lower()}{message[1:]}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _keys_at(schema: type[BaseModel], place: Place) -> tuple[list[str], tuple[str, ...]]:
    """Keys known at a place, and the place without the tags pydantic puts into it."""
    current: Any = schema
    path: list[str] = []
    for step in place:
        if _alternatives(current):
            # Inside a union pydantic adds a step that names the alternative it tried.
            current = _chosen(current, step)
            continue
        path.append(str(step))
        current = _inner(current, step)
    current = _bare(current)
    fields = _names(current) if _is_model(current) else []
    return fields, tuple(path)


def _bare(annotation: Any) -> Any:
    """Annotation without its metadata and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        rest = [part for part in get_args(annotation) if part is not NoneType]
        if len(rest) == 1:
            return _bare(rest[0])
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _names(schema: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in schema.model_fields.items()]


def _inner(annotation: Any, step: int | str) -> Any:
    bare = _bare(annotation)
    if _is_model(bare):
        for name, field in bare.model_fields.items():
            if step in {name, field.alias}:
                return field.annotation
    arguments = get_args(bare)
    return arguments[-1] if arguments else None


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """Alternatives of a union, none if it is no union."""
    bare = _bare(annotation)
    return get_args(bare) if get_origin(bare) in (Union, UnionType) else ()


def _chosen(annotation: Any, step: int | str) -> Any:
    """Alternative of a union that a step names by its tag or class, None for a plain type."""
    for part in _alternatives(annotation):
        bare = _bare(part)
        if _is_model(bare) and (step == bare.__name__ or step in _tags(bare)):
            return bare
    return None


def _tags(schema: type[BaseModel]) -> Iterable[Any]:
    annotations = (field.annotation for field in schema.model_fields.values())
    return [
        tag for kind in annotations if get_origin(kind) is Literal for tag in get_args(kind)
    ]
