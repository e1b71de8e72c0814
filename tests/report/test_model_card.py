import io

import pytest
from rich.console import Console

from algesia.catalog.entry import entry, entry_ids
from algesia.provenance import NOTICE
from algesia.report.model_card import claim_verdict, model_card

FORBIDDEN = ("recommend", "optimal dose")


def card(name, **options):
    stream = io.StringIO()
    Console(file=stream, width=80).print(model_card(entry(name), **options))
    return stream.getvalue()


@pytest.mark.parametrize("name", entry_ids())
def test_every_catalogue_entry_has_a_card_with_all_its_values_and_sources(name):
    text = card(name)
    unfolded = " ".join(text.split())
    model = entry(name).model
    for parameter in model.parameters:
        assert f"{parameter.name} = " in unfolded
        place = parameter.reported.locator or parameter.reported.note
        assert place.split()[0] in unfolded
    for source in model.sources:
        assert source.key in unfolded
    for state in model.states:
        assert f"d({state.name})/dt = " in unfolded
    assert text.splitlines()[-1] == NOTICE
    assert max(map(len, text.splitlines())) <= 80
    for word in FORBIDDEN:
        assert word not in text.lower()


def test_the_card_shows_a_value_as_printed_with_its_source_and_grade():
    text = " ".join(card("perezruixo_2021_nasal").split())
    assert (
        "volume_central = 192 L estimate, reported, grade A, moderate, perezruixo_2021, "
        "Table 3, Vc"
    ) in text
    assert "rung " in text
    assert "age 18 to 86 year" in text
    assert "pregnancy excluded" in text
    assert "variance 0.5013; printed as logit sd 70.8 %" in text
    assert "hepatic_flow: changes by -2.19 L/h per year of age above 60 year" in text
    assert "liver_elimination_rate: times 0.36 where ethnicity is asian" in text


def test_claims_stand_beside_what_the_model_gives():
    claim = entry("perezruixo_2021_nasal").claims()[0]
    shown = card("perezruixo_2021_nasal", predicted={claim.id: claim.expected * 1.001})
    assert "holds" in shown
    assert "not run" in shown


def test_the_verdict_tells_a_failure_from_a_declared_misfit():
    claims = entry("perezruixo_2021_nasal").claims()
    firm = next(claim for claim in claims if claim.expected_to_fail is None)
    misfit = next(claim for claim in claims if claim.expected_to_fail is not None)
    assert claim_verdict(firm, firm.expected) == "holds"
    assert claim_verdict(firm, firm.expected * 9.0) == "fails"
    assert claim_verdict(firm, float("nan")) == "fails"
    assert claim_verdict(firm, None) == "not run"
    assert claim_verdict(misfit, misfit.expected * 9.0) == "known misfit"
    assert claim_verdict(misfit, misfit.expected) == "holds unexpectedly"
