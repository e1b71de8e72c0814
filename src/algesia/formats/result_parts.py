"""Results as a folder of Parquet files, written chunk by chunk as they are made.

Each `part-00000.parquet` is a result file of its own: some subjects of one arm. Its metadata
hold, besides those of a result, `chunk` as JSON: number and count of the parts, the arm, the
places of its subjects, and the sum of their digests. All parts together read as one table, in
the order of their names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from algesia.errors import FileInputError
from algesia.simulate.chunk import Chunk
from algesia.simulate.receipt import with_values
from algesia.simulate.run import failure_warnings, further_warnings
from algesia.simulate.run_summary import RunSummary
from algesia.simulate.stream import ChunkedRun
from algesia.simulate.trajectories import Trajectories
from algesia.simulate.values_hash import values_hash, values_sum

from .arm_join import joined_arm
from .extra import import_extra
from .output_path import check_output_path, make_folder
from .result_parquet import parquet_metadata, read_parquet, write_parquet
from .unfinished import require_same_run

__all__ = ["ParquetParts", "part_results", "read_parts"]

_NAME = re.compile(r"part-\d{5,}\.parquet")
_LEFT_OVER = re.compile(r"\.part-\d{5,}\.parquet\.[0-9a-f]+\.part")


class ParquetParts:
    """A sink of a chunked run: one Parquet file per chunk, each whole or not there.

    Parameters
    ----------
    path
        Folder to be written; made where it is missing.
    force
        Whether parts of another run that stand there may be removed.
    resume
        Whether parts of the same run that stand there are kept, and only the rest is solved.
    """

    def __init__(self, path: str | Path, *, force: bool = False, resume: bool = False) -> None:
        self._path = Path(path)
        self._force = force
        self._resume = resume

    def open(self, plan: ChunkedRun) -> None:
        """Make the folder; keep the parts of the same run, refuse any other content.

        Raises
        ------
        FileInputError
            If the path is refused, or holds parts of another run and `force` is not given.
        MissingExtraError
            If pyarrow is not installed.
        """
        import_extra("pyarrow.parquet")
        if self._force and self._path.is_file():
            self._path.unlink()
        if not self._path.exists():
            make_folder(self._path)
            return
        parts = _parts_alone(self._path)
        if self._resume:
            for part in parts:
                self._require_same(plan, part)
        elif parts:
            check_output_path(self._path, force=self._force)
            for part in parts:
                part.unlink()

    def finished(self, chunk: Chunk) -> Trajectories | None:
        """Answer of a chunk whose part is there and holds what its digest says."""
        part = self._file(chunk)
        if not part.exists():
            return None
        try:
            answer = read_parquet(part)
            said = _chunk_record(part)["sum"]
        except FileInputError:
            return None
        return answer if said == _sum_text(values_sum(answer.arms[0])) else None

    def take(self, chunk: Chunk, answer: Trajectories) -> None:
        """Write the part of a chunk."""
        record = {**asdict(chunk), "sum": _sum_text(values_sum(answer.arms[0]))}
        write_parquet(
            answer, self._file(chunk), force=True, metadata={"chunk": json.dumps(record)}
        )

    def close(self, summary: RunSummary) -> None:
        """Nothing is left to do: the parts say of how many they are."""

    def _file(self, chunk: Chunk) -> Path:
        return self._path / f"part-{chunk.number:05d}.parquet"

    def _require_same(self, plan: ChunkedRun, part: Path) -> None:
        """Refuse a part of another scenario, version or size of the chunks."""
        try:
            parquet_metadata(part)
        except FileInputError:
            # A part that broke after it was written is made again.
            return
        record = _chunk_record(part)
        size = record["stop"] - record["first"] if record["number"] == 0 else None
        require_same_run(self._path, _receipt(part), plan, chunk_subjects=size)
        places = [asdict(chunk) for chunk in plan.chunks if self._file(chunk) == part]
        if places != [{name: record[name] for name in record if name != "sum"}]:
            raise FileInputError(
                f"{part} holds other subjects than this run would put there; "
                "expected a part of the same scenario with chunks of the same size"
            )


def part_results(path: str | Path) -> Iterator[Trajectories]:
    """Give the parts of a finished folder one by one, in order.

    Parameters
    ----------
    path
        The folder.

    Yields
    ------
    Trajectories
        Some subjects of one arm; the receipt lacks the hashes of the values.

    Raises
    ------
    FileInputError
        If it is not such a folder, parts are missing, or they are of different runs.
    """
    for part in _complete(Path(path)):
        answer = read_parquet(part)
        if _chunk_record(part)["sum"] != _sum_text(values_sum(answer.arms[0])):
            raise FileInputError(f"{part} holds other values than were written; expected those")
        yield answer


def read_parts(path: str | Path) -> Trajectories:
    """Read a folder of parts as one result; it must fit into memory.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    Trajectories
        The result as `run` gives it, bit for bit.

    Raises
    ------
    FileInputError
        If it is not such a folder, parts are missing, or they are of different runs.
    """
    parts = list(part_results(path))
    groups = groupby((part.arms[0] for part in parts), key=lambda arm: arm.name)
    arms = tuple(joined_arm(list(members)) for _, members in groups)
    values = {arm.name: values_hash(values_sum(arm), arm) for arm in arms}
    further = dict.fromkeys(text for part in parts for text in further_warnings(part))
    return replace(
        parts[0],
        arms=arms,
        receipt=with_values(parts[0].receipt, values),
        warnings=(
            *failure_warnings((arm.name, arm.failed, arm.status.size) for arm in arms),
            *further,
        ),
    )


def _parts_alone(path: Path) -> list[Path]:
    """Parts in a folder that holds nothing else; what a killed run left half-written goes."""
    if not path.is_dir():
        raise FileInputError(f"{path} is a file; expected a folder of parts, or a free name")
    inside = sorted(path.iterdir())
    parts = [each for each in inside if _NAME.fullmatch(each.name)]
    left_over = [each for each in inside if _LEFT_OVER.fullmatch(each.name)]
    others = [each.name for each in inside if each not in parts and each not in left_over]
    if others:
        raise FileInputError(
            f"{path} holds {others[0]}, which is no part of a result; expected a folder of "
            "part-00000.parquet files or a free name"
        )
    for each in left_over:
        each.unlink(missing_ok=True)
    return parts


def _complete(path: Path) -> list[Path]:
    """Parts of a folder, all of one run and none missing."""
    parts = sorted(each for each in path.iterdir() if _NAME.fullmatch(each.name))
    if not parts:
        raise FileInputError(f"{path} holds no part-00000.parquet; expected a result")
    count = _chunk_record(parts[0])["of"]
    if len(parts) != count:
        raise FileInputError(
            f"{path} holds {len(parts)} of {count} parts; expected all of them: the run was "
            "interrupted, --resume finishes it"
        )
    runs = {_receipt(part).get("scenario") for part in parts}
    numbers = [_chunk_record(part)["number"] for part in parts]
    if len(runs) > 1 or numbers != list(range(count)):
        raise FileInputError(f"{path} holds parts of different runs; expected one run")
    return parts


def _chunk_record(part: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(parquet_metadata(part)["chunk"])
        fields = {key: record[key] for key in ("number", "of", "arm", "first", "stop", "sum")}
    except (KeyError, TypeError, ValueError):
        raise FileInputError(
            f"{part} is no part of a chunked run; expected one that Algesia wrote"
        ) from None
    return fields


def _receipt(part: Path) -> Mapping[str, Any]:
    try:
        receipt = json.loads(parquet_metadata(part)["receipt"])
    except (KeyError, ValueError):
        receipt = None
    if not isinstance(receipt, dict):
        raise FileInputError(f"{part} has no receipt; expected a part that Algesia wrote")
    return receipt


def _sum_text(total: int) -> str:
    return f"{total:032x}"
