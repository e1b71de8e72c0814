"""Results written chunk by chunk, as a folder of Parquet parts and as a Zarr folder."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
import zarr
from numpy.testing import assert_array_equal
from tests.simulate.small_models import one_compartment

from algesia.errors import FileInputError, MissingExtraError
from algesia.formats.result_file import read_result, result_pieces, result_sink, write_result
from algesia.formats.result_parquet import parquet_metadata
from algesia.population import Cohort
from algesia.provenance import NOTICE
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, Trajectories, run
from algesia.simulate import stream as stream_module
from algesia.simulate.stream import run_in_chunks

ENDINGS = [".parquet", ".zarr"]


@dataclass(frozen=True, repr=False)
class Case:
    scenario: Scenario
    whole: Trajectories

    def stream(self, path, *, size=10, scenario=None, **how):
        return run_in_chunks(
            scenario or self.scenario, result_sink(path, **how), chunk_subjects=size
        )


@pytest.fixture(scope="module")
def case():
    people = Cohort(
        seed=4,
        subjects=np.arange(5, 39),
        covariates={
            "weight": np.linspace(50.0, 90.0, 34),
            "female": np.arange(34) % 3 == 0,
            "ethnicity": np.array(["asian", "white"])[np.arange(34) % 2],
        },
    )
    arm = Arm(
        name="a/b",
        model=one_compartment(spread=0.09),
        regimen=parse_regimen("0.5 mg/kg esketamine IV over 40 min"),
        cohort=people,
        observations=True,
        limits_of_quantification={"plasma": 300.0},
    )
    short = replace(arm, name="short", cohort=people.part(0, 3), observations=False)
    scenario = Scenario(title="t", arms=(arm, short), sampling=Sampling.every(1.0, until_h=9.0))
    return Case(scenario, run(scenario))


def assert_same(read, whole):
    assert (read.title, read.receipt, read.warnings) == (
        whole.title,
        whole.receipt,
        whole.warnings,
    )
    assert read.notice == NOTICE
    for left, right in zip(read.arms, whole.arms, strict=True):
        for what in ("time_h", "values", "observed", "below_limit", "status", "subjects"):
            ours, theirs = getattr(left, what), getattr(right, what)
            assert (ours is None) == (theirs is None)
            if theirs is not None:
                assert ours.dtype == theirs.dtype
                assert_array_equal(ours, theirs)
        assert list(left.covariates) == list(right.covariates)
        for name, column in right.covariates.items():
            assert_array_equal(left.covariates[name], column)
        for what in ("name", "outputs", "rows", "notes", "sources", "values_used", "failures"):
            assert getattr(left, what) == getattr(right, what)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("size", [1, 10, 34, 100])
def test_a_result_in_chunks_is_read_as_the_run_gives_it(case, tmp_path, ending, size):
    path = tmp_path / f"run{ending}"
    case.stream(path, size=size)
    assert_same(read_result(path), case.whole)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_pieces_of_a_result_are_its_subjects_in_order(case, tmp_path, ending):
    case.stream(tmp_path / f"chunks{ending}")
    write_result(case.whole, tmp_path / f"whole{ending}")
    for path in tmp_path.iterdir():
        pieces = [piece.arms[0] for piece in result_pieces(path)]
        found = np.concatenate([each.values for each in pieces if each.name == "a/b"])
        assert_array_equal(found, case.whole.arms[0].values)
        assert len(pieces) == (5 if path.stem == "chunks" else 2)


def test_a_folder_of_parts_is_one_table_for_other_tools(case, tmp_path):
    path = tmp_path / "run.parquet"
    case.stream(path)
    values = np.concatenate([arm.values.ravel() for arm in case.whole.arms])
    assert_array_equal(pl.read_parquet(path)["value"].to_numpy(), values)
    assert_array_equal(ds.dataset(path).to_table()["value"].to_numpy(), values)
    single = write_result(case.whole, tmp_path / "single.parquet")
    part = pq.read_schema(path / "part-00000.parquet")
    assert part.equals(pq.read_schema(single), check_metadata=False)
    assert set(part.metadata) == {*pq.read_schema(single).metadata, b"chunk"}
    assert part.metadata[b"notice"].decode() == NOTICE


def test_each_part_is_a_result_of_its_own(case, tmp_path):
    case.stream(tmp_path / "run.parquet")
    part = read_result(tmp_path / "run.parquet" / "part-00001.parquet")
    assert_array_equal(part.arms[0].values, case.whole.arms[0].values[10:20])
    assert part.receipt["scenario"] == case.whole.receipt["scenario"]


@pytest.fixture
def interrupted(case, tmp_path, monkeypatch):
    """Write a result whose run breaks while its third chunk is solved."""

    def write(ending):
        path = tmp_path / f"run{ending}"
        calls = []

        def breaking(arm, *arguments, **options):
            calls.append(arm)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return real(arm, *arguments, **options)

        real = stream_module.solved_arm
        with monkeypatch.context() as patch:
            patch.setattr(stream_module, "solved_arm", breaking)
            with pytest.raises(KeyboardInterrupt):
                case.stream(path)
        return path

    return write


@pytest.fixture
def solved(monkeypatch):
    """Subjects of every chunk that is solved."""
    chunks = []
    real = stream_module.solved_arm

    def noting(arm, *arguments, **options):
        chunks.append(arm.cohort.subjects.tolist())
        return real(arm, *arguments, **options)

    monkeypatch.setattr(stream_module, "solved_arm", noting)
    return chunks


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_interrupted_run_is_refused_by_readers_and_finished_by_resume(
    case, interrupted, solved, ending
):
    path = interrupted(ending)
    with pytest.raises(FileInputError, match=r"--resume finishes it"):
        read_result(path)
    with pytest.raises(FileInputError, match="exists already"):
        case.stream(path)
    solved.clear()
    summary = case.stream(path, resume=True)
    assert [subjects[0] for subjects in solved] == [25, 35, 5]
    assert summary.receipt == case.whole.receipt
    assert_same(read_result(path), case.whole)
    solved.clear()
    assert str(case.stream(path, resume=True).exposure) == str(summary.exposure)
    assert solved == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_resume_without_anything_there_is_a_run(case, tmp_path, ending):
    path = tmp_path / f"run{ending}"
    case.stream(path, resume=True)
    assert_same(read_result(path), case.whole)


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_scenario_version_or_chunk_size_is_not_mixed_in(
    case, interrupted, ending, monkeypatch
):
    path = interrupted(ending)
    other = replace(case.scenario, title="another")
    with pytest.raises(FileInputError, match=r"holds another scenario \('t', "):
        case.stream(path, scenario=other, resume=True)
    with pytest.raises(FileInputError, match="expected the same: --chunk 10"):
        case.stream(path, size=9, resume=True)
    monkeypatch.setattr("algesia.simulate.receipt._version", lambda package: "99.0")
    with pytest.raises(FileInputError, match=r"was begun with algesia .*; expected 99\.0"):
        case.stream(path, resume=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_force_begins_anew(case, interrupted, solved, ending):
    path = interrupted(ending)
    solved.clear()
    case.stream(path, size=20, force=True)
    assert [len(subjects) for subjects in solved] == [20, 14, 3]
    assert_same(read_result(path), case.whole)


def test_a_part_that_broke_is_made_again_and_left_overs_are_removed(case, interrupted, solved):
    path = interrupted(".parquet")
    (path / "part-00001.parquet").write_bytes(b"PAR1 and no more")
    (path / ".part-00001.parquet.0123456789ab.part").write_bytes(b"PAR1")
    solved.clear()
    case.stream(path, resume=True)
    assert [subjects[0] for subjects in solved] == [15, 25, 35, 5]
    assert [each.name for each in sorted(path.iterdir())] == [
        f"part-{number:05d}.parquet" for number in range(5)
    ]


def changed_value(path: Path) -> None:
    """Change one value of a part and keep everything else as it was."""
    table = pq.read_table(path)
    values = table["value"].to_numpy().copy()
    values[7] += 1e-9
    place = table.schema.get_field_index("value")
    pq.write_table(table.set_column(place, "value", [values]), path)


def test_a_part_with_another_value_is_found(case, interrupted, solved, tmp_path):
    path = interrupted(".parquet")
    changed_value(path / "part-00001.parquet")
    solved.clear()
    case.stream(path, resume=True)
    assert [subjects[0] for subjects in solved] == [15, 25, 35, 5]
    changed_value(path / "part-00002.parquet")
    with pytest.raises(FileInputError, match=r"part-00002\.parquet holds other values than"):
        read_result(path)


def test_a_zarr_region_with_another_value_is_made_again(case, interrupted, solved):
    path = interrupted(".zarr")
    value = zarr.open_group(store=str(path), mode="r+")["arm_001/value"]
    value[12, 3, 0] = value[12, 3, 0] + 1e-9
    solved.clear()
    case.stream(path, resume=True)
    assert [subjects[0] for subjects in solved] == [15, 25, 35, 5]
    assert_same(read_result(path), case.whole)


def test_failed_subjects_of_all_chunks_are_kept_over_an_interruption(
    case, tmp_path, monkeypatch
):
    real = stream_module.solved_arm
    limit = {"chunks": 3}

    def failing(arm, *arguments, **options):
        if limit["chunks"] == 0:
            raise KeyboardInterrupt
        limit["chunks"] -= 1
        answer = real(arm, *arguments, **options)
        status, values = answer.status.copy(), answer.values.copy()
        status[0], values[0] = 2, np.nan
        line = f"subject {int(answer.subjects[0])} failed"
        return replace(answer, status=status, values=values, failures=(line,))

    monkeypatch.setattr(stream_module, "solved_arm", failing)
    for ending in ENDINGS:
        path = tmp_path / f"run{ending}"
        limit["chunks"] = 3
        with pytest.raises(KeyboardInterrupt):
            case.stream(path)
        limit["chunks"] = 99
        case.stream(path, resume=True)
        read = read_result(path)
        assert [arm.failed for arm in read.arms] == [4, 1]
        lines = [f"subject {number} failed" for number in (5, 15, 25, 35)]
        assert list(read.arms[0].failures) == lines
        assert read.warnings[0] == "arm 'a/b': 4 of 34 subjects did not run to the end"


def test_nothing_else_in_a_folder_is_touched(case, tmp_path):
    path = tmp_path / "run.parquet"
    path.mkdir()
    (path / "thesis.txt").write_text("years of work", encoding="utf-8")
    for how in ({"force": True}, {"resume": True}, {}):
        with pytest.raises(FileInputError, match=r"holds thesis.txt, which is no part"):
            case.stream(path, **how)
    other = tmp_path / "run.zarr"
    shutil.copytree(path, other)
    with pytest.raises(FileInputError, match=r"not a folder with a zarr.json"):
        case.stream(other, force=True)
    assert (path / "thesis.txt").exists()
    assert (other / "thesis.txt").exists()


def test_parts_of_two_runs_are_not_read_as_one(case, tmp_path):
    path = tmp_path / "run.parquet"
    case.stream(path)
    case.stream(tmp_path / "other.parquet", scenario=replace(case.scenario, title="another"))
    shutil.copy(tmp_path / "other.parquet" / "part-00002.parquet", path)
    with pytest.raises(FileInputError, match="parts of different runs"):
        read_result(path)
    (path / "part-00002.parquet").unlink()
    with pytest.raises(FileInputError, match="holds 4 of 5 parts"):
        read_result(path)


def test_a_zarr_result_that_was_not_written_in_chunks_cannot_be_resumed(case, tmp_path):
    path = write_result(case.whole, tmp_path / "run.zarr")
    with pytest.raises(FileInputError, match="was not written in chunks"):
        case.stream(path, resume=True)


def test_metadata_of_a_part_say_which_subjects_it_holds(case, tmp_path):
    case.stream(tmp_path / "run.parquet")
    chunk = json.loads(
        parquet_metadata(tmp_path / "run.parquet" / "part-00003.parquet")["chunk"]
    )
    assert (chunk["arm"], chunk["first"], chunk["stop"]) == ("a/b", 30, 34)
    assert (chunk["number"], chunk["of"]) == (3, 5)


@pytest.mark.parametrize(("ending", "package"), [(".parquet", "pyarrow"), (".zarr", "zarr")])
def test_an_absent_package_is_named_before_anything_is_made(
    case, tmp_path, ending, package, hide_package
):
    hide_package(package)
    with pytest.raises(MissingExtraError, match=f"{package} is not installed"):
        case.stream(tmp_path / f"run{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_sink_of_another_kind_is_refused(tmp_path):
    with pytest.raises(FileInputError, match=r"expected one of \.parquet, \.zarr"):
        result_sink(tmp_path / "run.csv")
