"""`algesia verify`: a run that stands, one that moved a little, one that is another."""

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from algesia.cli.receipt_file import seal_of
from algesia.formats.result_file import read_result, write_result


@pytest.fixture
def ran(algesia, scenario, tmp_path):
    """Receipt and result of a scenario, in folders of their own."""
    (tmp_path / "kept").mkdir()
    ended = algesia("run", scenario, "--receipt", "kept/r.json", "--out", "kept/a.parquet")
    assert ended.code == 0, ended.err
    return tmp_path / "kept"


def checks(ended):
    data = json.loads(ended.out)["data"]
    return {(each["arm"], each["what"]): each["verdict"] for each in data["checks"]}


def edit(path, change, *, sealed=True):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    if sealed:
        content["seal"] = seal_of(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_receipt_names_its_scenario_from_its_own_folder(algesia, ran, tmp_path, monkeypatch):
    assert json.loads((ran / "r.json").read_text())["question"]["file"] == "../scenario.yaml"
    monkeypatch.chdir("/")
    ended = algesia("verify", ran / "r.json")
    assert ended.code == 0, ended.err
    assert "verified: every value is bit-identical" in ended.out


@pytest.mark.parametrize("how", [(), ("--chunk", 3)])
@pytest.mark.parametrize("ending", ["parquet", "zarr"])
def test_a_result_is_verified_against_its_scenario(algesia, scenario, ending, how):
    out = f"b.{ending}"
    assert algesia("run", scenario, "--out", out, *how).code == 0
    ended = algesia("verify", out, scenario, "--json")
    assert ended.code == 0, ended.err
    assert set(checks(ended).values()) == {"identical"}


def test_changes_of_the_command_line_are_in_the_receipt(algesia, scenario):
    receipt = ("--receipt", "r.json")
    assert algesia("run", scenario, "--subjects", 7, "--seed", 5, *receipt).code == 0
    assert algesia("verify", "r.json").code == 0
    ended = algesia("verify", "r.json", scenario, "--json")
    found = checks(ended)
    assert ended.code == 1
    assert (found["infusion", "subjects"], found["infusion", "seed"]) == ("different",) * 2
    assert algesia("verify", "r.json", scenario, "--subjects", 7, "--seed", 5).code == 0


def test_an_event_table_is_verified_with_its_model(algesia, events):
    out = ("--receipt", "r.json", "--out", "a.zarr")
    assert algesia("run", events, "--model", "simons_2022_film", *out).code == 0
    assert algesia("verify", "r.json").code == 0
    assert algesia("verify", "a.zarr", events, "--model", "simons_2022_film").code == 0


def test_an_edited_scenario_is_not_verified_and_what_differs_is_named(
    algesia, ran, scenario, scenario_text
):
    scenario.write_text(scenario_text.replace("20 mg", "21 mg"), encoding="utf-8")
    for target in (("kept/r.json",), ("kept/a.parquet", scenario)):
        ended = algesia("verify", *target, "--json")
        found = checks(ended)
        assert ended.code == 1
        assert found["infusion", "regimen"] == "different"
        assert found["infusion", "cohort"] == "identical"
        numbers = [
            each for (_, what), each in found.items() if "value" in what or "AUC" in what
        ]
        assert numbers == ["different"]


def moved(content, factor):
    for row in content["exposure"]["rows"]:
        for name in ("median", "p05", "p95", "mean"):
            row[name] = None if row[name] is None else row[name] * factor
    content["arms"][0]["values"] = "0" * 32


@pytest.mark.parametrize(
    ("factor", "code", "verdict"),
    [(1.0 + 5e-6, 0, "close"), (1.0 + 2e-5, 1, "different")],
)
def test_without_the_values_the_exposure_decides_within_ten_tolerances(
    algesia, ran, factor, code, verdict
):
    edit(ran / "r.json", lambda content: moved(content, factor))
    ended = algesia("verify", "kept/r.json", "--json")
    assert checks(ended)["infusion", "exposure: AUC and peak"] == verdict
    assert ended.code == code


@pytest.mark.parametrize(
    ("share", "code", "verdict"), [(5e-6, 0, "close"), (2e-5, 1, "different")]
)
def test_with_the_values_every_one_of_them_decides(
    algesia, ran, scenario, share, code, verdict
):
    kept = read_result(ran / "a.parquet")
    arm = kept.arms[0]
    values = arm.values.copy()
    # A late value: it is judged by the peak of its subject, which sets the solver's error.
    values[2, -1, 0] += share * values[2, :, 0].max()
    receipt = {**kept.receipt, "arms": [{**kept.receipt["arms"][0], "values": None}]}
    other = replace(kept, arms=(replace(arm, values=values),), receipt=receipt)
    write_result(other, "b.parquet")
    ended = algesia("verify", "b.parquet", scenario, "--json")
    assert checks(ended)["infusion", "values"] == verdict
    assert ended.code == code


def test_a_result_that_was_edited_does_not_fit_its_own_receipt(algesia, ran, scenario):
    table = pq.read_table(ran / "a.parquet")
    values = table["value"].to_numpy().copy()
    values[3] *= 1.0 + 1e-9
    place = table.schema.get_field_index("value")
    pq.write_table(table.set_column(place, "value", [values]), ran / "a.parquet")
    ended = algesia("verify", "kept/a.parquet", scenario, "--json")
    assert ended.code == 1
    assert checks(ended)["infusion", "the file"] == "different"
    assert checks(ended)["infusion", "values"] == "close"


def test_of_another_version_of_algesia_the_numbers_alone_decide(algesia, ran):
    def older(content):
        content["versions"]["algesia"] = "0.0.1"
        content["arms"][0]["model_hash"] = "0" * 32
        content["scenario"] = "1" * 32

    edit(ran / "r.json", older)
    ended = algesia("verify", "kept/r.json", "--json")
    found = checks(ended)
    assert (found["", "algesia"], found["infusion", "content of the model"]) == (
        "different",
        "different",
    )
    assert ended.code == 0
    edit(ran / "r.json", lambda content: content["versions"].update(algesia="same"))
    edit(ran / "r.json", lambda content: moved(content, 1.001))
    assert algesia("verify", "kept/r.json").code == 1


def test_another_numpy_alone_changes_nothing_but_is_shown(algesia, ran):
    edit(ran / "r.json", lambda content: content["versions"].update(numpy="1.0"))
    ended = algesia("verify", "kept/r.json")
    assert ended.code == 0
    assert "kept 1.0, now" in ended.out


def test_an_arm_that_is_gone_is_not_verified(algesia, ran, scenario, scenario_text):
    scenario.write_text(
        scenario_text.replace("name: infusion", "name: other"), encoding="utf-8"
    )
    for target in (("kept/r.json",), ("kept/a.parquet", scenario)):
        ended = algesia("verify", *target)
        assert ended.code == 1
        assert "values of infusion" in ended.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.json",), "none.json cannot be read: No such file"),
        (("broken.json",), "broken.json is no receipt"),
        (("kept/a.parquet",), "does not say of which file it is the result"),
        (("scenario.yaml",), "is a scenario; expected a receipt"),
        (("kept/r.json", "--seed", "3"), "given without SCENARIO"),
    ],
)
def test_what_cannot_be_verified_is_refused_in_one_line(
    algesia, ran, tmp_path, arguments, message
):
    (tmp_path / "broken.json").write_text('{"schema": "algesia/receipt/1"}', encoding="utf-8")
    ended = algesia("verify", *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_the_receipt_is_written_whole_and_not_over_another(algesia, scenario, ran):
    content = json.loads((ran / "r.json").read_text(encoding="utf-8"))
    assert content["schema"] == "algesia/receipt/1"
    assert content["notice"] == "research and education, not dosing advice"
    rows = {row["measure"]: row for row in content["exposure"]["rows"]}
    values = read_result(ran / "a.parquet").arms[0].values[:, :, 0]
    assert rows["cmax"]["median"] == np.median(values.max(axis=1))
    ended = algesia("run", scenario, "--receipt", "kept/r.json")
    assert (ended.code, "exists already" in ended.err) == (2, True)
    ended = algesia("run", scenario, "--receipt", "kept/r.txt")
    assert (ended.code, "expected .json" in ended.err) == (2, True)


def first_row(**changes):
    return lambda content: content["exposure"]["rows"][0].update(changes)


@pytest.mark.parametrize(
    "change",
    [
        first_row(median=1.0),
        first_row(n=99),
        lambda content: content.update(notice="dose 500 mg"),
        lambda content: content.pop("seal"),
    ],
)
def test_a_receipt_that_was_changed_says_so_before_anything_is_run(algesia, ran, change):
    edit(ran / "r.json", change, sealed=False)
    ended = algesia("verify", "kept/r.json")
    assert ended.code == 1
    assert "not verified: " in ended.out
    assert ("was changed after it was written" in ended.out) or ("no seal" in ended.out)


@pytest.mark.parametrize(
    "change", [first_row(median=1.0), first_row(n=99), first_row(unit="mg/L")]
)
def test_a_changed_exposure_is_found_beside_an_equal_hash_and_a_seal(algesia, ran, change):
    edit(ran / "r.json", change)
    ended = algesia("verify", "kept/r.json", "--json")
    assert ended.code == 1
    assert checks(ended)["infusion", "values"] == "identical"
    assert "different" in {
        verdict for (_, what), verdict in checks(ended).items() if "exposure" in what
    }


def test_another_hash_of_the_values_is_a_difference_where_all_else_is_equal(algesia, ran):
    edit(ran / "r.json", lambda content: content["arms"][0].update(values="0" * 32))
    ended = algesia("verify", "kept/r.json", "--json")
    assert ended.code == 1
    assert checks(ended)["infusion", "values"] == "different"


def test_where_only_summaries_were_compared_nothing_is_said_of_every_value(algesia, ran):
    edit(ran / "r.json", lambda content: moved(content, 1.0 + 5e-6))
    ended = algesia("verify", "kept/r.json")
    assert ended.code == 0
    assert "single values were not compared" in ended.out
    assert "every value" not in ended.out


def test_what_another_version_leaves_out_of_account_is_named(algesia, ran):
    def older(content):
        content["versions"]["algesia"] = "0.0.1"
        content["arms"][0]["model_hash"] = "0" * 32

    edit(ran / "r.json", older)
    assert "did not count: content of the model" in algesia("verify", "kept/r.json").out


@pytest.mark.parametrize(
    "change",
    [
        first_row(median=float("nan")),
        first_row(median="much"),
        first_row(n=1.5),
        lambda content: content.update(arms="hello"),
        lambda content: content.update(arms=[3]),
        lambda content: content.update(versions=None),
        lambda content: content.update(exposure=[1, 2]),
        lambda content: content.update(question=None),
        lambda content: content.pop("scenario"),
    ],
)
def test_an_odd_receipt_is_refused_in_words_of_its_own(algesia, ran, change):
    edit(ran / "r.json", change)
    ended = algesia("verify", "kept/r.json")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "is no receipt (" in ended.err
    for word in ("Error", "NoneType", "object", "indices"):
        assert word not in ended.err


@pytest.mark.parametrize("column", ["unit", "substance", "form", "site", "status", "output"])
def test_an_edited_label_of_a_result_is_refused(algesia, ran, scenario, column):
    table = pq.read_table(ran / "a.parquet")
    words = table[column].to_pylist()
    words[-1] = "other"
    place = table.schema.get_field_index(column)
    pq.write_table(table.set_column(place, column, [words]), ran / "a.parquet")
    ended = algesia("verify", "kept/a.parquet", scenario)
    assert ended.code == 2
    assert "kept/a.parquet" in ended.err


def test_a_unit_changed_everywhere_in_a_result_is_a_difference(algesia, ran, scenario):
    kept = read_result(ran / "a.parquet")
    arm = kept.arms[0]
    outputs = (replace(arm.outputs[0], unit="ug/L"), *arm.outputs[1:])
    write_result(replace(kept, arms=(replace(arm, outputs=outputs),)), "b.parquet")
    ended = algesia("verify", "b.parquet", scenario, "--json")
    assert ended.code == 1
    assert checks(ended)["infusion", "values"] == "different"


@pytest.mark.parametrize("how", [(), ("--chunk", 3)])
def test_a_damaged_or_missing_chunk_of_a_result_is_an_error_of_that_file(
    algesia, scenario, tmp_path, how
):
    assert algesia("run", scenario, "--out", "b.zarr", *how).code == 0
    chunk = tmp_path / "b.zarr" / "arm_001" / "value" / "c" / "0" / "0" / "0"
    chunk.write_bytes(b"nonsense" + chunk.read_bytes()[8:])
    for command in (("verify", "b.zarr", scenario), ("diff", "b.zarr", "b.zarr")):
        ended = algesia(*command)
        assert ended.code == 2
        assert f"{chunk.relative_to(tmp_path)} cannot be read" in ended.err
    chunk.unlink()
    ended = algesia("verify", "b.zarr", scenario)
    assert (ended.code, "is missing" in ended.err) == (2, True)
