"""`algesia doctor`: what is installed, where kernels are kept, how a model would be solved."""

import os
import platform
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .answer import Answer
from .options import AsJson
from .screen import emit, show

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["EXAMPLE", "HELP", "doctor_command"]

HELP: Final = "Show versions, cache, threads, extras, and a model's solver."
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
        str | None, typer.Argument(metavar="[MODEL]", help="Model to look at as well.")
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

    from algesia.engine.cache import cache_directory

    directory = cache_directory()
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
    from algesia.catalog.entry import entry
    from algesia.simulate.layout import program_of
    from algesia.simulate.stepper_choice import choose_stepper

    chosen = entry(name)
    program = program_of(chosen.model)
    return {
        "id": name,
        "rung": chosen.rung,
        "states": program.states,
        "parameters": len(program.parameters),
        "outputs": [name for name, _ in program.outputs],
        "stepper": program.stepper,
        "reason": choose_stepper(chosen.model)[1],
        "hash": program.hash,
    }


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
    if model := found.get("model"):
        lines += [
            f"model {model['id']}, {model['rung']}: {len(model['states'])} states "
            f"({', '.join(model['states'])}), {model['parameters']} parameters",
            f"stepper {model['stepper']}: {model['reason']}",
        ]
    return [plain(line) for line in lines]
