"""`algesia schema`."""

import json

import pytest

from algesia.formats import regimen_yaml


def test_the_scenario_schema_names_every_key_of_an_arm(algesia):
    schema = json.loads(algesia("schema", "scenario").out)
    assert schema["$comment"] == "research and education, not dosing advice"
    arm = schema["$defs"]["ArmFile"]["properties"]
    assert {"name", "model", "regimen", "cohort", "sampling"} <= set(arm)
    assert {"from", "until", "every"} <= set(schema["$defs"]["SamplingFile"]["properties"])


def test_the_regimen_schema_names_every_key_that_is_read(algesia):
    parts = json.loads(algesia("schema", "regimen").out)["$defs"]
    assert {"dose", "over", "every", "for"} <= set(parts["course"]["properties"])
    assert set(parts["pause"]["properties"]) == {"pause"}
    assert parts["courses"]["properties"]["plan"]["items"]["anyOf"][0] == {
        "$ref": "#/$defs/course"
    }
    # What the schema lets through as a course, the reader reads.
    plan = {"plan": [{"dose": "25 mg", "every": "8 h", "doses": 3}, {"pause": "1 day"}]}
    assert regimen_yaml.read_regimen(plan).length_h == 48.0


@pytest.mark.parametrize("kind", ["scenario", "regimen"])
def test_the_envelope_holds_the_same_schema(algesia, kind):
    plain = json.loads(algesia("schema", kind).out)
    wrapped = json.loads(algesia("schema", kind, "--json").out)
    assert wrapped["schema"] == "algesia/schema/1"
    assert wrapped["data"] == {
        key: value for key, value in plain.items() if key not in ("$schema", "$comment")
    }
