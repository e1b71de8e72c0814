"""The files a run is asked to write: refused before the simulation or written after it."""

import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from algesia.errors import DomainError, FileInputError

if TYPE_CHECKING:
    from algesia.simulate import Scenario, Trajectories

__all__ = ["OutputFiles"]

_PACKAGES: Final = {
    ".parquet": ("pyarrow.parquet",),
    ".zarr": ("zarr",),
    ".csv": (),
    ".svg": ("matplotlib",),
    ".png": ("matplotlib",),
    ".pdf": ("matplotlib",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFiles:
    """Result files and figures of a run.

    Parameters
    ----------
    results
        Files ending in `.parquet`, `.zarr` or `.csv`.
    figures
        Files ending in `.svg`, `.png` or `.pdf`.
    force
        Whether what stands there already may be replaced.
    """

    results: tuple[Path, ...]
    figures: tuple[Path, ...]
    force: bool

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
        for option, paths, endings in (
            ("--out", self.results, RESULT_ENDINGS),
            ("--plot", self.figures, FIGURE_ENDINGS),
        ):
            for path in paths:
                self._refuse_path(option, path, tuple(endings))
                if path.resolve() in seen:
                    raise FileInputError(f"{path} is asked for twice; expected distinct files")
                seen.add(path.resolve())
        if self.figures and len(scenario.arms) > MOST_ARMS:
            raise DomainError(
                f"--plot: scenario '{scenario.title}' has {len(scenario.arms)} arms; "
                f"expected at most {MOST_ARMS} in one figure"
            )

    def write(self, trajectories: "Trajectories") -> tuple[Path, ...]:
        """Write every file, each whole or not at all.

        Parameters
        ----------
        trajectories
            The result.

        Returns
        -------
        tuple
            The paths written, in the order asked.
        """
        if self.results:
            from algesia.formats.result_file import write_result

            for path in self.results:
                write_result(trajectories, path, force=self.force)
        if self.figures:
            from algesia.report.figure import write_figure

            for path in self.figures:
                write_figure(trajectories, path, force=self.force)
        return (*self.results, *self.figures)

    def _refuse_path(self, option: str, path: Path, endings: tuple[str, ...]) -> None:
        from algesia.formats.extra import import_extra
        from algesia.formats.output_path import check_output_path

        ending = path.suffix.lower()
        if ending not in endings:
            raise FileInputError(
                f"{option} {path} ends in '{path.suffix}'; expected {', '.join(endings)}"
            )
        check_output_path(path, force=True)
        if os.path.lexists(path):
            self._refuse_present(path, folder_wanted=ending == ".zarr")
        _refuse_closed_folder(path)
        for package in _PACKAGES[ending]:
            import_extra(package)

    def _refuse_present(self, path: Path, *, folder_wanted: bool) -> None:
        """Refuse to replace something without leave, or something of another kind."""
        if not self.force:
            raise FileInputError(f"{path} exists already; pass --force to replace it")
        if folder_wanted and not (path / "zarr.json").is_file():
            raise FileInputError(f"{path} is not a .zarr result; expected one to replace")
        if not folder_wanted and path.is_dir():
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
