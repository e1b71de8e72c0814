"""Ledgers of a run in chunks: one Parquet file per chunk in a folder beside the result."""

import re
from pathlib import Path

from algesia.errors import FileInputError
from algesia.simulate.chunk import Chunk
from algesia.simulate.run_summary import RunSummary
from algesia.simulate.stream import ChunkedRun, Sink
from algesia.simulate.trajectories import Trajectories

from .ledger_table import ledger_path, write_ledger
from .output_path import make_folder

__all__ = ["LedgerParts"]

_NAME = re.compile(r"part-\d{5,}\.parquet")


class LedgerParts:
    """A sink that keeps results as another does, and the ledger of every chunk beside them.

    Parameters
    ----------
    sink
        Where the values go.
    result
        Path of the result; the ledger is a folder beside it.
    force
        Whether parts of another run that stand there may be removed.
    """

    def __init__(self, sink: Sink, result: str | Path, *, force: bool = False) -> None:
        self._sink = sink
        self._path = ledger_path(result)
        self._force = force
        self._reacting: frozenset[str] = frozenset()

    def open(self, plan: ChunkedRun) -> None:
        """Open the result, and make the folder of the ledger where an arm reacts.

        Raises
        ------
        FileInputError
            If something else stands there.
        """
        self._sink.open(plan)
        arms = plan.scenario.arms
        self._reacting = frozenset(arm.name for arm in arms if arm.protocol is not None)
        if not self._reacting:
            return
        if self._path.is_file() and self._force:
            self._path.unlink()
        if not self._path.exists():
            make_folder(self._path)
        inside = sorted(self._path.iterdir()) if self._path.is_dir() else [self._path]
        others = [each.name for each in inside if not _NAME.fullmatch(each.name)]
        if others:
            raise FileInputError(
                f"{self._path} holds {others[0]}, which is no part of a ledger; expected a "
                "folder of part-00000.parquet files or a free name"
            )
        if self._force:
            for part in inside:
                part.unlink()

    def finished(self, chunk: Chunk) -> Trajectories | None:
        """Answer of a chunk whose values and ledger are both there."""
        if chunk.arm in self._reacting and not self._file(chunk).exists():
            return None
        return self._sink.finished(chunk)

    def take(self, chunk: Chunk, answer: Trajectories) -> None:
        """Write the ledger of a chunk, then its values."""
        part = self._file(chunk)
        # A chunk that another result has kept comes back without its ledger.
        if answer.arms[0].ledger is not None:
            write_ledger(answer, part, force=True)
        elif chunk.arm in self._reacting and not part.exists():
            raise FileInputError(
                f"{part} is missing and cannot be made from a result that is read back; "
                "expected --force to run anew"
            )
        self._sink.take(chunk, answer)

    def close(self, summary: RunSummary) -> None:
        """Close the result."""
        self._sink.close(summary)

    def _file(self, chunk: Chunk) -> Path:
        return self._path / f"part-{chunk.number:05d}.parquet"
