"""Results as a Zarr v3 folder that grows chunk by chunk as they are made.

The folder is the one `write_zarr` makes. Until the run is finished its root says `unfinished`.
The root array `part_sum` holds, for each chunk, the sum of the digests of its subjects; it is
written last, so that a chunk counts only when its values are there and have that sum.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from algesia.errors import FileInputError
from algesia.provenance import NOTICE
from algesia.simulate.chunk import Chunk
from algesia.simulate.run_summary import RunSummary
from algesia.simulate.stream import ChunkedRun
from algesia.simulate.trajectories import Trajectories
from algesia.simulate.values_hash import values_sum

from .extra import import_extra
from .output_path import check_output_path, make_folder
from .result_record import RESULT_SCHEMA, result_from_record
from .result_zarr import (
    MARK,
    checked_group,
    group_name,
    open_result,
    readable_zarr,
    root_attributes,
)
from .unfinished import require_same_run
from .zarr_arm import UNREADABLE, arm_arrays, create_arm, fill_arm

__all__ = ["ZarrParts", "zarr_part_results"]

_SUMS = "part_sum"
_SUM_BYTES = 16


class ZarrParts:
    """A sink of a chunked run: one Zarr folder, a region of its arrays per chunk.

    Parameters
    ----------
    path
        Folder to be written.
    force
        Whether a Zarr folder of another run that stands there may be removed.
    resume
        Whether the chunks of the same run that stand there are kept.
    """

    def __init__(self, path: str | Path, *, force: bool = False, resume: bool = False) -> None:
        self._path = Path(path)
        self._force = force
        self._resume = resume
        self._root: Any = None
        self._places: dict[str, int] = {}
        self._plan: ChunkedRun | None = None

    def open(self, plan: ChunkedRun) -> None:
        """Make the folder, or go on with the one of the same run.

        Raises
        ------
        FileInputError
            If the path is refused, or another run stands there and `force` is not given.
        MissingExtraError
            If zarr is not installed.
        """
        zarr = import_extra("zarr")
        self._plan = plan
        self._places = {arm.name: place for place, arm in enumerate(plan.scenario.arms)}
        if self._path.exists() and self._resume:
            self._root = self._opened(plan)
            return
        if self._path.exists():
            check_output_path(self._path, force=self._force)
            if not (self._path / MARK).is_file():
                raise FileInputError(
                    f"{self._path} is not a folder with a {MARK}; expected one to replace"
                )
            shutil.rmtree(self._path)
        make_folder(self._path)
        attributes = {
            "schema": RESULT_SCHEMA,
            "notice": NOTICE,
            "title": plan.scenario.title,
            "receipt": dict(plan.receipt),
            "unfinished": True,
            "chunk_subjects": plan.chunk_subjects,
            "chunk_failures": {},
            "arms": [],
        }
        self._root = zarr.create_group(
            store=str(self._path), zarr_format=3, attributes=attributes
        )
        self._root.create_array(
            _SUMS,
            shape=(len(plan.chunks), _SUM_BYTES),
            dtype=np.uint8,
            chunks=(1, _SUM_BYTES),
            dimension_names=["part", "byte"],
        )

    def finished(self, chunk: Chunk) -> Trajectories | None:
        """Answer of a chunk that is there and holds what its sum says."""
        try:
            said = _number(self._root[_SUMS][chunk.number])
        except UNREADABLE:
            return None
        if said == 0:
            return None
        place = self._places[chunk.arm]
        record = dict(self._root.attrs)
        failures = record["chunk_failures"].get(str(chunk.number), [])
        try:
            arrays = arm_arrays(self._root[group_name(place)], slice(chunk.first, chunk.stop))
        except FileInputError:
            # A damaged chunk is made again.
            return None
        record |= {"arms": [{**record["arms"][place], "failures": failures}], "warnings": []}
        answer = result_from_record(record, (arrays,), where=str(self._path))
        return answer if values_sum(answer.arms[0]) == said else None

    def take(self, chunk: Chunk, answer: Trajectories) -> None:
        """Write the region of a chunk, then its sum."""
        arm = answer.arms[0]
        place = self._places[chunk.arm]
        attributes = self._root.attrs
        if len(attributes["arms"]) == place:
            assert self._plan is not None
            cohort = self._plan.scenario.arms[place].cohort
            create_arm(
                self._root,
                group_name(place),
                arm,
                subjects=cohort.size,
                chunk_subjects=self._plan.chunk_subjects,
                columns=cohort.covariates,
            )
            one = root_attributes(replace(answer, arms=(replace(arm, failures=()),)))
            attributes["arms"] = [*attributes["arms"], *one["arms"]]
        if arm.failures:
            lines = {str(chunk.number): list(arm.failures)}
            attributes["chunk_failures"] = {**attributes["chunk_failures"], **lines}
        fill_arm(self._root[group_name(place)], arm, first=chunk.first)
        self._root[_SUMS][chunk.number] = np.frombuffer(
            values_sum(arm).to_bytes(_SUM_BYTES, "little"), dtype=np.uint8
        )

    def close(self, summary: RunSummary) -> None:
        """Write the receipt with the hash of the values, failures and sources."""
        record = dict(self._root.attrs)
        lines = record["chunk_failures"]
        numbers: dict[str, list[int]] = {}
        assert self._plan is not None
        for chunk in self._plan.chunks:
            numbers.setdefault(chunk.arm, []).append(chunk.number)
        arms = [
            {
                **entry,
                "failed": arm.failed,
                "failures": [
                    line for number in numbers[arm.name] for line in lines.get(str(number), [])
                ],
                "notes": list(arm.notes),
            }
            for entry, arm in zip(record["arms"], summary.arms, strict=True)
        ]
        sources = {source["key"]: source for arm in arms for source in arm["sources"]}
        self._root.attrs.put(
            {
                **record,
                "arms": arms,
                "sources": list(sources.values()),
                "warnings": list(summary.warnings),
                "receipt": dict(summary.receipt),
                "unfinished": False,
            }
        )

    def _opened(self, plan: ChunkedRun) -> Any:
        """Root of what stands there, refused where it is not the same run."""
        root = open_result(self._path, mode="r+")
        record = dict(root.attrs)
        if _SUMS not in root or "chunk_subjects" not in record:
            raise FileInputError(
                f"{self._path} was not written in chunks; expected an interrupted run"
            )
        first = min(int(record["chunk_subjects"]), plan.scenario.arms[0].cohort.size)
        require_same_run(self._path, record["receipt"], plan, chunk_subjects=first)
        return root


def zarr_part_results(path: str | Path) -> Iterator[Trajectories]:
    """Give a finished Zarr result piece by piece: some subjects of one arm at a time.

    Parameters
    ----------
    path
        The folder.

    Yields
    ------
    Trajectories
        As many subjects as a chunk of the arrays holds.

    Raises
    ------
    FileInputError
        If it is not such a folder, or is not finished.
    """
    root = open_result(Path(path), mode="r")
    record = dict(root.attrs)
    for place, entry in enumerate(record["arms"]):
        with readable_zarr(path):
            group = checked_group(root, place, entry)
            step, subjects = group["value"].chunks[0], group["value"].shape[0]
        for first in range(0, subjects, step):
            with readable_zarr(path):
                arrays = arm_arrays(group, slice(first, min(first + step, subjects)))
            yield result_from_record({**record, "arms": [entry]}, (arrays,), where=str(path))


def _number(digits: Any) -> int:
    return int.from_bytes(np.asarray(digits, dtype=np.uint8).tobytes(), "little")
