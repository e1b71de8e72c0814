import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_array_equal

from algesia.errors import FileInputError
from algesia.formats.result_parquet import read_parquet, write_parquet
from algesia.formats.result_rows import COLUMNS
from algesia.provenance import NOTICE


@pytest.fixture
def file(tmp_path, result):
    return write_parquet(result, tmp_path / "run.parquet")


def test_the_table_is_long_and_ordered_by_arm_subject_time_and_output(file, result):
    table = pq.read_table(file)
    assert tuple(table.column_names) == COLUMNS
    assert table.num_rows == sum(arm.values.size for arm in result.arms)
    first, second = (table.slice(place, 1).to_pylist()[0] for place in (0, 1))
    assert first["output"] == "plasma_esketamine"
    assert second["output"] == "plasma_esnorketamine"
    assert first["unit"] == "ng/mL"
    assert first["observed"] is None
    arm = result.arms[0]
    expected = arm.values.reshape(-1)
    assert_array_equal(table["value"].to_numpy()[: expected.size], expected)


def test_a_failed_subject_is_flagged_on_every_row_and_counted(file):
    table = pq.read_table(file)
    failed = table.filter(pa.compute.equal(table["status"].cast("string"), "too_many_steps"))
    assert set(failed["subject"].to_pylist()) == {0}
    assert failed.num_rows == 121 * 2
    arms = json.loads(pq.read_schema(file).metadata[b"arms"])
    assert [arm["failed"] for arm in arms] == [1, 0]
    assert arms[0]["failures"] == ["subject 0: state central stopped at 12 h after event 2"]


def test_notice_schema_receipt_sources_and_outputs_are_in_the_metadata(file, result):
    metadata = pq.read_schema(file).metadata
    assert metadata[b"schema"] == b"algesia/result/1"
    assert metadata[b"notice"].decode() == NOTICE
    assert json.loads(metadata[b"receipt"]) == result.receipt
    assert json.loads(metadata[b"sources"])[0]["doi"] == "10.3389/fpain.2022.946486"
    outputs = json.loads(metadata[b"arms"])[0]["outputs"]
    assert outputs[0]["site"] == "arterial plasma"


def test_the_notice_survives_a_selection_of_columns(file):
    table = pq.read_table(file, columns=["value"])
    assert table.schema.metadata[b"notice"].decode() == NOTICE


def test_the_same_result_gives_the_same_bytes(tmp_path, file, result):
    for number in range(8):
        # Memory that was used before must not show in the file.
        stray = [bytes([number]) * size for size in (20, 100, 1000, 100_000)]
        del stray
        again = write_parquet(result, tmp_path / f"{number}.parquet")
        assert again.read_bytes() == file.read_bytes()


def test_rows_in_another_order_are_refused_rather_than_misread(tmp_path, file):
    table = pq.read_table(file)
    order = np.arange(table.num_rows)
    order[[0, 5]] = order[[5, 0]]
    pq.write_table(table.take(order), tmp_path / "shuffled.parquet")
    with pytest.raises(FileInputError, match="as they were written"):
        read_parquet(tmp_path / "shuffled.parquet")


def test_missing_rows_columns_and_metadata_are_refused(tmp_path, file):
    table = pq.read_table(file)
    changed = {
        "as they were written": table.slice(0, table.num_rows - 1),
        "rows but its arms have": pa.concat_tables([table, table.slice(0, 2)]),
        "no column 'unit'": table.drop_columns(["unit"]),
        "without the metadata": table.replace_schema_metadata({}),
        "has the schema 'other/1'": table.replace_schema_metadata(
            {**table.schema.metadata, b"schema": b"other/1"}
        ),
        "cannot be read": table.replace_schema_metadata(
            {**table.schema.metadata, b"receipt": b"3", b"arms": b'[{"outputs": []}]'}
        ),
    }
    for message, broken in changed.items():
        path = tmp_path / "broken.parquet"
        pq.write_table(broken, path)
        with pytest.raises(FileInputError, match=message):
            read_parquet(path)


def test_a_large_result_is_written_in_several_row_groups(tmp_path, make_arm, make_result):
    big = make_result(make_arm(subjects=1500, times=401))
    path = write_parquet(big, tmp_path / "run.parquet")
    assert pq.ParquetFile(path).num_row_groups == 5
    assert_array_equal(read_parquet(path).arms[0].values, big.arms[0].values)
