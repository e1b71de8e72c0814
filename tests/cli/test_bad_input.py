"""Whatever is wrong with what was given: exit code 2, one line, nothing written."""

import pytest

REGIMEN = "20 mg esketamine IV over 20 min"
ARM = "    regimen: 20 mg"

CHANGES = {
    "a model that does not exist": ("simons_2022_film", "simons_2022_flim"),
    "an output the model lacks": ("[plasma_esketamine]", "[plasma_esketamin]"),
    "an unknown key": ("sampling:", "smapling:"),
    "an unknown key of an arm": (ARM, "    sprad: false\n" + ARM),
    "a route that does not exist": (" IV ", " by telepathy "),
    "a route the model lacks": (REGIMEN, "50 mg esketamine PO"),
    "a dose without a unit": (REGIMEN, "20 esketamine IV"),
    "a dose in a unit of volume": (REGIMEN, "20 mL esketamine IV over 20 min"),
    "a time in a unit of mass": ("every: 1 h", "every: 1 mg"),
    "a time without a unit": ("every: 1 h", "every: '1'"),
    "a negative dose": (REGIMEN, "-20 mg esketamine IV"),
    "a dose of zero": (REGIMEN, "0 mg esketamine IV"),
    "an infinite dose": (REGIMEN, "inf mg esketamine IV"),
    "a dose too large for a number": (REGIMEN, "1e400 mg esketamine IV"),
    "a dose that is no number": (REGIMEN, "nan mg esketamine IV"),
    "a negative weight": (ARM, "    cohort: {typical: {weight: -70 kg}}\n" + ARM),
    "an infinite weight": (ARM, "    cohort: {typical: {weight: inf kg}}\n" + ARM),
    "a weight that is no number": (ARM, "    cohort: {typical: {weight: nan kg}}\n" + ARM),
    "a weight without a unit": (ARM, "    cohort: {typical: {weight: 70}}\n" + ARM),
    "a weight outside the model's domain": (
        ARM, "    cohort: {typical: {weight: 200 kg}}\n" + ARM,
    ),
    "a child": (ARM, "    cohort: {typical: {age: 8 year}}\n" + ARM),
    "a covariate that does not exist": (
        ARM, "    cohort: {typical: {shoe_size: 42 cm}}\n" + ARM,
    ),
    "a negative time": ("every: 1 h", "every: -1 h"),
    "an infinite time": ("until: 12 h", "until: inf h"),
    "a time that is no number": ("until: 12 h", "until: nan h"),
    "sampling before the start": ("every: 1 h", "from: -1 h, every: 1 h"),
    "a dose before the start": (REGIMEN, "20 mg esketamine IV over 20 min starting at -2 h"),
    "doses that overlap": (REGIMEN, "20 mg/h esketamine IV for 10 h every 5 h for 3 doses"),
    "another drug than the model's": (REGIMEN, "20 mg ketamine IV over 20 min"),
    "a cohort of nobody": ("subjects: 4", "subjects: 0"),
    "a cohort of less than nobody": ("subjects: 4", "subjects: -4"),
    "a negative seed": ("subjects: 4", "seed: -1"),
    "no sampling": ("sampling: {every: 1 h, until: 12 h}\n", ""),
    "too many sampling times": ("every: 1 h", "every: 1e-9 h"),
    "an impossible tolerance": ("subjects: 4", "relative_tolerance: 2.0"),
    "another schema": ("scenario/1", "scenario/2"),
    "a table that is not there": (f"    regimen: {REGIMEN}", "    regimen: {table: none.csv}"),
    "a named regimen that is not there": (
        f"    regimen: {REGIMEN}", "    regimen: {named: iv_0p5_x6_12}",
    ),
    "a tag": ("title: Film", "title: !!python/name:os.system Film"),
    "an anchor": ("title: Film", "title: &film Film"),
    "a key given twice": ("subjects: 4", "subjects: 4\nsubjects: 5"),
}  # fmt: skip

FILES = {
    "an empty file": b"",
    "a file that is no YAML": b"a: [1,",
    "a list": b"- 1\n- 2\n",
    "a word": b"hello\n",
    "no arms": b"schema: algesia/scenario/1\ntitle: none\narms: []\n",
    "binary": bytes(range(256)) * 10,
    "a huge file": b"# " + b"x" * 1_100_000,
    "deep nesting": b"[" * 200 + b"]" * 200,
    "a bomb of anchors": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a tagged object": b"!!python/object/apply:os.system ['true']\n",
}


def is_one_line_of_refusal(ended) -> bool:
    return (
        ended.code == 2
        and ended.err.startswith("error: ")
        and ended.err.count("\n") == 1
        and "Traceback" not in ended.err
        and ended.out == ""
    )


@pytest.mark.parametrize("what", CHANGES)
def test_a_scenario_that_cannot_be_is_refused_in_one_line(
    what, algesia, scenario, scenario_text, tmp_path
):
    old, new = CHANGES[what]
    assert old in scenario_text
    scenario.write_text(scenario_text.replace(old, new), encoding="utf-8")
    ended = algesia("run", scenario, "--out", "result.parquet")
    assert is_one_line_of_refusal(ended), ended
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.yaml"]


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_scenario_is_refused_in_one_line(what, algesia, scenario, tmp_path):
    scenario.write_bytes(FILES[what])
    ended = algesia("run", scenario, "--json", "--out", "result.csv")
    assert is_one_line_of_refusal(ended), ended
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "missing.yaml"),
        ("run", "."),
        ("run", "scenario.txt"),
        ("run", "scenario.yaml", "--out", "result.xlsx"),
        ("run", "scenario.yaml", "--out", "result"),
        ("run", "scenario.yaml", "--plot", "curves.gif"),
        ("run", "scenario.yaml", "--out", "curves.png"),
        ("run", "scenario.yaml", "--out", "no_such_folder/result.csv"),
        ("run", "scenario.yaml", "--out", "scenario.yaml/result.csv"),
        ("run", "scenario.yaml", "--out", "a.csv", "--out", "./a.csv"),
        ("run", "scenario.yaml", "--subjects", "0"),
        ("run", "scenario.yaml", "--subjects", "many"),
        ("run", "scenario.yaml", "--seed", "-1"),
        ("run", "scenario.yaml", "--threads", "0"),
        ("run", "scenario.yaml", "--from", "6"),
        ("run", "scenario.yaml", "--from", "6 mg"),
        ("run", "scenario.yaml", "--from", "8 h", "--to", "2 h"),
        ("run", "scenario.yaml", "--to", "400 h"),
        ("run", "scenario.yaml", "--model", "simons_2022_film"),
        ("run", "scenario.yaml", "--plto", "a.png"),
        ("run", "scenario.yaml", "another.yaml"),
        ("run",),
        ("rnu", "scenario.yaml"),
        ("models", "simons"),
        ("cite", "simons_2022_flim"),
        ("cite", "missing.parquet"),
        ("cite", "missing.yaml"),
        ("cite", "scenario.csv"),
        ("diff", "scenario.yaml", "missing.yaml"),
        ("diff", "scenario.yaml", "simons_2022_film"),
        ("schema", "model"),
        ("regimens", "iv_0p5"),
        ("doctor", "simons_2022_flim"),
        ("check", "simons_2022_flim"),
        ("--jsn",),
    ],
    ids=" ".join,
)
def test_arguments_that_make_no_sense_are_refused_in_one_line(
    arguments, algesia, scenario, tmp_path
):
    ended = algesia(*arguments)
    assert is_one_line_of_refusal(ended), ended
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.yaml"]


@pytest.mark.parametrize("name", ["result.csv", "result.parquet", "result.zarr"])
def test_a_result_is_not_written_over_without_force(name, algesia, scenario, tmp_path):
    (tmp_path / name).write_text("precious", encoding="utf-8")
    ended = algesia("run", scenario, "--out", name)
    assert is_one_line_of_refusal(ended), ended
    assert "--force" in ended.err
    assert (tmp_path / name).read_text(encoding="utf-8") == "precious"


def test_a_folder_in_the_place_of_a_file_is_refused_even_with_force(
    algesia, scenario, tmp_path
):
    for name in ("result.csv", "result.zarr"):
        (tmp_path / name).mkdir()
        ended = algesia("run", scenario, "--force", "--out", name)
        assert is_one_line_of_refusal(ended), ended


def test_a_folder_nobody_can_write_to_is_refused_before_the_run(algesia, scenario):
    ended = algesia("run", scenario, "--out", "/proc/result.csv")
    assert is_one_line_of_refusal(ended), ended


def test_a_misspelt_option_is_answered_with_the_nearest_one(algesia, scenario):
    assert "close names: --plot" in algesia("run", scenario, "--plto", "a.png").err


def test_text_of_a_file_cannot_break_the_one_line_of_an_error(algesia, scenario, scenario_text):
    scenario.write_text(
        scenario_text.replace("simons_2022_film", '"two\\nlines \\e[31mred"'), encoding="utf-8"
    )
    ended = algesia("run", scenario)
    assert is_one_line_of_refusal(ended), ended
    assert "\x1b" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        ((), "ID,TIME,AMT\n1,0,20\n1,1,.\n"),
        (("--model", "simons_2022_flim"), "ID,TIME,AMT\n1,0,20\n1,1,.\n"),
        (("--model", "simons_2022_film", "--subjects", "5"), "ID,TIME,AMT\n1,0,20\n1,1,.\n"),
        (("--model", "simons_2022_film"), "ID,TIME,AMT\n1,0,-20\n1,1,.\n"),
        (("--model", "simons_2022_film"), "ID,TIME,AMT\n1,2,20\n1,1,.\n"),
        (("--model", "simons_2022_film"), "ID,TIME,AMT,CMT\n1,0,20,9\n1,1,.,9\n"),
        (("--model", "simons_2022_film"), "ID,TIME,AMT,SHOE\n1,0,20,42\n1,1,.,42\n"),
        (("--model", "simons_2022_film"), ""),
        (("--model", "simons_2022_film"), "\x00\x01\x02"),
    ],
)
def test_an_event_table_that_cannot_be_given_is_refused_in_one_line(
    arguments, content, algesia, events, tmp_path
):
    events.write_text(content, encoding="utf-8")
    ended = algesia("run", events, *arguments, "--out", "result.csv")
    assert is_one_line_of_refusal(ended), ended
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]
