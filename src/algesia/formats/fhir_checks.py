"""What a FHIR resource must be to be read: known parts, of the right kind, about nobody."""

from collections.abc import Collection
from typing import Any, Final

from algesia.errors import RegimenError, nearest_names

__all__ = ["object_at", "objects", "refuse_people", "require_known", "strings"]

PEOPLE: Final = frozenset(
    {"identifier", "birthDate", "patient", "subject", "subjectReference", "telecom", "address",
     "given", "family", "author", "editor", "contact", "performer", "recorder", "requester"}
)  # fmt: skip
DEPTH_LIMIT: Final = 30


def refuse_people(data: Any) -> None:
    """Refuse anything that may name a person, at any depth."""
    waiting = [(data, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > DEPTH_LIMIT:
            raise RegimenError(
                f"the resource is nested too deep; expected {DEPTH_LIMIT} levels"
            )
        if isinstance(part, dict):
            for key in sorted(PEOPLE.intersection(part)):
                raise RegimenError(
                    f"the resource has '{key}', which may identify people; expected none"
                )
            waiting += [(value, depth + 1) for value in part.values()]
        elif isinstance(part, list):
            waiting += [(value, depth + 1) for value in part]


def require_known(data: Any, known: Collection[str], where: str) -> None:
    """Refuse keys that a plan has no words for."""
    if not isinstance(data, dict):
        raise RegimenError(f"{where} is {data!r}; expected an object")
    for key in data:
        if key not in known:
            close = nearest_names(key, known)
            hint = f"close keys: {', '.join(close)}" if close else f"known: {', '.join(known)}"
            raise RegimenError(f"{where} has '{key}', which a plan cannot say; {hint}")


def objects(data: dict[str, Any], key: str) -> list[Any]:
    """Give a list that must hold objects."""
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RegimenError(f"{key} is {found!r}; expected a list of objects")
    return found


def object_at(data: dict[str, Any], key: str) -> dict[str, Any]:
    """Give an object, empty where there is none."""
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise RegimenError(f"{key} is {found!r}; expected an object")
    return found


def strings(data: dict[str, Any], key: str) -> list[str]:
    """Give a list that must hold texts, empty where there is none."""
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise RegimenError(f"{key} is {found!r}; expected a list of texts")
    return found
