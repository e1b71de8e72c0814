"""The files a run is asked to write: refused before the simulation or written after it."""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from algesia.errors import DomainError, FileInputError, InputError

if TYPE_CHECKING:
    from algesia.simulate import Scenario, Trajectories
    from algesia.simulate.stream import Sink

__all__ = ["OutputFiles"]

_PACKAGES: Final = {
    ".parquet": ("pyarrow.parquet",),
    ".zarr": ("zarr",),
    ".csv": (),
    ".svg": ("matplotlib",),
    ".png": ("matplotlib",),
    ".pdf": ("matplotlib",),
    ".json": (),
}
_CHUNK_ENDINGS: Final = (".parquet", ".zarr")
# The arrays beside the values take some eight times as much: about 2 GB in all.
_MOST_BYTES_IN_MEMORY: Final = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFiles:
    """Result files, figures and receipt of a run.

    Parameters
    ----------
    results
        Files ending in `.parquet`, `.zarr` or `.csv`.
    figures
        Files ending in `.svg`, `.png` or `.pdf`.
    receipt
        File ending in `.json`, or None.
    force
        Whether what stands there already may be replaced.
    resume
        Whether a run in chunks that was interrupted is finished.
    chunk_subjects
        Subjects in memory at a time; None leaves it to the size of the run.
    ledger
        Whether an arm reacts to its patients, so that a ledger is written beside each result.
    """

    results: tuple[Path, ...]
    figures: tuple[Path, ...]
    receipt: Path | None = None
    force: bool
    resume: bool = False
    chunk_subjects: int | None = None
    ledger: bool = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files, in the order asked."""
        receipt = () if self.receipt is None else (self.receipt,)
        return (*self.results, *self.ledgers, *self.figures, *receipt)

    @property
    def ledgers(self) -> tuple[Path, ...]:
        """Ledgers, one beside each result; none where no arm reacts."""
        if not self.ledger:
            return ()
        from algesia.formats.ledger_table import ledger_path

        return tuple(dict.fromkeys(ledger_path(path) for path in self.results))

    def in_chunks(self, scenario: "Scenario") -> bool:
        """Whether the values are too many to be in memory at once, or are not wanted there."""
        from algesia.simulate.chunk import values_bytes

        if self.resume or self.chunk_subjects is not None:
            return True
        needs_all = self.figures or any(
            path.suffix.lower() not in _CHUNK_ENDINGS for path in self.results
        )
        return not needs_all and values_bytes(scenario) > _MOST_BYTES_IN_MEMORY

    def sinks(self) -> tuple["Sink", ...]:
        """Where the values of a run in chunks go."""
        from algesia.formats.ledger_parts import LedgerParts
        from algesia.formats.result_file import result_sink

        sinks = (
            (path, result_sink(path, force=self.force, resume=self.resume))
            for path in self.results
        )
        return tuple(
            LedgerParts(sink, path, force=self.force) if self.ledger else sink
            for path, sink in sinks
        )

    def refuse(self, scenario: "Scenario") -> None:
        """Refuse whatever could not be written, before any work is done.

        Raises
        ------
        FileInputError
            If a path ends otherwise, stands twice, exists without `force` or is not writable.
        DomainError
            If a figure would hold more arms than can be read.
        MissingExtraError
            If the package for a format is not installed.
        """
        from algesia.formats.result_file import RESULT_ENDINGS
        from algesia.report.figure import FIGURE_ENDINGS, MOST_ARMS

        seen: set[Path] = set()
        in_chunks = self.in_chunks(scenario)
        self._refuse_what_needs_all()
        for option, paths, endings in (
            ("--out", self.results, RESULT_ENDINGS),
            ("--out", self.ledgers, (".parquet",)),
            ("--plot", self.figures, FIGURE_ENDINGS),
            ("--receipt", () if self.receipt is None else (self.receipt,), (".json",)),
        ):
            for path in paths:
                self._refuse_path(option, path, tuple(endings))
                if os.path.lexists(path):
                    self._refuse_present(path, in_chunks=in_chunks and option == "--out")
                if path.resolve() in seen:
                    raise FileInputError(f"{path} is asked for twice; expected distinct files")
                seen.add(path.resolve())
        if self.figures and len(scenario.arms) > MOST_ARMS:
            raise DomainError(
                f"--plot: scenario '{scenario.title}' has {len(scenario.arms)} arms; "
                f"expected at most {MOST_ARMS} in one figure"
            )

    def write(self, trajectories: "Trajectories") -> None:
        """Write result files and figures, each whole or not at all.

        Parameters
        ----------
        trajectories
            The result.
        """
        if self.results:
            from algesia.formats.result_file import write_result

            for path in self.results:
                write_result(trajectories, path, force=self.force)
        if self.ledgers:
            from algesia.formats.ledger_table import write_ledger

            for path in self.ledgers:
                write_ledger(trajectories, path, force=self.force)
        if self.figures:
            from algesia.report.figure import write_figure

            for path in self.figures:
                write_figure(trajectories, path, force=self.force)

    def _refuse_path(self, option: str, path: Path, endings: tuple[str, ...]) -> None:
        from algesia.formats.extra import import_extra
        from algesia.formats.output_path import check_output_path

        ending = path.suffix.lower()
        if ending not in endings:
            raise FileInputError(
                f"{option} {path} ends in '{path.suffix}'; expected {', '.join(endings)}"
            )
        check_output_path(path, force=True)
        _refuse_closed_folder(path)
        for package in _PACKAGES[ending]:
            import_extra(package)

    def _refuse_what_needs_all(self) -> None:
        """Refuse a run in chunks that is to give what needs all values at once."""
        if self.force and self.resume:
            raise InputError("--force and --resume are given; expected one of the two")
        if not self.resume and self.chunk_subjects is None:
            return
        option = "--resume" if self.resume else "--chunk"
        if self.resume and not self.results:
            raise InputError("--resume is given without --out; expected what is to be finished")
        for path in self.results:
            if path.suffix.lower() not in _CHUNK_ENDINGS:
                raise InputError(
                    f"--out {path} cannot be written in chunks ({option}); "
                    f"expected {' or '.join(_CHUNK_ENDINGS)}"
                )
        if self.figures:
            raise InputError(
                f"--plot {self.figures[0]} needs all values at once; expected no {option}"
            )

    def _refuse_present(self, path: Path, *, in_chunks: bool) -> None:
        """Refuse to replace something without leave, or something of another kind."""
        if in_chunks and self.resume:
            return
        if not self.force:
            more = " or --resume to finish it" if in_chunks else ""
            raise FileInputError(f"{path} exists already; pass --force to replace it{more}")
        if path.suffix.lower() == ".zarr":
            if not (path / "zarr.json").is_file():
                raise FileInputError(f"{path} is not a .zarr result; expected one to replace")
        elif path.is_dir() and not in_chunks:
            raise FileInputError(f"{path} is a folder; expected the name of a file")


def _refuse_closed_folder(path: Path) -> None:
    """Refuse a folder in which nothing can be made: permission bits alone do not tell."""
    try:
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise FileInputError(
            f"{path} cannot be written: {error.strerror}; expected a writable folder"
        ) from None
