"""`algesia doctor`: what is installed, where kernels are kept, how a model would be solved."""

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from algesia.errors import InputError

from .answer import Answer
from .options import AsJson
from .screen import emit, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from algesia.engine import Program
    from algesia.model import Model

__all__ = ["EXAMPLE", "HELP", "doctor_command"]

HELP: Final = "Show versions, cache, threads, extras, and a model's solver and source."
EXAMPLE: Final = "Example: algesia doctor simons_2022_film"

_PACKAGES: Final = (
    "algesia", "numpy", "scipy", "numba", "llvmlite", "sympy", "pint", "pydantic", "PyYAML",
    "typer", "rich",
)  # fmt: skip
_EXTRAS: Final = {
    "polars": "tables",
    "pyarrow": "tables",
    "zarr": "arrays",
    "xarray": "arrays",
    "matplotlib": "plots",
}


def doctor_command(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="[MODEL]", help="Model to look at as well: an entry, or a file of your own."
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show what is installed."""
    found = _machine()
    if model is not None:
        found["model"] = _solving(model)
    if as_json:
        emit(Answer(command="doctor", data=found).json_text())
        return 0
    from rich.console import Group

    from algesia.report.wording import notice_line

    show(Group(*_lines(found), notice_line()))
    return 0


def _machine() -> dict[str, Any]:
    import llvmlite.binding

    from algesia.engine.cache import cache_directory, wished_directory

    directory, wished = cache_directory(), wished_directory()
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: _version(name) or "not installed" for name in _PACKAGES},
        "llvm": ".".join(map(str, llvmlite.binding.llvm_version_info)),
        "processor": llvmlite.binding.get_host_cpu_name(),
        "threads": len(os.sched_getaffinity(0)),
        "cache": {
            "directory": str(directory),
            "asked_for": os.environ.get("ALGESIA_CACHE"),
            "wished": str(wished),
            "as_wished": directory == wished,
            "writable": os.access(directory, os.W_OK | os.X_OK),
        },
        "extras": [_extra(package, extra) for package, extra in _EXTRAS.items()],
    }


def _extra(package: str, extra: str) -> dict[str, str | None]:
    version = _version(package)
    install = None if version else f"pip install 'algesia[{extra}]'"
    return {"package": package, "extra": extra, "version": version, "install": install}


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _solving(name: str) -> dict[str, Any]:
    """How a model would be solved."""
    from algesia.engine.source_file import source_file
    from algesia.simulate.layout import program_of
    from algesia.simulate.stepper_choice import choose_stepper

    model, rung = _read_model(name)
    program = program_of(model)
    lanes, why = _lanes(program)
    return {
        "id": model.id,
        "rung": rung,
        "states": program.states,
        "parameters": len(program.parameters),
        "outputs": [name for name, _ in program.outputs],
        "stepper": program.stepper,
        "reason": choose_stepper(model)[1],
        "lanes": lanes,
        "lanes_reason": why,
        "source": str(source_file(program)),
        "hash": program.hash,
    }


def _read_model(name: str) -> tuple["Model", str]:
    """A model by the name of its entry, its file or its folder; and how far it was checked."""
    from algesia.catalog.entry import entry, entry_at
    from algesia.catalog.entry_file import read_single_file_model

    path = Path(name)
    if path.suffix.lower() not in {".yaml", ".yml"} and len(path.parts) < 2:
        found = entry(name)
        return found.model, found.rung
    folder = path if path.is_dir() else path.parent
    if path.is_dir() or (path.name == "model.yaml" and (folder / "values.yaml").is_file()):
        found = entry_at(folder.resolve())
        return found.model, found.rung
    return read_single_file_model(path), "a file of your own"


def _lanes(program: "Program") -> tuple[int, str]:
    """How many subjects a thread advances at once, and why."""
    from algesia.engine.lanes.width import NARROW, VARIABLE, best_width

    if program.stepper == "exact":
        return 1, "exact propagation takes one subject at a time"
    try:
        width = best_width()
    except ValueError as error:
        raise InputError(str(error)) from None
    if VARIABLE in os.environ:
        return width, f"{VARIABLE} says so"
    few = f"; {NARROW} where subjects are few" if width > NARROW else ""
    return width, f"the widest of this processor{few}"


def _lines(found: dict[str, Any]) -> list["RenderableType"]:
    from algesia.report.wording import plain

    packages = ", ".join(f"{name} {text}" for name, text in found["packages"].items())
    cache = found["cache"]
    lines = [
        f"python {found['python']} on {found['system']}",
        packages,
        f"LLVM {found['llvm']} for {found['processor']}, {found['threads']} threads",
        f"cache {cache['directory']}, {'writable' if cache['writable'] else 'not writable'}",
    ]
    lines += [
        f"extra {each['extra']}: {each['package']} "
        + (each["version"] or f"is not installed; run: {each['install']}")
        for each in found["extras"]
    ]
    if not cache["as_wished"]:
        lines.insert(
            4,
            f"cache was wished in {cache['wished']}, which cannot be used: expected a folder "
            f"that only you can write to; it went to {cache['directory']}",
        )
    if model := found.get("model"):
        lines += [
            f"model {model['id']}, {model['rung']}: {len(model['states'])} states "
            f"({', '.join(model['states'])}), {model['parameters']} parameters",
            f"stepper {model['stepper']}: {model['reason']}",
            f"lanes {model['lanes']}: {model['lanes_reason']}",
            f"source {model['source']}",
        ]
    return [plain(line) for line in lines]
