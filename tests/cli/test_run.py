"""`algesia run`: what is printed, what is written, how it ends."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from algesia.engine import Status
from algesia.formats.result_file import read_result
from algesia.simulate import run

NOTICE = "research and education, not dosing advice"


def test_a_run_shows_the_exposure_and_the_notice(algesia, scenario):
    ended = algesia("run", scenario)
    assert ended.code == 0
    assert ended.err == ""
    for expected in ("infusion", "plasma_esketamine", "AUC, ng*h/mL", "5–95 % range", NOTICE):
        assert expected in ended.out


def test_json_is_one_object_with_data_provenance_and_notice(algesia, scenario):
    ended = algesia("run", scenario, "--json")
    answer = json.loads(ended.out)
    assert sorted(answer) == ["data", "notice", "provenance", "schema", "warnings"]
    assert answer["schema"] == "algesia/run/1"
    assert answer["notice"] == NOTICE
    assert answer["provenance"]["sources"][0]["key"] == "simons_2022"
    assert answer["provenance"]["receipt"]["arms"][0]["subjects"] == 4
    peak = next(row for row in answer["data"]["exposure"] if row["measure"] == "cmax")
    assert peak["p05"] <= peak["median"] <= peak["p95"]


def test_json_has_null_where_a_number_does_not_exist(algesia, scenario, scenario_text):
    # Two samples are too few for a half-life.
    scenario.write_text(
        scenario_text.replace(
            "{every: 1 h, until: 12 h}", "{times: [0 h, 1 h], at_doses: false}"
        ),
        encoding="utf-8",
    )
    answer = json.loads(algesia("run", scenario, "--json").out)
    rows = {row["measure"]: row for row in answer["data"]["exposure"]}
    assert rows["half_life"]["median"] is None
    assert rows["half_life"]["n"] == 0


def test_files_are_written_and_listed(algesia, scenario, tmp_path):
    names = ["a.parquet", "a.zarr", "a.csv"]
    outs = [part for name in names for part in ("--out", name)]
    ended = algesia("run", scenario, *outs, "--plot", "a.svg")
    assert ended.code == 0
    for name in (*names, "a.svg"):
        assert (tmp_path / name).exists()
        assert f"wrote {name}" in ended.out
    assert NOTICE in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert NOTICE in (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert read_result(tmp_path / "a.parquet").arms[0].subjects.size == 4


def test_force_replaces_what_is_there(algesia, scenario, tmp_path):
    (tmp_path / "a.parquet").write_text("old", encoding="utf-8")
    assert algesia("run", scenario, "--force", "--out", "a.parquet").code == 0
    assert read_result(tmp_path / "a.parquet").title == "Film and infusion"


def test_quiet_prints_nothing(algesia, scenario):
    ended = algesia("run", scenario, "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_the_number_of_subjects_and_the_seed_can_be_changed(algesia, scenario):
    def receipt(*arguments):
        ended = algesia("run", scenario, "--json", *arguments)
        return json.loads(ended.out)["provenance"]["receipt"]["arms"][0]

    changed = receipt("--subjects", "7", "--seed", "5")
    assert (changed["subjects"], changed["seed"]) == (7, 5)
    assert (receipt()["subjects"], receipt()["seed"]) == (4, 1)


def test_the_answer_does_not_depend_on_the_number_of_threads(algesia, scenario, tmp_path):
    for threads in (1, 2):
        name = f"{threads}.parquet"
        assert algesia("run", scenario, "--threads", threads, "--out", name).code == 0
    one, two = (read_result(tmp_path / f"{n}.parquet").arms[0].values for n in (1, 2))
    assert np.array_equal(one, two)


def test_an_exposure_window_cuts_the_area(algesia, scenario):
    def area(*arguments):
        ended = algesia("run", scenario, "--json", *arguments)
        rows = json.loads(ended.out)["data"]["exposure"]
        return next(row["median"] for row in rows if row["measure"] == "auc")

    whole = area()
    first, rest = area("--to", "4 h"), area("--from", "240 min")
    assert 0.0 < first < whole
    # Medians of few subjects need not add up exactly.
    assert first + rest == pytest.approx(whole, rel=0.05, abs=0.0)


def test_an_event_table_runs_with_a_model_as_an_arm_named_after_the_file(algesia, events):
    ended = algesia("run", events, "--model", "simons_2022_film", "--json")
    assert ended.code == 0, ended.err
    arm = json.loads(ended.out)["data"]["arms"][0]
    assert (arm["name"], arm["subjects"]) == ("events", 2)


def test_square_brackets_in_a_title_are_not_markup(algesia, scenario, scenario_text):
    scenario.write_text(
        scenario_text.replace("title: Film and infusion", "title: '[red]Film[/red] [1]'"),
        encoding="utf-8",
    )
    assert "[red]Film[/red] [1]" in algesia("run", scenario).out


def test_a_title_cannot_drive_the_terminal(algesia, scenario, scenario_text):
    scenario.write_text(
        scenario_text.replace("title: Film and infusion", 'title: "\\e[31mred\\a"'),
        encoding="utf-8",
    )
    assert "\x1b" not in algesia("run", scenario).out


def test_subjects_that_do_not_converge_are_kept_written_and_end_with_three(
    algesia, scenario, tmp_path, monkeypatch
):
    def failing(scenario, **options):
        answer = run(scenario, **options)
        arm = answer.arms[0]
        status, values = arm.status.copy(), arm.values.copy()
        status[0] = int(Status.TOO_MANY_STEPS)
        values[0] = np.nan
        broken = replace(arm, status=status, values=values, failures=("subject 0 failed",))
        return replace(answer, arms=(broken,), warnings=("1 of 4 subjects did not run",))

    monkeypatch.setattr("algesia.simulate.run", failing)
    ended = algesia("run", scenario, "--out", "a.parquet")
    assert ended.code == 3
    assert ended.err == "warning: 1 of 4 subjects did not run\n"
    assert "1 failed" in ended.out
    assert read_result(tmp_path / "a.parquet").failed == 1


def test_a_missing_extra_is_named_with_the_line_that_installs_it(
    algesia, scenario, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "zarr", None)
    ended = algesia("run", scenario, "--out", "a.zarr")
    assert ended.code == 4
    assert ended.err == "error: zarr is not installed; run: pip install 'algesia[arrays]'\n"
    assert not (tmp_path / "a.zarr").exists()


def test_more_arms_than_a_figure_can_show_are_refused_before_the_run(
    algesia, scenario, scenario_text
):
    head, _, arm = scenario_text.partition("arms:\n")
    arms = "".join(arm.replace("name: infusion", f"name: arm {n}") for n in range(7))
    scenario.write_text(f"{head}arms:\n{arms}", encoding="utf-8")
    ended = algesia("run", scenario, "--plot", "a.svg")
    assert ended.code == 2
    assert "7 arms" in ended.err


def test_an_arm_looked_at_once_is_written_without_an_exposure(
    algesia, scenario, scenario_text, tmp_path
):
    scenario.write_text(
        scenario_text.replace("{every: 1 h, until: 12 h}", "{times: [2 h], at_doses: false}"),
        encoding="utf-8",
    )
    ended = algesia("run", scenario, "--out", "a.parquet")
    assert ended.code == 0
    assert ended.err == "warning: arm 'infusion' is sampled at 2 h alone; it has no exposure\n"
    assert read_result(tmp_path / "a.parquet").arms[0].time_h.tolist() == [2.0]


def test_a_window_outside_an_event_table_is_refused_with_nothing_written(
    algesia, events, tmp_path
):
    ended = algesia(
        "run", events, "--model", "simons_2022_film", "--to", "90 h", "--out", "a.csv"
    )
    assert ended.code == 2
    assert "0 to 90 h" in ended.err or "1 to 90 h" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


def test_a_run_in_chunks_prints_and_writes_what_the_whole_run_does(algesia, scenario, tmp_path):
    whole = algesia("run", scenario, "--out", "whole.parquet", "--json")
    outs = ("--out", "parts.parquet", "--out", "parts.zarr")
    parts = algesia("run", scenario, *outs, "--chunk", 3, "--json")
    assert parts.code == 0, parts.err
    answers = [json.loads(ended.out) for ended in (whole, parts)]
    for answer in answers:
        del answer["data"]["files"]
    assert answers[0] == answers[1]
    expected = read_result(tmp_path / "whole.parquet").arms[0].values
    for name in ("parts.parquet", "parts.zarr"):
        assert np.array_equal(read_result(tmp_path / name).arms[0].values, expected)
    assert sorted(path.name for path in (tmp_path / "parts.parquet").iterdir()) == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]


def test_values_that_would_fill_the_memory_are_made_in_chunks(
    algesia, scenario, tmp_path, monkeypatch
):
    # One arm, four subjects, 13 hourly times and two ends of a dose, 8 bytes each.
    monkeypatch.setattr("algesia.cli.output_files._MOST_BYTES_IN_MEMORY", 4 * 15 * 8)
    assert algesia("run", scenario, "--out", "below.parquet").code == 0
    assert (tmp_path / "below.parquet").is_file()
    monkeypatch.setattr("algesia.cli.output_files._MOST_BYTES_IN_MEMORY", 4 * 15 * 8 - 1)
    assert algesia("run", scenario, "--out", "above.parquet").code == 0
    assert (tmp_path / "above.parquet").is_dir()
    # A figure and a spreadsheet need all values at once.
    assert algesia("run", scenario, "--out", "c.parquet", "--out", "c.csv").code == 0
    assert (tmp_path / "c.parquet").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--chunk", 2, "--out", "a.csv"), "--out a.csv cannot be written in chunks (--chunk)"),
        (("--chunk", 2, "--plot", "a.svg"), "--plot a.svg needs all values at once"),
        (("--resume",), "--resume is given without --out"),
        (("--resume", "--force", "--out", "a.zarr"), "--force and --resume are given"),
        (("--chunk", 0), "greater than or equal to 1"),
        (("--chunk", 2, "--out", "there.zarr"), "--force to replace it or --resume to finish"),
    ],
)
def test_what_does_not_go_with_chunks_is_refused(
    algesia, scenario, tmp_path, arguments, message
):
    (tmp_path / "there.zarr").mkdir()
    ended = algesia("run", scenario, *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scenario.yaml", "there.zarr"]


def test_force_replaces_a_file_by_a_folder_of_parts_and_not_the_other_way(
    algesia, scenario, tmp_path
):
    (tmp_path / "a.parquet").write_text("old", encoding="utf-8")
    assert algesia("run", scenario, "--force", "--chunk", 3, "--out", "a.parquet").code == 0
    assert read_result(tmp_path / "a.parquet").arms[0].subjects.size == 4
    ended = algesia("run", scenario, "--force", "--out", "a.parquet")
    assert (ended.code, "is a folder" in ended.err) == (2, True)
