"""The JSON envelope."""

import json
import math

import numpy as np
import pytest

from algesia.cli.answer import Answer, json_value
from algesia.model import parse


def test_numbers_that_do_not_exist_become_null_wherever_they_stand():
    given = {
        "a": [math.nan, math.inf, 1.5],
        "b": np.array([[np.nan, 2.0]]),
        "c": np.float64("nan"),
    }
    assert json_value(given) == {"a": [None, None, 1.5], "b": [[None, 2.0]], "c": None}


def test_a_formula_is_its_text():
    assert json_value(parse("dose / volume")) == "dose / volume"


def test_flags_stay_flags():
    assert json_value({"female": True, "mask": np.array([True, False])}) == {
        "female": True, "mask": [True, False],
    }  # fmt: skip


def test_something_without_a_place_in_json_is_refused():
    with pytest.raises(TypeError, match="object has no place in JSON"):
        json_value(object())


def test_the_text_is_plain_ascii_and_ends_with_a_line_break():
    text = Answer(command="run", data="5–95 %").json_text()
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text)["data"] == "5–95 %"
