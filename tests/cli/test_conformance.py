"""`algesia conformance`, and the example of its page."""

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how_to" / "nonmem_tables.md"
FILES = ("model.yaml", "events.csv", "answers.csv")


@pytest.fixture
def example(tmp_path):
    """The files the page shows, each behind its name, and its command."""
    text = PAGE.read_text(encoding="utf-8")
    for name in FILES:
        shown = re.search(rf"`{re.escape(name)}`[^`]*```\w+\n(.*?)```", text, re.DOTALL)
        (tmp_path / name).write_text(shown.group(1), encoding="utf-8")
    (command,) = re.findall(r"```sh\nalgesia (.*?)\n```", text)
    return command.split()


def test_the_example_of_the_page_agrees(algesia, example):
    ended = algesia(*example)
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"^ 7 +agrees +3 +1 +12 +0.735759 +0.73576$", ended.out, re.MULTILINE)
    assert "1 of 1 scenarios agree within 0.0001" in ended.out
    assert "lag_column by NOCB" in ended.out


def test_how_exact_a_steady_state_is_stands_below_the_table(algesia, example, tmp_path):
    events = (tmp_path / "events.csv").read_text().splitlines()
    events[0] += ",SS,II"
    dosing = events[0].split(",").index("EVID")
    events[1:] = [
        line + (",1,12" if line.split(",")[dosing] == "1" else ",0,0") for line in events[1:]
    ]
    (tmp_path / "events.csv").write_text("\n".join(events) + "\n", encoding="utf-8")
    out = " ".join(algesia(*example, "--relative", "0.9").out.split())
    assert re.search(r"1 steady states solved; .* interval \d\.\de[-+]\d\d", out)


def test_json_has_every_scenario_with_its_worst_row(algesia, example):
    ended = algesia(*example, "--json")
    answer = json.loads(ended.out)
    assert ended.code == 0
    assert list(answer) == ["schema", "data", "warnings", "provenance", "notice"]
    assert answer["schema"] == "algesia/conformance/1"
    assert answer["data"]["passed"] is True
    assert answer["data"]["outputs"] == {"CP": "cp"}
    (scenario,) = answer["data"]["scenarios"]
    assert (scenario["scenario"], scenario["observations"], scenario["doses"]) == (7, 3, 1)
    assert scenario["worst"]["row"] == 5
    assert scenario["worst"]["got"] == pytest.approx(2.0 / 2.718281828, rel=1e-6)


def test_a_scenario_that_differs_ends_with_one(algesia, example, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(path.read_text().replace("7,2,2", "7,2,2.1"), encoding="utf-8")
    ended = algesia(*example)
    assert ended.code == 1
    assert re.search(r"^ 7 +differs in 1 +3 +1 +2 +2 +2.1$", ended.out, re.MULTILINE)
    assert algesia(*example, "--relative", "0.1").code == 0


def test_a_scenario_without_an_answer_ends_with_one_and_says_why(algesia, example, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(path.read_text() + "8,0,1,40,1,-5\n", encoding="utf-8")
    answers = tmp_path / "answers.csv"
    answers.write_text(answers.read_text() + "8,0,0\n", encoding="utf-8")
    ended = algesia(*example)
    assert ended.code == 1
    assert "no answer" in ended.out
    assert re.search(
        r"^8: events.csv, row 6, column LAGT is -5 h, which makes the lag",
        ended.out,
        re.MULTILINE,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("conformance", "monolix"), "no suite 'monolix'"),
        (
            ("conformance", "nonmem", "--covariate-rule", "linear"),
            "--covariate-rule is 'linear'",
        ),
        (("conformance", "nonmem", "--relative", "2"), "relative is 2; expected"),
        (("conformance", "nonmem", "--model", "other.yaml"), "other.yaml"),
    ],
)
def test_bad_input_ends_with_two_and_one_line(arguments, message, algesia, example):
    options = [each for each in example[2:] if each not in FILES]
    files = dict(zip(options, FILES[1:] + FILES[:1], strict=True))
    given = [part for pair in files.items() for part in pair]
    ended = algesia(arguments[0], arguments[1], *given, *arguments[2:])
    assert ended.code == 2
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1
    assert message in ended.err


def test_a_missing_column_of_the_model_is_named(algesia, example, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(path.read_text().replace("LAGT", "ALAG"), encoding="utf-8")
    ended = algesia(*example)
    assert ended.code == 2
    assert "no column in events.csv 'LAGT'" in ended.err
    assert "'lag_column'" in ended.err
