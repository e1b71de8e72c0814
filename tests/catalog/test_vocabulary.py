"""The catalogue calls one thing by one name, and its data files hang together."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import algesia
from algesia.formats.yaml_text import read_yaml
from algesia.regimen import parse_regimen
from algesia.units import dimension, substance

CATALOG = Path(algesia.__file__).parent / "catalog"
ENTRIES = sorted(path.name for path in (CATALOG / "entries").iterdir() if path.is_dir())
BODY_WEIGHT_UNIT = {"kg": "kg_body"}


def read(*parts: str) -> Any:
    return read_yaml(CATALOG.joinpath(*parts))


@pytest.fixture(scope="module")
def vocabulary() -> Any:
    return read("vocabulary", "names.yaml")


def describes_differences(name: str, vocabulary: Any) -> bool:
    prefixes, endings = tuple(vocabulary["prefixes"]), tuple(vocabulary["endings"])
    return name.startswith(prefixes) or name.endswith(endings)


def test_there_are_at_least_six_entries_to_check() -> None:
    assert len(ENTRIES) >= 6


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    ("section", "kind"),
    [("states", "states"), ("outputs", "outputs"), ("population", "covariates")],
)
def test_every_state_output_and_covariate_has_a_name_of_the_vocabulary(
    entry: str, section: str, kind: str, vocabulary: Any
) -> None:
    # A mechanism may have no study population of its own.
    model = read("entries", entry, "model.yaml")
    named = model.get(section, {}) if section == "population" else model[section]
    unknown = set(named) - set(vocabulary[kind])
    assert not unknown


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_parameter_has_a_name_of_the_vocabulary_and_its_dimension(
    entry: str, vocabulary: Any
) -> None:
    known = vocabulary["parameters"]
    for name, value in read("entries", entry, "values.yaml")["values"].items():
        if describes_differences(name, vocabulary):
            continue
        assert name in known, name
        expected = known[name]["dimension"]
        unit = value["unit"]
        if expected == "body_weight":
            unit = BODY_WEIGHT_UNIT[unit]
        assert str(dimension(unit)) == expected, name


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_claim_is_named_once_and_cites_a_declared_source_and_an_existing_output(
    entry: str,
) -> None:
    claims = read("entries", entry, "claims.yaml")["claims"]
    sources = read("entries", entry, "values.yaml")["sources"]
    outputs = read("entries", entry, "model.yaml")["outputs"]
    names = [claim["id"] for claim in claims]
    assert len(names) == len(set(names)) > 0
    for claim in claims:
        assert claim["source"] in sources, claim["id"]
        assert claim["quantity"]["output"] in outputs, claim["id"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_regimen_of_a_claim_can_be_read_and_uses_a_route_of_the_model(
    entry: str,
) -> None:
    model = read("entries", entry, "model.yaml")
    # What takes no dose itself is tried beside what drives it.
    dosed = [read("entries", driver, "model.yaml") for driver in model.get("driven_by", {})]
    inputs = [each for one in (model, *dosed) for each in one.get("inputs", {}).values()]
    routes = {route for each in inputs for route in each["routes"]}
    for claim in read("entries", entry, "claims.yaml")["claims"]:
        given = parse_regimen(claim["regimen"]).routes
        assert given, claim["id"]
        assert set(given) <= routes, claim["id"]


def test_every_curve_has_as_many_concentrations_as_increasing_times() -> None:
    file = read("observations", "kamp_2020_curves.yaml")
    assert len(file["curves"]) == 9
    for name, curve in file["curves"].items():
        times = curve["time"]["values"]
        assert len(times) == len(curve["concentration"]["values"]) >= 16, name
        assert all(early < late for early, late in pairwise(times)), name
        assert substance(curve["substance"]).name == curve["substance"]
        assert curve["arm"] in file["arms"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_curve_a_claim_compares_with_exists_and_is_of_the_substance_of_the_output(
    entry: str,
) -> None:
    curves = read("observations", "kamp_2020_curves.yaml")["curves"]
    outputs = read("entries", entry, "model.yaml")["outputs"]
    for claim in read("entries", entry, "claims.yaml")["claims"]:
        quantity = claim["quantity"]
        if quantity["measure"] != "curve_error":
            continue
        shown = outputs[quantity["output"]]["substance"]
        drug = parse_regimen(claim["regimen"]).drugs[0]
        assert curves[quantity["curve"]]["substance"] == (drug if shown == "given" else shown)


def test_every_name_of_the_vocabulary_has_a_dimension_and_a_meaning_and_nothing_else(
    vocabulary: Any,
) -> None:
    for kind in ("states", "outputs", "covariates", "parameters"):
        for name, row in vocabulary[kind].items():
            assert set(row) == {"dimension", "meaning"}, name
