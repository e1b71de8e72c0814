"""`algesia schema`: what a file may say, as JSON Schema for editors and other programs."""

import json
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from .answer import Answer
from .options import AsJson
from .screen import emit

__all__ = ["EXAMPLE", "HELP", "FileKind", "schema_command"]

HELP: Final = "Print the JSON Schema of scenarios or of regimens."
EXAMPLE: Final = "Example: algesia schema scenario > scenario.schema.json"

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class FileKind(StrEnum):
    """Files with a published schema."""

    SCENARIO = "scenario"
    REGIMEN = "regimen"


def schema_command(
    kind: Annotated[FileKind, typer.Argument(help="Which file.", show_default=False)],
    as_json: AsJson = False,
) -> int:
    """Print a schema."""
    found = _scenario_schema() if kind is FileKind.SCENARIO else _regimen_schema()
    if as_json:
        emit(Answer(command="schema", data=found).json_text())
        return 0
    from algesia.provenance import NOTICE

    emit(json.dumps({"$schema": _DIALECT, "$comment": NOTICE, **found}, indent=2) + "\n")
    return 0


def _scenario_schema() -> dict[str, Any]:
    from algesia.catalog.scenario_schema import ScenarioFile

    return ScenarioFile.model_json_schema(by_alias=True)


def _regimen_schema() -> dict[str, Any]:
    """Schema of a structured plan: the reader's own classes, its list items written out."""
    from algesia.formats import regimen_yaml

    whole = regimen_yaml._Plan.model_json_schema(by_alias=True)
    parts = {
        "course": regimen_yaml._Course.model_json_schema(by_alias=True),
        "steps": regimen_yaml._Steps.model_json_schema(by_alias=True),
        "pause": regimen_yaml._Pause.model_json_schema(by_alias=True),
        "courses": regimen_yaml._Courses.model_json_schema(by_alias=True),
    }
    items = {
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in parts]},
    }
    parts["courses"]["properties"]["plan"] = items
    properties = whole["properties"]
    properties["plan"] = items
    properties["together"] = {"type": "array", "minItems": 1, "items": items}
    whole["$defs"] = {**whole.get("$defs", {}), **parts}
    text = {"type": "string", "description": "A line of clinical text."}
    return {
        "title": "Regimen",
        "anyOf": [text, {"$ref": "#/$defs/plan"}],
        "$defs": {**whole.pop("$defs"), "plan": whole},
    }
