"""Tables for the terminal: exposure, sources, models; they fit 80 columns."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from algesia.catalog.entry import Entry
from algesia.provenance import Reported, Source
from algesia.simulate.exposure import ExposureRow
from algesia.simulate.trajectories import Trajectories

from .wording import (
    failure_line,
    indented,
    notice_line,
    number_text,
    plain,
    range_text,
    value_text,
)

__all__ = ["exposure_table", "model_list", "new_table", "source_list"]

_MEASURES: Final = {
    "auc": "AUC",
    "cmax": "Cmax",
    "tmax": "tmax",
    "half_life": "half-life",
    "accumulation": "accumulation",
}


def exposure_table(rows: Sequence[ExposureRow]) -> Group:
    """Show exposure measures arm by arm: median and 5–95 % range over subjects.

    Parameters
    ----------
    rows
        The measures, as `Trajectories.exposure` gives them.

    Returns
    -------
    Group
        One table per arm, each with the number of failed subjects, and the notice.
    """
    parts: list[RenderableType] = []
    for arm, members in groupby(rows, key=lambda row: row.arm):
        parts += _arm_exposure(arm, list(members))
    if not parts:
        parts.append(plain("no exposure to show"))
    return Group(*parts, notice_line())


def source_list(trajectories: Trajectories) -> Group:
    """List the publications behind a result and what each number of theirs was used for.

    Parameters
    ----------
    trajectories
        The result.

    Returns
    -------
    Group
        Each source with the values read in it, their place and grade; then what was assumed
        without a source, and the notice.
    """
    sources: dict[str, Source] = {}
    values: dict[str, dict[Reported, None]] = {}
    for arm in trajectories.arms:
        sources |= {source.key: source for source in arm.sources}
        for value in arm.values_used:
            values.setdefault(value.source, {})[value] = None
    parts: list[RenderableType] = []
    for key, source in sources.items():
        parts += [plain(source.citation(), "bold"), *_uses(values.pop(key, {})), Text()]
    for key, uses in values.items():
        title = f"source '{key}', of which no more is known" if key else "assumed, no source"
        parts += [plain(title, "bold"), *_uses(uses), Text()]
    if not parts:
        parts.append(plain("no sources"))
    return Group(*parts, notice_line())


def model_list(entries: Iterable[Entry]) -> Group:
    """List catalogue entries with their title, routes and rung.

    Parameters
    ----------
    entries
        The entries.

    Returns
    -------
    Group
        The table and the notice.
    """
    table = new_table("model", "title", "routes", "rung")
    table.columns[0].no_wrap = True
    for entry in entries:
        routes = dict.fromkeys(route for way in entry.model.inputs for route in way.routes)
        cells = (entry.id, entry.model.title, ", ".join(routes), entry.rung)
        table.add_row(*map(plain, cells))
    return Group(table, notice_line())


def new_table(*columns: str, title: str | None = None) -> Table:
    """Give an empty table in the style of all tables; columns fold rather than cut."""
    table = Table(
        title=None if title is None else plain(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for column in columns:
        table.add_column(plain(column), overflow="fold")
    return table


def _heading(arm: str, row: ExposureRow) -> str:
    return f"{arm}, from {number_text(row.from_h)} to {number_text(row.to_h)} h"


def _arm_exposure(arm: str, rows: list[ExposureRow]) -> list[RenderableType]:
    table = new_table(
        "output", "measure", "n", "median", "5–95 % range", title=_heading(arm, rows[0])
    )
    for column in table.columns[1:]:
        column.no_wrap = True
    for column in table.columns[2:]:
        column.justify = "right"
    for output, members in groupby(rows, key=lambda row: row.output):
        for place, row in enumerate(members):
            cells = (
                output if place == 0 else "",
                _measure(row),
                str(row.n),
                number_text(row.median),
                range_text(row.p05, row.p95),
            )
            table.add_row(*map(plain, cells))
    first = rows[0]
    remarks = []
    if first.failed:
        remarks.append(failure_line(first.failed, first.n + first.missing + first.failed))
    if any(row.missing for row in rows):
        remarks.append(
            "n is smaller where a measure is not defined: a half-life needs a tail three times "
            "as long after the last dose"
        )
    return [table, *(plain(remark) for remark in remarks), Text()]


def _measure(row: ExposureRow) -> str:
    name = _MEASURES.get(row.measure, row.measure)
    return name if row.unit == "1" else f"{name}, {row.unit}"


def _uses(values: Iterable[Reported]) -> list[RenderableType]:
    lines = []
    for value in values:
        number = value_text(value.value, value.unit)
        lines.append(indented(f"{value.name} = {number} ({', '.join(_place(value))})", 2))
    return [*lines]


def _place(value: Reported) -> list[str]:
    parts = [value.locator, value.origin.replace("_", " "), f"grade {value.grade}"]
    return [part for part in parts if part]
