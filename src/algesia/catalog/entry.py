"""A catalogue entry: its model, its claims, and the rung it has reached on the ladder."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from algesia.errors import FileInputError, unknown_name
from algesia.model import Model

from .claim import Claim
from .entry_file import read_entry_claims, read_entry_model

__all__ = [
    "RUNGS",
    "Entry",
    "entry",
    "entry_at",
    "entry_folder",
    "entry_hash",
    "entry_ids",
    "ladder_path",
    "misfits_of",
    "recorded_ladder",
]

RUNGS: Final = ("draft", "sound", "reproduced", "second-read")
"""How far an entry has been checked, each rung standing on the one before it."""

_FILES = ("model.yaml", "values.yaml", "claims.yaml")
_LADDER = "ladder.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One published model as a folder of text.

    Parameters
    ----------
    id
        Name of the entry and of its folder.
    folder
        Where its files are.
    model
        The model, checked.
    rung
        `draft` loads; `sound`: all gates pass; `reproduced`: its claims hold; `second-read`:
        a blind second reading of its values agrees. Taken from the recorded ladder, and
        `draft` as soon as a file of the entry has changed since.
    misfits
        What the model is known not to show, one line per reason; to be told with every answer.
    """

    id: str
    folder: Path
    model: Model
    rung: str
    misfits: tuple[str, ...] = ()

    def claims(self) -> tuple[Claim, ...]:
        """Sentences of the source that a simulation can confirm."""
        return read_entry_claims(self.folder)

    def readme(self) -> str:
        """What the entry is for, for whom it is valid, what was ambiguous."""
        path = self.folder / "README.md"
        return path.read_text(encoding="utf-8") if path.is_file() else ""


def _root() -> Path:
    return Path(str(files("algesia.catalog"))) / "entries"


def ladder_path() -> Path:
    """File that holds the recorded ladder."""
    return _root().parent / _LADDER


def entry_ids() -> tuple[str, ...]:
    """Names of all catalogue entries, in alphabetical order.

    Examples
    --------
    >>> "simons_2022_film" in entry_ids()
    True
    """
    return tuple(sorted(path.parent.name for path in _root().glob("*/model.yaml")))


def entry_folder(name: str) -> Path:
    """Folder of an entry.

    Raises
    ------
    UnknownNameError
        If there is no such entry; the message lists close names.
    """
    known = entry_ids()
    if name not in known:
        raise unknown_name("model", name, known)
    return _root() / name


@cache
def entry(name: str) -> Entry:
    """Load a catalogue entry.

    Parameters
    ----------
    name
        Name of the entry.

    Raises
    ------
    UnknownNameError
        If there is no such entry; the message lists close names.
    InputError
        If a file of the entry does not hold together.

    Examples
    --------
    >>> entry("kamp_2020_general").model.drug
    'ketamine'
    """
    return entry_at(entry_folder(name))


def entry_at(folder: Path) -> Entry:
    """Load an entry from a folder anywhere, named as its id.

    Raises
    ------
    InputError
        If a file of the entry does not hold together.
    """
    recorded = recorded_ladder().get(folder.name, {})
    unchanged = recorded.get("content") == entry_hash(folder)
    return Entry(
        id=folder.name,
        folder=folder,
        model=read_entry_model(folder),
        rung=str(recorded["rung"]) if unchanged else "draft",
        misfits=misfits_of(read_entry_claims(folder)),
    )


def misfits_of(claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """One line for each reason why claims are expected to fail, naming the claims."""
    reasons: dict[str, list[str]] = {}
    for claim in claims:
        if claim.expected_to_fail is not None:
            reasons.setdefault(" ".join(claim.expected_to_fail.split()), []).append(claim.id)
    return tuple(
        f"misfit: {names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {reason}"
        for reason, names in reasons.items()
    )


def entry_hash(folder: Path) -> str:
    """Hash of the files an entry's checks rest on."""
    digest = hashlib.blake2b(digest_size=16)
    for name in _FILES:
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


@cache
def recorded_ladder() -> dict[str, dict[str, Any]]:
    """Rungs as last computed by `algesia check --record`, by entry."""
    path = ladder_path()
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FileInputError(f"{path.name} cannot be read: {error}") from error
    ladder: dict[str, dict[str, Any]] = content["entries"]
    return ladder
