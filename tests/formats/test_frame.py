import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from algesia.errors import MissingExtraError
from algesia.formats.frame import to_polars, to_xarray
from algesia.provenance import NOTICE


def test_a_median_over_the_polars_table_equals_that_of_the_result(result):
    frame = to_polars(result)
    arm = result.arms[0]
    medians = (
        frame.filter(
            (pl.col("arm") == arm.name)
            & (pl.col("status") == "ok")
            & (pl.col("output") == "plasma_esketamine")
        )
        .group_by("time_h")
        .agg(pl.col("value").median())
        .sort("time_h")
    )
    assert_allclose(medians["value"].to_numpy(), arm.median()[:, 0], rtol=1e-12, atol=0)
    assert frame.columns[:3] == ["arm", "subject", "time_h"]


def test_the_xarray_tree_has_a_labelled_array_per_arm(result):
    tree = to_xarray(result)
    assert tree.attrs["notice"] == NOTICE
    node = tree["infusion 0.5 mg∕kg"]
    assert node.attrs["arm"] == "infusion 0.5 mg/kg"
    assert node.attrs["failed"] == 1
    assert node.attrs["notice"] == NOTICE
    value = node["value"].sel(output="plasma_esnorketamine")
    assert_array_equal(value.to_numpy(), result.arms[0].values[:, :, 1])
    assert node["status"].to_numpy()[0] == "too_many_steps"
    assert node["time"].attrs["units"] == "h"
    assert np.isnan(node["value"].sel(subject=0).to_numpy()[-1]).all()


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_a_table_without_its_package_says_what_to_install(result, hide_package, package):
    hide_package(package)
    with pytest.raises(MissingExtraError, match=r"pip install 'algesia\[tables\]'"):
        to_polars(result)


def test_a_tree_without_its_package_says_what_to_install(result, hide_package):
    hide_package("xarray")
    with pytest.raises(MissingExtraError, match=r"pip install 'algesia\[arrays\]'"):
        to_xarray(result)
