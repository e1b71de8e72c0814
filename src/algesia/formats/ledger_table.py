"""Ledgers of arms that react, as one table: written as Parquet beside the result.

One row per entry, ordered by arm, subject and time. `entry` says what it is: `seen` at a visit,
a `decision`, or a `dose`. What an entry has no word for is missing. `seen_…` columns hold what
was measured, in the unit of the output; a decision repeats what it was made on.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from algesia.arrays import FloatArray, IntArray
from algesia.provenance import NOTICE
from algesia.simulate.dose_session import DoseKind
from algesia.simulate.ledger import Ledger, Outcome
from algesia.simulate.trajectories import Trajectories

from .extra import import_extra
from .output_path import replace_file

__all__ = ["ledger_arrow", "ledger_path", "write_ledger"]

_SEEN, _DECISION, _DOSE = 0, 1, 2
_ENTRIES: Final = ("seen", "decision", "dose")
_NUMBERS: Final = (
    "dose_before", "dose_after", "interval_before_h", "interval_after_h", "held_until_h",
    "amount_mg", "duration_h",
)  # fmt: skip


def ledger_path(result: str | Path) -> Path:
    """Where the ledger of a result is written: beside it.

    Examples
    --------
    >>> ledger_path("out/course.zarr").name
    'course.ledger.parquet'
    """
    path = Path(result)
    return path.with_name(f"{path.stem}.ledger.parquet")


def write_ledger(trajectories: Trajectories, path: str | Path, *, force: bool = False) -> Path:
    """Write the ledgers of all arms to a Parquet file, whole or not at all.

    Parameters
    ----------
    trajectories
        A result with at least one arm that reacts.
    path
        File to be written.
    force
        Whether a file that stands there already may be replaced.

    Raises
    ------
    FileInputError
        If the file exists and `force` is not given, or cannot be written.
    MissingExtraError
        If pyarrow is not installed.
    """
    parquet = import_extra("pyarrow.parquet")
    table = ledger_arrow(trajectories)
    with replace_file(path, force=force) as part:
        parquet.write_table(table, str(part), compression="zstd")
    return Path(path)


def ledger_arrow(trajectories: Trajectories) -> Any:
    """Ledgers of all arms that react as one pyarrow table.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    arrow = import_extra("pyarrow")
    ledgers = [(arm.name, arm.ledger) for arm in trajectories.arms if arm.ledger is not None]
    sights = list(dict.fromkeys(name for _, each in ledgers for name in each.sights))
    pieces = [_piece(arrow, name, each, sights) for name, each in ledgers]
    if not pieces:
        return arrow.table({"arm": arrow.array([], arrow.string())})
    whole = arrow.concat_tables(pieces).unify_dictionaries()
    return whole.replace_schema_metadata(
        {"schema": "algesia/ledger/1", "notice": NOTICE, "title": trajectories.title}
    )


def _piece(arrow: Any, arm: str, ledger: Ledger, sights: Sequence[str]) -> Any:
    """Rows of one arm."""
    seen, decisions, doses = _seen(ledger), ledger.decisions, ledger.doses
    counts = [seen[0].size, len(decisions), len(doses)]
    entry = np.repeat([_SEEN, _DECISION, _DOSE], counts)
    who = np.concatenate([seen[0], decisions.who, doses.who])
    time_h = np.concatenate([seen[1], ledger.visits_h[decisions.visit], doses.time_h])
    order = np.lexsort((np.arange(who.size), entry, time_h, who))

    def words(codes: IntArray, names: Sequence[str], at: int) -> Any:
        return _words(arrow, codes, names, (at, counts, order))

    drugs = tuple(dict.fromkeys([*ledger.rule_drugs, *(line[0] for line in ledger.lines)]))
    of_rule = np.asarray([drugs.index(name) for name in ledger.rule_drugs])
    of_line = np.asarray([drugs.index(line[0]) for line in ledger.lines])
    drug = np.concatenate(
        [np.full(counts[0], -1), of_rule[decisions.rule], of_line[doses.line]]
    )
    columns = {
        "arm": _coded(arrow, np.zeros(who.size, dtype=np.int64), (arm,)),
        "subject": arrow.array(ledger.subjects[who[order]]),
        "time_h": arrow.array(time_h[order]),
        "entry": _coded(arrow, entry[order], _ENTRIES),
        "rule": words(decisions.rule, ledger.rules, _DECISION),
        "outcome": words(decisions.outcome, [each.words for each in Outcome], _DECISION),
        "drug": _coded(arrow, drug[order], drugs),
        "dose_unit": words(decisions.rule, ledger.dose_units, _DECISION),
        "plan": words(decisions.plan, ledger.plans, _DECISION),
        "input": words(doses.line, [line[2] for line in ledger.lines], _DOSE),
        "given": words(doses.kind, [each.words for each in DoseKind], _DOSE),
    }
    for name in _NUMBERS:
        of_dose = name in {"amount_mg", "duration_h"}
        values = getattr(doses if of_dose else decisions, name)
        place = (_DOSE if of_dose else _DECISION, counts, order)
        columns[name] = _numbers(arrow, values, place)
    for name in sights:
        shown = np.full(who.size, np.nan)
        if name in ledger.sights:
            column = ledger.sights.index(name)
            shown[: counts[0]] = seen[2][:, column]
            made_on = ledger.seen[decisions.who, decisions.visit, column]
            shown[counts[0] : counts[0] + counts[1]] = made_on
        columns[f"seen_{name}"] = arrow.array(shown[order], from_pandas=True)
    return arrow.table(columns)


def _seen(ledger: Ledger) -> tuple[IntArray, FloatArray, FloatArray]:
    """Subject, time and values of every look, that at the start included."""
    subjects, visits, sights = ledger.seen.shape
    looks_h = np.concatenate([[0.0], ledger.visits_h])
    values = np.concatenate([ledger.start[:, None, :], ledger.seen], axis=1)
    return (
        np.repeat(np.arange(subjects), visits + 1),
        np.tile(looks_h, subjects),
        values.reshape(-1, sights),
    )


_Place = tuple[int, list[int], IntArray]


def _words(arrow: Any, codes: IntArray, names: Sequence[str], place: _Place) -> Any:
    """Words of one kind of entry, missing in the others."""
    at, counts, order = place
    whole = np.full(sum(counts), -1, dtype=np.int64)
    start = sum(counts[:at])
    whole[start : start + counts[at]] = codes
    return _coded(arrow, whole[order], names)


def _coded(arrow: Any, codes: IntArray, names: Sequence[str]) -> Any:
    once = tuple(dict.fromkeys(names)) or ("",)
    places = np.asarray([once.index(name) for name in names] or [0], dtype=np.int32)
    given = codes >= 0
    indices = arrow.array(places[np.maximum(codes, 0)], mask=~given)
    return arrow.DictionaryArray.from_arrays(indices, arrow.array(once, arrow.string()))


def _numbers(arrow: Any, values: FloatArray, place: _Place) -> Any:
    at, counts, order = place
    whole = np.full(sum(counts), np.nan)
    start = sum(counts[:at])
    whole[start : start + counts[at]] = values
    return arrow.array(whole[order], from_pandas=True)
