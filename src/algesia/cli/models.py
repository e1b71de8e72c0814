"""`algesia models`: which models there are, and one of them in full."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from .answer import Answer
from .options import AsJson
from .published import list_published
from .screen import emit, show

if TYPE_CHECKING:
    from algesia.catalog.entry import Entry

__all__ = ["EXAMPLE", "HELP", "models_command"]

HELP: Final = "List the models of the catalogue, or show one in full."
EXAMPLE: Final = "Example: algesia models simons_2022_film"


def models_command(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="Model to show; all are listed without."),
    ] = None,
    published: Annotated[
        bool,
        typer.Option("--published", help="List published models: which are entries, and why."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List models or show one."""
    if published:
        return list_published(model, as_json=as_json)
    return _list(as_json=as_json) if model is None else _card(model, as_json=as_json)


def _list(*, as_json: bool) -> int:
    from algesia.catalog.entry import entry, entry_ids
    from algesia.units import unknown_drugs

    entries = [entry(name) for name in entry_ids()]
    if as_json:
        sources = {source.key: source for each in entries for source in each.model.sources}
        data = [_summary(each) for each in entries]
        answer = Answer(command="models", data=data, sources=tuple(sources.values()))
        emit(answer.json_text())
        return 0
    from algesia.report.tables import model_list

    show(model_list(entries, unknown=unknown_drugs()))
    return 0


def _card(name: str, *, as_json: bool) -> int:
    from algesia.catalog.entry import entry
    from algesia.units import refuse_unknown_drug

    refuse_unknown_drug(name)
    chosen = entry(name)
    if as_json:
        data = {"rung": chosen.rung, "model": chosen.model, "claims": chosen.claims()}
        answer = Answer(command="models", data=data, sources=chosen.model.sources)
        emit(answer.json_text())
        return 0
    from algesia.report.model_card import model_card

    show(model_card(chosen, predicted=_recorded_predictions(chosen)))
    return 0


def _recorded_predictions(chosen: "Entry") -> dict[str, float]:
    """What the model gave for its claims when last recorded; nothing if it changed since."""
    from algesia.catalog.entry import entry_hash, recorded_ladder

    recorded = recorded_ladder().get(chosen.id, {})
    if recorded.get("content") != entry_hash(chosen.folder):
        return {}
    return {
        name: claim["predicted"]
        for name, claim in recorded["claims"].items()
        if claim["predicted"] is not None
    }


def _summary(chosen: "Entry") -> dict[str, Any]:
    model = chosen.model
    return {
        "id": chosen.id,
        "title": model.title,
        "drug": model.drug,
        "routes": list(dict.fromkeys(route for way in model.inputs for route in way.routes)),
        "outputs": [
            {"name": each.name, "unit": each.unit, "description": each.description}
            for each in model.outputs
        ],
        "rung": chosen.rung,
    }
