"""Packages that are not installed with Algesia itself, imported when they are needed."""

from importlib import import_module
from typing import Any

from algesia.errors import MissingExtraError

__all__ = ["import_extra"]

_EXTRA_OF = {
    "polars": "tables",
    "pyarrow": "tables",
    "zarr": "arrays",
    "xarray": "arrays",
    "matplotlib": "plots",
}


def import_extra(module: str) -> Any:
    """Import a module of an optional package, or say how to install it.

    Parameters
    ----------
    module
        Full name of the module, such as `pyarrow.parquet`.

    Returns
    -------
    Any
        The module.

    Raises
    ------
    MissingExtraError
        If the package is not installed. The message is the line that installs it.

    Examples
    --------
    >>> import_extra("nowhere")
    Traceback (most recent call last):
        ...
    algesia.errors.MissingExtraError: nowhere is not installed; run: pip install nowhere
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise
    what = f"'algesia[{_EXTRA_OF[package]}]'" if package in _EXTRA_OF else package
    raise MissingExtraError(f"{package} is not installed; run: pip install {what}")
