"""Tables for the terminal: exposure, sources, models; they fit 80 columns."""

from collections.abc import Iterable, Mapping, Sequence
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
    UNKNOWN,
    failure_line,
    indented,
    notice_line,
    number_text,
    plain,
    range_text,
    value_text,
)

__all__ = ["exposure_table", "model_list", "new_table", "source_list", "spacing_lines"]

_MEASURES: Final = {
    "auc": "AUC",
    "cmax": "Cmax",
    "tmax": "tmax",
    "half_life": "half-life",
    "accumulation": "accumulation",
}

_MOST_NAMES: Final = 3


def exposure_table(
    rows: Sequence[ExposureRow], *, marks: Mapping[str, Sequence[str]] | None = None
) -> Group:
    """Show exposure measures arm by arm: median and 5–95 % range over subjects.

    Parameters
    ----------
    rows
        The measures, as `Trajectories.exposure` gives them.
    marks
        Lines to stand under the table of an arm, such as doses outside its validity.

    Returns
    -------
    Group
        One table per arm, each with the number of failed subjects, and the notice.
    """
    parts: list[RenderableType] = []
    for arm, members in groupby(rows, key=lambda row: row.arm):
        parts += _arm_exposure(arm, list(members), (marks or {}).get(arm, ()))
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


def model_list(entries: Iterable[Entry], *, unknown: Mapping[str, str] | None = None) -> Group:
    """List catalogue entries with their title, routes and rung, and what is known by name only.

    Parameters
    ----------
    entries
        The entries.
    unknown
        Reason for each drug that is known by name only.

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
    parts: list[RenderableType] = [table]
    if unknown:
        parts += [Text(), plain("Known by name only; asking for them is refused", "bold")]
        parts += [indented(f"{name}: {reason}", 2) for name, reason in unknown.items()]
        parts.append(Text())
    return Group(*parts, notice_line())


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


def _arm_exposure(
    arm: str, rows: list[ExposureRow], marks: Sequence[str]
) -> list[RenderableType]:
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
                range_text(row.p05, row.p95) if row.n > 1 else UNKNOWN,
            )
            table.add_row(*map(plain, cells))
    first = rows[0]
    remarks = [*marks]
    if first.failed:
        remarks.append(failure_line(first.failed, first.n + first.missing + first.failed))
    if any(row.missing for row in rows):
        remarks.append(
            "n is smaller where a measure is not defined: a half-life needs a tail three times "
            "as long after the last dose"
        )
    remarks += spacing_lines(rows)
    return [table, *(plain(remark) for remark in remarks), Text()]


def spacing_lines(rows: Iterable[ExposureRow]) -> list[str]:
    """Say which measures rest on samples too far apart, one line for each spacing and set."""
    marked: dict[tuple[str, float], list[str]] = {}
    for row in rows:
        if row.spacing_h is not None:
            marked.setdefault((row.output, row.spacing_h), []).append(row.measure)
    about: dict[tuple[tuple[str, ...], float], list[str]] = {}
    for (output, apart_h), measures in marked.items():
        about.setdefault((tuple(measures), apart_h), []).append(output)
    return [
        f"{' and '.join(_MEASURES[each] for each in measures)} of {_some(outputs)} "
        f"rest{'s' if len(measures) == 1 else ''} on samples {_time_text(apart_h)} apart and "
        "may be far off; sample more closely after doses"
        for (measures, apart_h), outputs in about.items()
    ]


def _some(names: Sequence[str]) -> str:
    """Names in a row; of many the first three and how many more."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"


def _time_text(time_h: float) -> str:
    if time_h < 1.0:
        return f"{number_text(60.0 * time_h)} min"
    return f"{number_text(time_h)} h"


def _measure(row: ExposureRow) -> str:
    name = _MEASURES.get(row.measure, row.measure)
    mark = "" if row.spacing_h is None else " (coarse)"
    return f"{name}{mark}" if row.unit == "1" else f"{name}, {row.unit}{mark}"


def _uses(values: Iterable[Reported]) -> list[RenderableType]:
    lines = []
    for value in values:
        number = value_text(value.value, value.unit)
        lines.append(indented(f"{value.name} = {number} ({', '.join(_place(value))})", 2))
    return [*lines]


def _place(value: Reported) -> list[str]:
    parts = [value.locator, value.origin.replace("_", " "), f"grade {value.grade}"]
    return [part for part in parts if part]
