import json
import os
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from algesia.errors import FileInputError, InputError
from algesia.formats import yaml_text
from algesia.formats.yaml_text import DEPTH_LIMIT, SIZE_LIMIT_BYTES, parse_yaml, read_yaml

PARSERS = {"libyaml": getattr(yaml, "CSafeLoader", None), "python": yaml.SafeLoader}


@pytest.fixture(params=sorted(PARSERS), autouse=True)
def parser(request, monkeypatch):
    loader = PARSERS[request.param]
    if loader is None:
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(yaml_text, "LOADER", loader)


def refusal(text):
    with pytest.raises(FileInputError) as caught:
        parse_yaml(text, "plan.yaml")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("plan.yaml")
    return message


def test_a_document_becomes_plain_data():
    text = """
# a comment
title: 'a: b'
items:
  - 1
  - -2.5
  - {unit: mg/kg, on: true}
  - [null, ~, ""]
block: |
  two
  lines
"""
    assert parse_yaml(text, "plan.yaml") == {
        "title": "a: b",
        "items": [1, -2.5, {"unit": "mg/kg", "on": True}, [None, None, ""]],
        "block": "two\nlines\n",
    }


@pytest.mark.parametrize(
    "word",
    ["no", "No", "on", "off", "yes", "y", "n", "1:30", "12:30:45", "2020-01-01", "010", "0x1F",
     "0o7", "1_000", ".inf", ".nan", "-.inf", "1.2.3", "+", "--", ".", "=", "1e", "e5", "5 mg"],
)  # fmt: skip
def test_words_that_yaml_1_1_would_convert_stay_text(word):
    assert parse_yaml(f"value: {word}", "plan.yaml") == {"value": word}


@pytest.mark.parametrize(
    ("written", "number"),
    [("0", 0), ("-7", -7), ("+3", 3), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e-3", 1e-3),
     ("2.5E+3", 2500.0), ("123456789012345678", 123456789012345678)],
)  # fmt: skip
def test_decimal_numbers_are_numbers_of_the_kind_written(written, number):
    value = parse_yaml(f"[{written}]", "plan.yaml")[0]
    assert value == number
    assert type(value) is type(number)


def test_quoted_numbers_and_words_stay_text():
    assert parse_yaml("""['1', "true", 'null']""", "plan.yaml") == ["1", "true", "null"]


def test_a_bare_scalar_is_a_document():
    assert parse_yaml("0.5 mg/kg over 40 min", "plan.yaml") == "0.5 mg/kg over 40 min"


@pytest.mark.parametrize(
    "text", ["", "   \n", "# only a comment\n", "---\n", "---\n...\n", "\ufeff"]
)
def test_an_empty_text_is_refused(text):
    assert "is empty" in refusal(text)


@pytest.mark.parametrize(
    "text",
    ["a: !!python/object/apply:os.system ['true']", "a: !!str 1", "a: !thing {b: 1}", "a: ! 1",
     "!!map {a: 1}", "!!omap [a: 1]", "a: !!binary aGk="],
)  # fmt: skip
def test_tags_are_refused(text):
    assert "the tag" in refusal(text)


def test_a_tag_is_reported_with_line_and_column():
    assert refusal("a: 1\nb: !!str 2").startswith("plan.yaml, line 2, column 4 has the tag")


def test_anchors_are_refused_even_without_an_alias():
    assert "has &x" in refusal("a: &x 1")
    assert "has &x" in refusal("&x a: 1")
    assert "has &x" in refusal("a: &x [1]")


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor():
    levels = "\n".join(f"l{i}: &l{i} [*l{i - 1}, *l{i - 1}]" for i in range(1, 30))
    assert "has &l0" in refusal(f"l0: &l0 [x]\n{levels}")


def test_merge_keys_are_refused():
    assert "merge key" in refusal("a:\n  <<: {b: 1}")


def test_duplicate_keys_are_refused_with_the_place_of_the_second():
    message = refusal("dose: 1\nroute: oral\ndose: 2")
    assert message == "plan.yaml, line 3, column 1 repeats the key 'dose'; each key once"


def test_the_same_key_in_two_mappings_is_fine():
    assert parse_yaml("[{a: 1}, {a: 2}]", "plan.yaml") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", ["1: a", "true: a", "null: a", "? [a]\n: b", "? {a: 1}\n: b"])
def test_keys_that_are_not_text_are_refused(text):
    assert "key" in refusal(text)


def test_forty_levels_are_read_and_forty_one_refused():
    depth = DEPTH_LIMIT
    value = parse_yaml("[" * depth + "]" * depth, "plan.yaml")
    for _ in range(depth - 1):
        value = value[0]
    assert value == []
    assert "nested too deep" in refusal("[" * (depth + 1) + "]" * (depth + 1))
    assert "nested too deep" in refusal("{a: " * (depth + 1) + "1" + "}" * (depth + 1))
    assert "nested too deep" in refusal("- " * (depth + 1) + "x")


def test_a_hundred_thousand_open_brackets_are_refused_quickly():
    start = time.perf_counter()
    assert "nested too deep" in refusal("[" * 100_000)
    assert time.perf_counter() - start < 2.0


def test_a_second_document_is_refused():
    assert "second document" in refusal("a: 1\n---\nb: 2")


def test_directives_are_refused():
    assert "directive" in refusal("%YAML 1.1\n---\na: no")
    assert "directive" in refusal("%TAG ! tag:x,2000:\n---\na: 1")


@pytest.mark.parametrize(
    "text", ["a: [1", "a: 'b", "a: b: c", "\tb: 1", "a: %x", "- a\nb: 1", "a: @x"]
)
def test_broken_layout_is_reported_with_its_line(text):
    assert "line" in refusal(text)


@pytest.mark.parametrize("text", ["a: \x00", "a: \x07", "a: \ud800"])
def test_unprintable_characters_are_refused(text):
    refusal(text)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 41, "1" + "0" * 5000])
def test_numbers_beyond_a_double_are_refused(number):
    assert "finite" in refusal(f"a: {number}")


def test_a_text_above_the_size_limit_is_refused():
    assert "at most 1000000" in refusal("a: " + "x" * SIZE_LIMIT_BYTES)


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes("dose: 5 µg".encode("utf-8-sig"))
    assert read_yaml(path) == {"dose": "5 µg"}


def refused_file(path):
    with pytest.raises(FileInputError) as caught:
        read_yaml(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_missing_file_names_its_nearest_neighbour(tmp_path):
    (tmp_path / "scenario.yaml").write_text("a: 1")
    assert "close names: scenario.yaml" in refused_file(tmp_path / "scenaro.yaml")
    assert "no folder" in refused_file(tmp_path / "nowhere" / "scenario.yaml")
    assert "nothing" in refused_file(tmp_path / "q")
    assert "no file" in refused_file(tmp_path / "scenario.yaml" / "deeper.yaml")


def test_folders_binary_and_large_files_are_refused(tmp_path):
    assert "not a file" in refused_file(tmp_path)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\x89PNG\r\n")
    assert "0x89 at position 0" in refused_file(binary)
    binary.write_bytes("a: 1".encode("utf-16"))
    refused_file(binary)
    binary.write_bytes(b"a: \x00\x01")
    refused_file(binary)
    binary.write_bytes(b"a" * (SIZE_LIMIT_BYTES + 1))
    assert "bytes" in refused_file(binary)
    binary.write_bytes(b"")
    assert "is empty" in refused_file(binary)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "not a file" in refused_file(pipe)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission_is_refused(tmp_path):
    path = tmp_path / "closed.yaml"
    path.write_text("a: 1")
    path.chmod(0)
    assert "cannot be read" in refused_file(path)


@given(st.text(max_size=60))
def test_any_text_is_either_data_or_a_one_line_refusal(text):
    message = ""
    try:
        parse_yaml(text, "plan.yaml")
    except InputError as error:
        message = str(error)
    assert "\n" not in message


letters = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8
)
plain_data = st.recursive(
    st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | letters,
    lambda inner: (
        st.lists(inner | st.none(), max_size=3) | st.dictionaries(letters, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain_data)
def test_plain_data_written_as_json_is_read_back_unchanged(data):
    assert parse_yaml(json.dumps(data, ensure_ascii=False), "plan.yaml") == data
