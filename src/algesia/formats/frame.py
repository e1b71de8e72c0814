"""Results as the data frames and labelled arrays of other packages."""

from typing import Any

import numpy as np

from algesia.simulate.trajectories import ArmTrajectories, Trajectories

from .extra import import_extra
from .ledger_table import ledger_arrow
from .result_parquet import arrow_table
from .result_rows import status_name

__all__ = ["ledger_to_polars", "to_polars", "to_xarray"]


def to_polars(trajectories: Trajectories) -> Any:
    """Turn a result into one long polars table.

    Parameters
    ----------
    trajectories
        The result.

    Returns
    -------
    polars.DataFrame
        Columns `arm`, `subject`, `time_h` (h), `output`, `value` (NaN after a subject
        failed), `unit`, `substance`, `form` (base or salt), `site`, `observed`, `below_limit`
        and `status`, ordered by arm, subject, time and output.

    Raises
    ------
    MissingExtraError
        If polars or pyarrow is not installed.
    """
    polars = import_extra("polars")
    return polars.from_arrow(arrow_table(trajectories))


def ledger_to_polars(trajectories: Trajectories) -> Any:
    """Turn the ledgers of all arms that react into one polars table.

    Parameters
    ----------
    trajectories
        The result.

    Returns
    -------
    polars.DataFrame
        A row per look, decision and dose, ordered by arm, subject and time; empty where no arm
        reacts.

    Raises
    ------
    MissingExtraError
        If polars or pyarrow is not installed.
    """
    polars = import_extra("polars")
    return polars.from_arrow(ledger_arrow(trajectories))


def to_xarray(trajectories: Trajectories) -> Any:
    """Turn a result into an xarray tree, one node per arm.

    Reductions of xarray skip NaN by themselves; the attribute `failed` of each node says how
    many subjects that leaves out.

    Parameters
    ----------
    trajectories
        The result.

    Returns
    -------
    xarray.DataTree
        Nodes named as the arms, a slash in a name written as a division slash; each holds
        `value` and, where simulated, `observed` and `below_limit` by (subject, time, output).

    Raises
    ------
    MissingExtraError
        If xarray is not installed.
    """
    xarray = import_extra("xarray")
    root = xarray.Dataset(
        attrs={
            "notice": trajectories.notice,
            "title": trajectories.title,
            "receipt": str(trajectories.receipt.get("scenario", "none")),
        }
    )
    nodes = {
        f"/{_node_name(arm.name)}": _dataset(xarray, arm, trajectories.notice)
        for arm in trajectories.arms
    }
    return xarray.DataTree.from_dict({"/": root, **nodes})


def _node_name(name: str) -> str:
    # A slash separates the nodes of a tree.
    return name.replace("/", "∕")


def _dataset(xarray: Any, arm: ArmTrajectories, notice: str) -> Any:
    axes = ("subject", "time", "output")
    arrays = {"value": arm.values, "observed": arm.observed, "below_limit": arm.below_limit}
    return xarray.Dataset(
        {name: (axes, values) for name, values in arrays.items() if values is not None},
        coords={
            "subject": arm.subjects,
            "time": ("time", arm.time_h, {"units": "h"}),
            "output": [output.name for output in arm.outputs],
            "unit": ("output", [output.unit for output in arm.outputs]),
            "substance": ("output", [output.substance or "" for output in arm.outputs]),
            "form": ("output", [output.form for output in arm.outputs]),
            "site": ("output", [output.site or "" for output in arm.outputs]),
            "status": (
                "subject",
                np.array([status_name(code) for code in arm.status.tolist()]),
            ),
        },
        attrs={
            "arm": arm.name,
            "model": arm.model_id,
            "regimen": arm.regimen_text,
            "failed": arm.failed,
            "notice": notice,
        },
    )
