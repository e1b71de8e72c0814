"""The receipt of a run: hashes of what went in, the solver and the versions.

Two runs with the same hashes asked the same question of the same numbers.
"""

import dataclasses
import hashlib
import platform
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from algesia.provenance import NOTICE

from .dose_mark import outside_studied

if TYPE_CHECKING:
    from .scenario import Arm, Scenario

__all__ = ["content_hash", "make_receipt", "with_values"]

_DIGITS = 16


def content_hash(value: object) -> str:
    """Hash of a value by content: equal content gives equal text, in any process.

    Parameters
    ----------
    value
        Dataclasses, mappings, sequences, sets, arrays, numbers, text and None, nested.

    Raises
    ------
    TypeError
        If something else is found inside.

    Examples
    --------
    >>> content_hash({"a": 1.0, "b": 2}) == content_hash({"b": 2, "a": 1.0})
    True
    >>> content_hash(1.0) == content_hash(1)
    False
    """
    return _hash(value, {})


def _hash(value: object, known: dict[int, bytes]) -> str:
    digest = hashlib.blake2b(digest_size=_DIGITS)
    _feed(digest, value, known)
    return digest.hexdigest()


def _feed(digest: Any, value: object, known: dict[int, bytes]) -> None:
    """Feed one value with its type, so that neighbours cannot run together."""
    if isinstance(value, Enum):
        value = value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        digest.update(b"(" + _dataclass_digest(value, known))
    elif isinstance(value, Mapping):
        digest.update(b"{")
        for key in sorted(value, key=str):
            _feed(digest, str(key), known)
            _feed(digest, value[key], known)
        digest.update(b"}")
    elif isinstance(value, frozenset | set):
        _feed(digest, sorted(value, key=str), known)
    elif isinstance(value, tuple | list):
        digest.update(b"[")
        for item in value:
            _feed(digest, item, known)
        digest.update(b"]")
    else:
        _feed_leaf(digest, value)


def _dataclass_digest(value: Any, known: dict[int, bytes]) -> bytes:
    """Digest of a dataclass on its own; a model that stands in several places is read once."""
    found = known.get(id(value))
    if found is None:
        digest = hashlib.blake2b(type(value).__name__.encode(), digest_size=_DIGITS)
        for item in dataclasses.fields(value):
            if item.compare and not item.name.startswith("_"):
                digest.update(b";" + item.name.encode())
                _feed(digest, getattr(value, item.name), known)
        found = known[id(value)] = digest.digest()
    return found


def _feed_leaf(digest: Any, value: object) -> None:
    if isinstance(value, np.ndarray):
        kept = np.ascontiguousarray(value)
        digest.update(f"a{kept.dtype.str}{kept.shape}".encode() + kept.tobytes())
    elif isinstance(value, np.generic):
        _feed_leaf(digest, value.item())
    elif isinstance(value, bool | int | str | float | Path | Fraction) or value is None:
        text = repr(value) if not isinstance(value, Path) else str(value)
        digest.update(f"{type(value).__name__}:{len(text)}:{text};".encode())
    elif hasattr(value, "text"):
        _feed_leaf(digest, value.text)
    else:
        raise TypeError(f"cannot hash a {type(value).__name__}; expected plain data")


def make_receipt(
    scenario: "Scenario",
    *,
    steppers: Mapping[str, str],
    values: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Describe a run so that it can be told apart from any other.

    Parameters
    ----------
    scenario
        What was asked.
    steppers
        Solver of each arm by its name.
    values
        Hash of the values of each arm by its name, where they are known.
    """
    known: dict[int, bytes] = {}
    receipt = {
        "schema": "algesia/receipt/1",
        "scenario": _hash(scenario, known),
        "title": scenario.title,
        "relative_tolerance": scenario.tolerance.relative,
        "arms": [_arm_receipt(arm, steppers[arm.name], known) for arm in scenario.arms],
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in ("algesia", "numpy", "numba")},
        },
        "notice": NOTICE,
    }
    return receipt if values is None else with_values(receipt, values)


def with_values(receipt: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Give a receipt with the hashes of the values of its arms by name."""
    arms = [
        {**arm, "values": values[arm["name"]]} if arm["name"] in values else arm
        for arm in receipt["arms"]
    ]
    return {**receipt, "arms": arms}


def _arm_receipt(arm: "Arm", stepper: str, known: dict[int, bytes]) -> dict[str, Any]:
    rules = {} if arm.protocol is None else {"rules_hash": _hash(arm.protocol, known)}
    return {
        **rules,
        "name": arm.name,
        "model": arm.model.id,
        "model_hash": _hash(arm.model, known),
        "regimen_hash": _hash(arm.regimen, known),
        "cohort_hash": _hash(arm.cohort, known),
        "seed": int(arm.cohort.seed),
        "subjects": arm.cohort.size,
        "outside_validity": list(outside_studied(arm)),
        "stepper": stepper,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
