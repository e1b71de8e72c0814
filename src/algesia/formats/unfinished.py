"""Whether a result that was left unfinished belongs to the run that wants to finish it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from algesia.errors import FileInputError
from algesia.simulate.stream import ChunkedRun

__all__ = ["require_same_run"]


def require_same_run(
    path: Path, receipt: Mapping[str, Any], plan: ChunkedRun, *, chunk_subjects: int | None
) -> None:
    """Refuse to finish a result of another scenario, other versions or another chunk size.

    Parameters
    ----------
    path
        What stands there.
    receipt
        The receipt it carries.
    plan
        The run that wants to finish it.
    chunk_subjects
        Subjects in its first chunk, None where that is not known.

    Raises
    ------
    FileInputError
        If they differ. The message says in what.
    """
    if receipt.get("scenario") != plan.receipt["scenario"]:
        raise FileInputError(
            f"{path} holds another scenario ('{receipt.get('title')}', "
            f"{str(receipt.get('scenario'))[:12]}); expected this one "
            f"('{plan.receipt['title']}', {plan.receipt['scenario'][:12]})"
        )
    ours, theirs = plan.receipt["versions"], receipt.get("versions", {})
    for name in ours:
        if ours[name] != theirs.get(name):
            raise FileInputError(
                f"{path} was begun with {name} {theirs.get(name)}; expected {ours[name]}, "
                "as numbers of different versions are not mixed"
            )
    if chunk_subjects is not None and chunk_subjects != plan.chunks[0].subjects:
        raise FileInputError(
            f"{path} was begun in chunks of {chunk_subjects} subjects, not of "
            f"{plan.chunks[0].subjects}; expected the same: --chunk {chunk_subjects}"
        )
