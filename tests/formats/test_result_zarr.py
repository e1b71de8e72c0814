import zarr

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
