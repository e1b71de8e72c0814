import dataclasses
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from algesia.errors import FileInputError, MissingExtraError
from algesia.formats.result_file import read_result, write_result
from algesia.provenance import NOTICE

READABLE = [".parquet", ".zarr"]


def with_observations(arm):
    rng = np.random.default_rng(3)
    observed = arm.values * np.exp(0.1 * rng.normal(size=arm.values.shape))
    below = observed < 5.0
    return dataclasses.replace(
        arm, observed=np.where(below, np.nan, observed), below_limit=below
    )


def assert_same_arm(read, written):
    for field in dataclasses.fields(written):
        left, right = getattr(read, field.name), getattr(written, field.name)
        if isinstance(right, np.ndarray):
            assert left.dtype == right.dtype
            assert_array_equal(left, right)
        elif field.name == "covariates":
            assert list(left) == list(right)
            for name in right:
                assert_array_equal(left[name], right[name])
        else:
            assert left == right, field.name


@pytest.mark.parametrize("ending", READABLE)
def test_a_result_comes_back_bit_for_bit(tmp_path, result, ending):
    read = read_result(write_result(result, tmp_path / f"run{ending}"))
    assert read.title == result.title
    assert read.receipt == result.receipt
    assert read.warnings == result.warnings
    assert read.notice == NOTICE
    assert [arm.name for arm in read.arms] == ["infusion 0.5 mg/kg", "film 50 mg"]
    for left, right in zip(read.arms, result.arms, strict=True):
        assert_same_arm(left, right)
    assert read.failed == 1
    assert np.isnan(read.arms[0].values[0, -1]).all()


@pytest.mark.parametrize("ending", READABLE)
def test_observations_text_covariates_and_odd_names_come_back(
    tmp_path, make_arm, make_result, ending
):
    subjects = np.array([7, 3, 11])
    covariates = {
        "weight": np.array([61.25, np.nan, 80.1]),
        "female": np.array([True, False, True]),
        "ethnicity": np.array(["white", "asian", "µ–“odd”"]),
    }
    arm = with_observations(make_arm("a/b: 'c' \"d\"\n$x$", subjects=3))
    arm = dataclasses.replace(arm, subjects=subjects, covariates=covariates)
    read = read_result(write_result(make_result(arm), tmp_path / f"run{ending}"))
    assert_same_arm(read.arms[0], arm)


@pytest.mark.parametrize("ending", READABLE)
def test_arms_of_different_shape_and_a_time_that_stands_twice_come_back(
    tmp_path, make_arm, make_result, ending
):
    first = make_arm("a", subjects=1, failed=0, times=5)
    second = make_arm("b", subjects=4, times=9)
    time_h = second.time_h.copy()
    time_h[4] = time_h[3]
    second = dataclasses.replace(
        second, time_h=time_h, outputs=second.outputs[:1], values=second.values[:, :, :1]
    )
    read = read_result(write_result(make_result(first, second), tmp_path / f"run{ending}"))
    assert_same_arm(read.arms[0], first)
    assert_same_arm(read.arms[1], second)


@pytest.mark.parametrize("ending", READABLE)
def test_an_arm_without_subjects_comes_back(tmp_path, make_arm, make_result, ending):
    arm = make_arm(subjects=3, failed=0)
    empty = np.zeros(0, dtype=np.int64)
    arm = dataclasses.replace(
        arm, subjects=empty, status=empty, values=arm.values[:0], covariates={}
    )
    read = read_result(write_result(make_result(arm), tmp_path / f"run{ending}"))
    assert read.arms[0].values.shape[0] == 0


@pytest.mark.parametrize("ending", [*READABLE, ".csv"])
def test_an_existing_result_is_kept_unless_replacing_it_is_asked_for(tmp_path, result, ending):
    path = write_result(result, tmp_path / f"run{ending}")
    with pytest.raises(FileInputError, match="exists already"):
        write_result(result, path)
    assert write_result(result, path, force=True) == path


@pytest.mark.parametrize("ending", [*READABLE, ".csv"])
def test_a_break_while_writing_leaves_nothing_behind(tmp_path, result, ending, monkeypatch):
    def broken(*arguments, **options):
        raise KeyboardInterrupt

    modules = {".parquet": "result_parquet", ".zarr": "result_zarr", ".csv": "result_csv"}
    names = {".parquet": "_piece", ".zarr": "fill_arm", ".csv": "_cells"}
    module = sys.modules[f"algesia.formats.{modules[ending]}"]
    monkeypatch.setattr(module, names[ending], broken)
    with pytest.raises(KeyboardInterrupt):
        write_result(result, tmp_path / f"run{ending}")
    assert list(tmp_path.iterdir()) == []


def test_unknown_endings_and_missing_files_are_refused(tmp_path, result):
    with pytest.raises(FileInputError, match=r"ends in '\.xlsx'; expected one of \.parquet"):
        write_result(result, tmp_path / "run.xlsx")
    with pytest.raises(FileInputError, match=r"ends in '\.csv'; expected one of \.parquet"):
        read_result(tmp_path / "run.csv")
    with pytest.raises(FileInputError, match="no file"):
        read_result(tmp_path / "none.parquet")


@pytest.mark.parametrize(("ending", "package"), [(".parquet", "pyarrow"), (".zarr", "zarr")])
def test_an_absent_package_is_named_and_no_file_is_left(
    tmp_path, result, ending, package, hide_package
):
    hide_package(package)
    with pytest.raises(MissingExtraError, match=f"{package} is not installed; run: pip"):
        write_result(result, tmp_path / f"run{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", READABLE)
def test_what_is_not_a_result_is_refused_in_one_line(tmp_path, ending):
    path = tmp_path / f"run{ending}"
    if ending == ".zarr":
        path.mkdir()
        (path / "zarr.json").write_text('{"zarr_format": 3, "node_type": "group"}')
    else:
        path.write_bytes(b"PAR1 no more of it")
    with pytest.raises(FileInputError, match="cannot be read") as raised:
        read_result(path)
    assert "\n" not in str(raised.value)
