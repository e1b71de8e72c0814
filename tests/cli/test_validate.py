"""`algesia validate`."""

import json
import re

import pytest

from algesia.evidence import record

MODEL = ("--model", "kamp_2020_general")
NOTICE = "research and education, not dosing advice"


def test_goals_scores_and_reasons_are_shown(algesia):
    ended = algesia("validate", "pk", *MODEL)
    assert ended.code == 0
    for words in ("Goals", "not reached", "By study", "Not predicted", NOTICE):
        assert words in ended.out


def test_missed_goals_fail_only_where_that_is_asked(algesia):
    assert algesia("validate", "pk", *MODEL, "--require-goals").code == 1


def test_all_three_files_are_written(algesia, tmp_path):
    ended = algesia(
        "validate", "pk", *MODEL, "--json", "v.json", "--html", "v.html", "--figure", "v.svg"
    )
    assert ended.code == 0
    answer = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    assert answer["schema"] == "algesia/validate/1"
    assert answer["notice"] == NOTICE
    assert answer["data"]["model"] == "kamp_2020_general"
    assert len(answer["data"]["observations"]) == 163
    assert sum(answer["data"]["split"].values()) == 163
    assert NOTICE in (tmp_path / "v.html").read_text(encoding="utf-8")
    assert NOTICE in (tmp_path / "v.svg").read_text(encoding="utf-8")


def test_no_output_holds_a_word_of_advice(algesia, tmp_path):
    ended = algesia("validate", "pk", *MODEL, "--every", "--html", "v.html")
    page = (tmp_path / "v.html").read_text(encoding="utf-8")
    for text in (ended.out, page):
        assert re.search(r"recommend|\bsafe\b|optimal dose|\bcleared\b", text, re.I) is None


def test_the_headline_of_one_model_is_kept_beside_the_others(algesia, tmp_path, monkeypatch):
    path = tmp_path / "headline.json"
    path.write_text('{"schema": "algesia/pk_headline/1", "models": {"other": {}}}')
    monkeypatch.setattr(record, "headline_path", lambda: path)
    assert algesia("validate", "pk", *MODEL, "--record").code == 0
    kept = json.loads(path.read_text(encoding="utf-8"))["models"]
    assert list(kept) == ["kamp_2020_general", "other"]
    assert kept["kamp_2020_general"]["goals"]["arterial_peak_40_min"]["number"] == 253.0


def test_a_file_that_exists_is_refused_before_the_work(algesia, tmp_path):
    (tmp_path / "v.json").write_text("mine", encoding="utf-8")
    ended = algesia("validate", "pk", *MODEL, "--json", "v.json")
    assert ended.code == 2
    assert "--force" in ended.err
    assert (tmp_path / "v.json").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pd",), "suite"),
        (("pk", "--model", "kamp_2020_genral"), "kamp_2020_general"),
        (("pk", *MODEL, "--json", "v.txt"), "expected .json"),
        (("pk", *MODEL, "--figure", "v.gif"), "expected .svg, .png, .pdf"),
        (("pk", *MODEL, "--subjects", "50"), "without --spread"),
        (("pk", *MODEL, "--record", "--spread"), "headline is of typical patients"),
    ],
)
def test_mistakes_are_told_in_one_line(arguments, words, algesia):
    ended = algesia("validate", *arguments)
    assert ended.code == 2
    assert words in ended.err
    assert ended.err.count("\n") == 1


def test_bands_are_drawn_when_asked(algesia):
    ended = algesia("validate", "pk", *MODEL, "--spread", "--subjects", "20", "--every")
    assert ended.code == 0
    assert "bands of 20 patients" in ended.out
    assert "fanta_2015/bolus/clearance_esketamine" in ended.out


def test_help_says_what_it_does_within_80_columns(algesia):
    ended = algesia("validate", "--help")
    assert ended.code == 0
    assert "Example: algesia validate pk" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80
