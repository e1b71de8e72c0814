import json

import pytest
import zarr

from algesia.errors import FileInputError
from algesia.formats.result_file import read_result, result_pieces
from algesia.formats.result_zarr import write_zarr
from algesia.provenance import NOTICE


def test_each_arm_is_a_group_with_named_axes_and_the_notice(tmp_path, result):
    path = write_zarr(result, tmp_path / "run.zarr")
    root = zarr.open_group(store=str(path), mode="r")
    assert root.metadata.zarr_format == 3
    assert root.attrs["schema"] == "algesia/result/1"
    assert root.attrs["notice"] == NOTICE
    assert root.attrs["receipt"] == result.receipt
    assert root.attrs["sources"][0]["key"] == "simons_2022"
    group = root["arm_001"]
    assert group.attrs["notice"] == NOTICE
    assert group.attrs["arm"] == "infusion 0.5 mg/kg"
    assert group["value"].metadata.dimension_names == ("subject", "time", "output")
    assert group["value"].shape == (60, 121, 2)
    assert group["value"].attrs["units"] == ["ng/mL", "ng/mL"]
    assert group["status"][0] == 2
    assert "observed" not in group


def chunk_of(path, array):
    return next(each for each in (path / array).rglob("c/**/0") if each.is_file())


@pytest.mark.parametrize("read", [read_result, lambda path: list(result_pieces(path))])
@pytest.mark.parametrize("array", ["arm_001/value", "arm_001/status", "arm_001/subject"])
def test_a_damaged_and_a_missing_chunk_are_named(tmp_path, result, read, array):
    path = write_zarr(result, tmp_path / "run.zarr")
    chunk = chunk_of(path, array)
    kept = chunk.read_bytes()
    chunk.write_bytes(b"nonsense" + kept[8:])
    with pytest.raises(FileInputError, match="cannot be read") as caught:
        read(path)
    assert str(chunk) in str(caught.value)
    chunk.write_bytes(kept)
    read(path)
    chunk.unlink()
    with pytest.raises(FileInputError, match="is missing") as caught:
        read(path)
    assert str(chunk) in str(caught.value)


def test_a_unit_that_was_changed_beside_an_array_is_refused(tmp_path, result):
    path = write_zarr(result, tmp_path / "run.zarr")
    about = path / "arm_001" / "value" / "zarr.json"
    content = json.loads(about.read_text(encoding="utf-8"))
    content["attributes"]["units"][0] = "mg/L"
    about.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(FileInputError, match="units are not those"):
        read_result(path)
