"""Results as Parquet: one long table, and all that belongs to it in the file's metadata.

The columns are those of `result_rows.COLUMNS`. The metadata hold `schema`, `notice` and `title`
as text, and `warnings`, `receipt`, `arms` and `sources` as JSON.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from algesia.arrays import BoolArray, FloatArray
from algesia.errors import FileInputError
from algesia.simulate.trajectories import Trajectories

from .extra import import_extra
from .output_path import replace_file
from .result_record import ArmArrays, record_of, record_text, result_from_record, whole_record
from .result_rows import COLUMNS, ResultRows, result_rows, status_name

__all__ = ["arrow_table", "parquet_metadata", "read_parquet", "write_parquet"]

# Small enough that Ctrl-C, which waits for the group being written, is not kept waiting.
_ROWS_PER_GROUP = 250_000
_TEXT_KEYS = ("schema", "notice", "title")
_JSON_KEYS = ("warnings", "receipt", "arms")


def write_parquet(
    trajectories: Trajectories,
    path: str | Path,
    *,
    force: bool = False,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write a result to a Parquet file, whole or not at all.

    Parameters
    ----------
    trajectories
        The result.
    path
        File to be written.
    force
        Whether a file that stands there already may be replaced.
    metadata
        What is added to the metadata of a result, under keys of its own.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileInputError
        If the file exists and `force` is not given, or cannot be written.
    MissingExtraError
        If pyarrow is not installed.
    """
    parquet = import_extra("pyarrow.parquet")
    schema = _schema(trajectories, metadata or {})
    with (
        replace_file(path, force=force) as part,
        parquet.ParquetWriter(
            str(part), schema, compression="zstd", use_dictionary=_DICTIONARY_COLUMNS
        ) as writer,
    ):
        for rows in result_rows(trajectories, most_rows=_ROWS_PER_GROUP):
            writer.write_table(_piece(rows, schema), row_group_size=_ROWS_PER_GROUP)
    return Path(path)


def arrow_table(trajectories: Trajectories) -> Any:
    """Turn a result into one pyarrow table with the columns and metadata of the Parquet file.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    arrow = import_extra("pyarrow")
    schema = _schema(trajectories, {})
    pieces = [
        _piece(rows, schema) for rows in result_rows(trajectories, most_rows=_ROWS_PER_GROUP)
    ]
    return arrow.concat_tables(pieces) if pieces else schema.empty_table()


def parquet_metadata(path: str | Path) -> dict[str, str]:
    """Metadata of a Parquet file as text; its values are not read.

    Raises
    ------
    FileInputError
        If the file is missing or is not Parquet.
    MissingExtraError
        If pyarrow is not installed.
    """
    parquet = import_extra("pyarrow.parquet")
    arrow = import_extra("pyarrow")
    try:
        with parquet.ParquetFile(str(path)) as file:
            found = file.schema_arrow.metadata or {}
    except (arrow.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None
    return {key.decode(): value.decode(errors="replace") for key, value in found.items()}


def read_parquet(path: str | Path) -> Trajectories:
    """Read a result that `write_parquet` wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Trajectories
        The result, bit for bit as it was written.

    Raises
    ------
    FileInputError
        If the file is missing, is not Parquet, or is not a result of this project.
    MissingExtraError
        If pyarrow is not installed.
    """
    parquet = import_extra("pyarrow.parquet")
    arrow = import_extra("pyarrow")
    try:
        with parquet.ParquetFile(str(path)) as file:
            record = _record(file.schema_arrow.metadata or {}, path)
            for name in COLUMNS:
                if name not in file.schema_arrow.names:
                    raise FileInputError(
                        f"{path} has no column '{name}'; expected {', '.join(COLUMNS)}"
                    )
            table = file.read(columns=list(COLUMNS))
    except (arrow.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None
    with whole_record(str(path)):
        arrays = _arrays(table, record, path)
    return result_from_record(record, arrays, where=str(path))


def _unreadable(path: str | Path, error: Exception) -> FileInputError:
    return FileInputError(
        f"{path} cannot be read as Parquet ({' '.join(str(error).split())}); "
        "expected a result file"
    )


_DICTIONARY_COLUMNS = [name for name in COLUMNS if name not in {"value", "observed"}]


def _schema(trajectories: Trajectories, added: Mapping[str, str]) -> Any:
    arrow = import_extra("pyarrow")
    word = arrow.dictionary(arrow.int32(), arrow.string())
    types = {
        "arm": word,
        "subject": arrow.int64(),
        "time_h": arrow.float64(),
        "output": word,
        "value": arrow.float64(),
        "unit": word,
        "substance": word,
        "form": word,
        "site": word,
        "observed": arrow.float64(),
        "below_limit": arrow.bool_(),
        "status": word,
    }
    record = record_of(trajectories)
    sources = {source["key"]: source for arm in record["arms"] for source in arm["sources"]}
    metadata = {key: str(record[key]) for key in _TEXT_KEYS}
    metadata |= {key: record_text(record[key]) for key in _JSON_KEYS}
    metadata["sources"] = record_text(list(sources.values()))
    fields = [(name, types[name]) for name in COLUMNS]
    return arrow.schema(fields, metadata={**metadata, **added})


def _piece(rows: ResultRows, schema: Any) -> Any:
    arrow = import_extra("pyarrow")
    count = rows.value.size

    def words(codes: np.ndarray[Any, Any], names: tuple[str, ...]) -> Any:
        # Each word once: for a word that stands twice arrow leaves a gap of stray memory.
        once = tuple(dict.fromkeys(names))
        places = np.array([once.index(name) for name in names], dtype=np.int32)
        indices = arrow.array(places[codes.astype(np.int32)])
        return arrow.DictionaryArray.from_arrays(indices, arrow.array(once, arrow.string()))

    def optional(values: np.ndarray[Any, Any] | None, kind: Any) -> Any:
        if values is None:
            # Missing values still take room; left to Arrow, whatever was in memory is written.
            room = np.zeros(count, dtype=kind.to_pandas_dtype())
            return arrow.array(room, kind, mask=np.ones(count, dtype=np.bool_))
        return arrow.array(values, kind)

    columns = {
        "arm": words(np.zeros(count), (rows.arm,)),
        "subject": arrow.array(rows.subject),
        "time_h": arrow.array(rows.time_h),
        "output": words(rows.output, rows.output_words),
        "value": arrow.array(rows.value),
        "unit": words(rows.output, rows.unit_words),
        "substance": words(rows.output, rows.substance_words),
        "form": words(rows.output, rows.form_words),
        "site": words(rows.output, rows.site_words),
        "observed": optional(rows.observed, arrow.float64()),
        "below_limit": optional(rows.below_limit, arrow.bool_()),
        "status": words(rows.status, rows.status_words),
    }
    return arrow.Table.from_arrays([columns[name] for name in COLUMNS], schema=schema)


def _record(metadata: Mapping[bytes, bytes], path: str | Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = {key: metadata[key.encode()].decode() for key in _TEXT_KEYS}
        return record | {key: json.loads(metadata[key.encode()]) for key in _JSON_KEYS}
    except (KeyError, ValueError):
        raise FileInputError(
            f"{path} is Parquet without the metadata of a result; "
            "expected a file that Algesia wrote"
        ) from None


def _arrays(table: Any, record: Mapping[str, Any], path: str | Path) -> tuple[ArmArrays, ...]:
    """Cut the table into the arrays of each arm; the rows must stand as they were written."""
    arms = []
    start = 0
    for arm in record["arms"]:
        shape = (len(arm["subjects"]), len(arm["time_h"]), len(arm["outputs"]))
        part = table.slice(start, math.prod(shape))
        start += part.num_rows
        if part.num_rows != math.prod(shape) or not _rows_in_order(part, arm, shape):
            raise FileInputError(
                f"{path} does not hold the rows of arm '{arm['name']}' as they were written; "
                "expected them by subject, time and output"
            )
        for name, words in _labels(arm).items():
            if not bool(np.all(_codes(part, name, words["known"]) == words["codes"])):
                raise FileInputError(
                    f"{path}: column '{name}' of arm '{arm['name']}' does not say what the "
                    "result was written with; it was changed after it was written"
                )
        arms.append(
            ArmArrays(
                values=_numbers(part, "value").reshape(shape),
                observed=_optional_numbers(part, shape),
                below_limit=_optional_truths(part, shape),
            )
        )
    if start != table.num_rows:
        raise FileInputError(
            f"{path} holds {table.num_rows} rows but its arms have {start}; "
            "expected the rows that were written"
        )
    return tuple(arms)


def _rows_in_order(part: Any, arm: Mapping[str, Any], shape: tuple[int, int, int]) -> bool:
    subjects = np.asarray(arm["subjects"], dtype=np.int64)
    time_h = np.asarray(arm["time_h"], dtype=np.float64)
    outputs = [output["name"] for output in arm["outputs"]]
    return (
        bool(np.all(_codes(part, "arm", [arm["name"]]) == 0))
        and bool(np.all(_numbers(part, "time_h").reshape(shape) == time_h[:, None]))
        and bool(np.all(_numbers(part, "subject").reshape(shape) == subjects[:, None, None]))
        and bool(np.all(_codes(part, "output", outputs).reshape(shape) == np.arange(shape[2])))
    )


def _labels(arm: Mapping[str, Any]) -> dict[str, Any]:
    """Words of each column that only names things, and the place among them of every row."""
    outputs, times = arm["outputs"], len(arm["time_h"])
    rows = len(arm["subjects"]) * times
    said = {
        "unit": [output["unit"] for output in outputs],
        "substance": [output["substance"] or "" for output in outputs],
        "form": [output["form"] if output["substance"] else "" for output in outputs],
        "site": [output["site"] or "" for output in outputs],
    }
    labels = {
        name: _coded(words, lambda codes: np.tile(codes, rows)) for name, words in said.items()
    }
    ended = [status_name(code) for code in arm["status"]]
    labels["status"] = _coded(ended, lambda codes: np.repeat(codes, times * len(outputs)))
    return labels


def _coded(
    words: list[str], spread: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
) -> dict[str, Any]:
    """The different words, and the places of the given ones among them spread over rows."""
    known = list(dict.fromkeys(words))
    place = {word: code for code, word in enumerate(known)}
    codes = np.array([place[word] for word in words], dtype=np.int64)
    return {"known": known, "codes": spread(codes)}


def _numbers(part: Any, name: str) -> Any:
    # NaN where null: a reader of the values must never take a gap for a number.
    return part[name].to_numpy()


def _codes(part: Any, name: str, words: list[str]) -> np.ndarray[Any, Any]:
    compute = import_extra("pyarrow.compute")
    arrow = import_extra("pyarrow")
    column = part[name].cast(arrow.string())
    found = compute.index_in(column, value_set=arrow.array(words, arrow.string()))
    codes: np.ndarray[Any, Any] = found.fill_null(-1).to_numpy()
    return codes


def _optional_numbers(part: Any, shape: tuple[int, int, int]) -> FloatArray | None:
    column = part["observed"]
    if column.null_count == part.num_rows:
        return None
    observed: FloatArray = column.to_numpy().reshape(shape)
    return observed


def _optional_truths(part: Any, shape: tuple[int, int, int]) -> BoolArray | None:
    column = part["below_limit"]
    if column.null_count == part.num_rows:
        return None
    below: BoolArray = column.fill_null(False).to_numpy().reshape(shape)
    return below
