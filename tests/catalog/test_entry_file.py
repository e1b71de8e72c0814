from copy import deepcopy

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.entry_file import (
    entry_claims,
    entry_model,
    read_entry_claims,
    read_entry_model,
)
from algesia.errors import FileInputError, InputError, ModelError, UnitError, UnknownNameError
from algesia.formats import parse_yaml

MODEL = """
schema: algesia/model/1
id: small_entry
title: One compartment with a spray
drug: esketamine
notes: [Arterial sampling.]
states:
  depot: {unit: nmol, substance: esketamine, description: spray in the nose}
  central: {unit: nmol, substance: esketamine}
definitions:
  concentration: central / volume
  rate: {expression: clearance / volume, unit: 1/h}
flows:
  absorption: {from: depot, to: central, rate: absorption_rate * depot}
  elimination: {from: central, to: null, rate: rate * central}
outputs:
  plasma: {expression: concentration, unit: ng/mL, substance: esketamine, site: arterial plasma}
inputs:
  intravenous:
    {routes: [intravenous], substances: [esketamine], infusible: true, parts: [{into: central}]}
  nasal:
    routes: [nasal]
    substances: [esketamine]
    device_amount: spray_amount
    device_interval: spray_interval
    parts:
      - into: depot
        fraction: nasal_fraction * where(device_number > 1, later_factor, 1)
random_effects:
  clearance: {parameters: [clearance], kind: log_normal, value: clearance_cv}
  volume: {parameters: [volume], kind: log_normal, level: subject, value: volume_variance}
  volume_occasion:
    {parameters: [volume], kind: log_normal, level: occasion, value: volume_occasion_sd}
  nasal_fraction:
    {parameters: [nasal_fraction], kind: logit_normal, value: nasal_fraction_spread}
  absorption_rate:
    {parameters: [absorption_rate], kind: log_normal, value: absorption_rate_blank}
blocks:
  - {effects: [clearance, volume], correlation: clearance_volume_correlation}
covariate_effects:
  - kind: allometry
    parameters: [clearance]
    covariate: weight
    reference: reference_weight
    exponent: exponent
  - kind: categorical
    parameter: clearance
    covariate: ethnicity
    level: asian
    factor: asian_factor
  - kind: categorical
    parameter: volume
    covariate: female
    level: true
    factor: female_factor
  - kind: linear_above
    parameter: clearance
    covariate: age
    threshold: age_threshold
    slope: age_slope
residuals:
  plasma: {kind: combined, proportional: residual_proportional, additive: residual_additive}
validity:
  covariates:
    age: {from: 18 year, to: 55 year}
    weight: {from: 45 kg, to: 120 kg}
    ethnicity: [white, asian]
  population: healthy adults
  dose: {from: 10 mg, to: 84 mg}
population:
  weight: {distribution: normal, mean: weight_mean, sd: weight_sd, low: 45 kg, high: 120 kg}
  female: {distribution: bernoulli, probability: female_share}
  ethnicity: {distribution: categorical, levels: {white: white_share, asian: asian_share}}
exemptions: {}
"""

NUMBERS = {
    "volume": (30, "L", "estimate"),
    "clearance": (1.5, "L/min", "estimate"),
    "absorption_rate": (2.9, "1/h", "estimate"),
    "nasal_fraction": (54, "%", "estimate"),
    "later_factor": (0.62, "1", "factor"),
    "spray_amount": (28, "mg", "fixed"),
    "spray_interval": (5, "min", "fixed"),
    "clearance_cv": (30, "%", "cv_percent"),
    "volume_variance": (0.04, "1", "log_variance"),
    "volume_occasion_sd": (0.1, "1", "log_sd"),
    "nasal_fraction_spread": (0.7, "1", "logit_sd"),
    "absorption_rate_blank": (None, "%", "cv_percent"),
    "clearance_volume_correlation": (0.5, "1", "correlation"),
    "reference_weight": (70, "kg", "fixed"),
    "exponent": (0.75, "1", "exponent"),
    "asian_factor": (0.8, "1", "factor"),
    "female_factor": (0.9, "1", "factor"),
    "age_threshold": (60, "year", "fixed"),
    "age_slope": (-1, "L/h/year", "estimate"),
    "residual_proportional": (0.0144, "1", "variance"),
    "residual_additive": (0.02, "nmol/mL", "sd"),
    "weight_mean": (73, "kg", "mean"),
    "weight_sd": (12, "kg", "sd"),
    "female_share": (50, "%", "mean"),
    "white_share": (0.7, "1", "mean"),
    "asian_share": (0.3, "1", "mean"),
}

CLAIMS = """
claims:
  - id: peak
    sentence: Mean peak after 84 mg.
    regimen: esketamine 84 mg nasal
    weight: 73 kg
    covariates: {age: 45 year, ethnicity: white, female: false}
    quantity: {measure: cmax, output: plasma, from: 0 h, to: 90 min, sampled_at: [10 min, 1 h]}
    expected: 96 ng/mL
    tolerance: {ratio: 1.25, reason: Read from a figure.}
    source: paper_2020
    locator: Table 2
  - id: spread
    sentence: Coefficient of variation of clearance.
    regimen: {drug: esketamine, doses: [10 mg IV]}
    subjects: 500
    quantity: {measure: spread_cv, of: clearance, output: plasma}
    expected: 30 %
    tolerance: {absolute: 0.05 fraction, reason: Printed to one digit.}
    source: paper_2020
    locator: abstract
    expected_to_fail: The table contradicts the text.
"""


def model_data():
    return parse_yaml(MODEL, "model.yaml")


def values_data():
    source = {
        "authors": "A B",
        "year": 2020,
        "title": "A paper",
        "journal": "Journal",
        "doi": "10.1000/1",
    }
    return {
        "sources": {"paper_2020": source},
        "values": {
            name: {
                "value": number,
                "unit": unit,
                "form": form,
                "origin": "reported",
                "grade": {"kind": "A", "certainty": "moderate"},
                "source": "paper_2020",
                "locator": "Table 1",
            }
            for name, (number, unit, form) in NUMBERS.items()
        },
    }


def build(change=None, change_values=None):
    """Model of the small entry after changes to the data of its files."""
    said, numbers = deepcopy(model_data()), values_data()
    if change is not None:
        change(said)
    if change_values is not None:
        change_values(numbers)
    return entry_model(said, numbers, where="small_entry")


def refusal(change=None, change_values=None, kind=InputError):
    with pytest.raises(kind) as caught:
        build(change, change_values)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path):
    import json

    entry = tmp_path / "small_entry"
    entry.mkdir()
    (entry / "model.yaml").write_text(MODEL, encoding="utf-8")
    # JSON is a part of YAML.
    (entry / "values.yaml").write_text(json.dumps(values_data()), encoding="utf-8")
    (entry / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    return entry


def test_a_folder_becomes_a_model_with_its_claims(folder):
    model = read_entry_model(folder)
    assert model == build()
    assert [claim.id for claim in read_entry_claims(folder)] == ["peak", "spread"]


def test_an_entry_without_claims_has_none(folder):
    (folder / "claims.yaml").unlink()
    assert read_entry_claims(folder) == ()


def test_the_id_of_an_entry_is_its_folder(folder):
    moved = folder.rename(folder.with_name("other_entry"))
    with pytest.raises(FileInputError, match=r"other_entry/model\.yaml: id is 'small_entry'"):
        read_entry_model(moved)


def test_values_become_canonical_numbers():
    constants = build().typical_constants()
    assert constants["clearance"] == pytest.approx(90.0, rel=1e-12, abs=0)
    assert constants["rate"] == pytest.approx(3.0, rel=1e-12, abs=0)
    assert constants["nasal_fraction"] == pytest.approx(0.54, rel=1e-12, abs=0)


def test_only_values_of_equations_reach_the_equations():
    assert build().dynamic_parameters() == (
        "volume",
        "clearance",
        "absorption_rate",
        "nasal_fraction",
        "later_factor",
    )


def test_each_spread_is_read_in_its_own_form():
    variances = {effect.name: effect.variance for effect in build().random_effects}
    expected = {
        "clearance": np.log(1.09),
        "volume": 0.04,
        "volume_occasion": 0.01,
        "nasal_fraction": 0.49,
    }
    assert variances == pytest.approx(expected, rel=1e-12, abs=0)


def test_a_spread_that_is_stated_but_blank_is_noted_and_not_drawn():
    model = build()
    assert "absorption_rate" not in [effect.name for effect in model.random_effects]
    assert "absorption_rate_blank" not in [entry.name for entry in model.parameters]
    assert model.notes == (
        "Arterial sampling.",
        "the spread 'absorption_rate_blank' is stated without a number (paper_2020, Table 1); "
        "none is drawn",
    )


def test_a_correlation_joins_two_effects_in_a_block():
    (block,) = build().blocks
    off = 0.5 * np.sqrt(np.log(1.09) * 0.04)
    assert_allclose(block.array(), [[np.log(1.09), off], [off, 0.04]], rtol=1e-12, atol=0)


def test_covariates_shift_parameters_as_printed():
    allometry, asian, women, aged = build().covariate_effects
    one = np.array([90.0])
    assert_allclose(allometry.adjust(one, np.array([70.0])), 90.0, rtol=1e-12, atol=0)
    assert_allclose(asian.adjust(one, np.array(["asian"])), 72.0, rtol=1e-12, atol=0)
    assert_allclose(women.adjust(one, np.array([True])), 81.0, rtol=1e-12, atol=0)
    assert_allclose(aged.adjust(one, np.array([70.0])), 80.0, rtol=1e-12, atol=0)


def test_a_residual_variance_becomes_a_standard_deviation_in_the_output_unit():
    (error,) = build().residuals
    assert error.proportional_sd == pytest.approx(0.12, rel=1e-12, abs=0)
    # 0.02 nmol/mL of 237.725 g/mol
    assert error.additive_sd == pytest.approx(4.7545, rel=1e-4, abs=0)


def test_validity_is_held_in_the_units_of_covariates():
    validity = build().validity
    assert validity.ranges() == {"age": (18.0, 55.0), "weight": (45.0, 120.0)}
    assert validity.levels() == {"ethnicity": ("white", "asian")}
    assert validity.dose_mg == (10.0, 84.0)
    assert not validity.children


def test_the_studied_population_keeps_its_numbers():
    weight, female, ethnicity = build().population
    assert dict(weight.numbers) == {"mean": 73.0, "sd": 12.0, "low": 45.0, "high": 120.0}
    assert [value.name for value in weight.reported] == ["weight_mean", "weight_sd"]
    assert dict(female.numbers) == pytest.approx({"probability": 0.5}, rel=1e-12, abs=0)
    assert dict(ethnicity.levels) == {"white": 0.7, "asian": 0.3}


def test_a_study_of_men_alone_fixes_the_flag():
    def change(said):
        said["population"]["female"] = {"distribution": "fixed", "value": "female_share"}

    def change_values(numbers):
        numbers["values"]["female_share"]["value"] = 0

    female = build(change, change_values).population[1]
    assert (female.kind, dict(female.numbers)) == ("fixed", {"value": 0.0})


def test_a_wrong_dimension_points_at_file_key_and_formula():
    def change(said):
        said["flows"]["elimination"]["rate"] = "rate * central * volume"

    assert refusal(change, kind=UnitError) == (
        "small_entry/model.yaml: flows.elimination.rate: 'rate * central * volume' has "
        "dimension amount*volume/time; expected amount/time"
    )


def test_an_undefined_symbol_points_at_file_key_and_formula():
    def change(said):
        said["definitions"]["concentration"] = "central / volum"

    assert refusal(change, kind=UnknownNameError).startswith(
        "small_entry/model.yaml: definitions.concentration: 'central / volum' uses 'volum', "
        "which is undefined; close names: volume"
    )


def test_an_unused_value_points_at_the_file_of_values():
    def change(numbers):
        numbers["values"]["stray"] = deepcopy(numbers["values"]["volume"])

    message = refusal(change_values=change, kind=ModelError)
    assert message.startswith("small_entry/values.yaml: values.stray is used nowhere")


def test_two_equations_for_a_state_are_refused():
    def change(said):
        said["derivatives"] = {"central": "-rate * central"}

    message = refusal(change, kind=ModelError)
    assert message.startswith("small_entry/model.yaml: state 'central' has two equations")


@pytest.mark.parametrize(
    ("path", "dotted", "close"),
    [
        ((), "statess", "states"),
        (("states", "central"), "substnce", "substance"),
        (("definitions", "rate"), "expresion", "expression"),
        (("flows", "elimination"), "rates", "rate"),
        (("inputs", "nasal", "parts", 0), "fracton", "fraction"),
        (("random_effects", "clearance"), "levle", "level"),
        (("covariate_effects", 0), "expnent", "exponent"),
        (("covariate_effects", 3), "threshhold", "threshold"),
        (("validity", "covariates", "age"), "form", "from"),
        (("validity",), "child", "children"),
        (("population", "weight"), "hihg", "high"),
    ],
)
def test_an_unknown_key_is_refused_with_its_place_and_the_nearest_key(path, dotted, close):
    def change(said):
        place = said
        for step in path:
            place = place[step]
        place[dotted] = "x"

    message = refusal(change, kind=FileInputError)
    full = ".".join([*(str(step) for step in path), dotted])
    assert message.startswith(f"small_entry/model.yaml: unknown key '{full}'; close keys: ")
    assert close in message


def test_an_unknown_key_of_a_value_names_the_file_of_values():
    def change(numbers):
        numbers["values"]["volume"]["units"] = "L"

    assert refusal(change_values=change, kind=FileInputError) == (
        "small_entry/values.yaml: unknown key 'values.volume.units'; close keys: unit"
    )


def test_a_description_cut_at_its_comma_is_recognised():
    def change(said):
        said["states"]["central"]["apparent"] = None

    assert refusal(change).endswith(
        "unknown key 'states.central.apparent'; a text that holds a comma needs quotes"
    )


def test_a_missing_key_is_named():
    def change(said):
        del said["flows"]["elimination"]["to"]

    assert refusal(change) == ("small_entry/model.yaml: key 'flows.elimination.to' is missing")


@pytest.mark.parametrize(
    ("path", "wrong", "start"),
    [
        (("schema",), "algesia/model/2", "schema is 'algesia/model/2'; "),
        (("title",), 5, "title is 5; "),
        (("states",), [], "states is []; "),
        (("flows", "elimination", "rate"), True, "flows.elimination.rate is True; "),
        (("inputs", "nasal", "routes"), "nasal", "inputs.nasal.routes is 'nasal'; "),
        (
            ("random_effects", "clearance", "kind"),
            "normal",
            "random_effects.clearance.kind is ",
        ),
        (("covariate_effects", 0, "kind"), "power", "covariate_effects.0 is "),
    ],
)
def test_a_value_of_the_wrong_kind_is_shown_with_its_key(path, wrong, start):
    def change(said):
        place = said
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = wrong

    assert refusal(change, kind=FileInputError).startswith(f"small_entry/model.yaml: {start}")


def test_a_spread_in_the_wrong_form_names_the_forms_accepted():
    def change(numbers):
        numbers["values"]["volume_variance"]["form"] = "variance"

    message = refusal(change_values=change, kind=ModelError)
    assert message.startswith("small_entry/model.yaml: random_effects.volume: ")
    assert message.endswith("has form 'variance'; accepted: log_variance, log_sd, cv_percent")


def test_a_block_that_is_not_positive_definite_is_refused():
    def change(said):
        said["blocks"] = [{"effects": ["clearance", "volume"], "covariance": "too_much"}]

    def change_values(numbers):
        del numbers["values"]["clearance_volume_correlation"]
        numbers["values"]["too_much"] = {
            **numbers["values"]["volume_variance"],
            "value": 0.5,
            "form": "covariance_log",
        }

    message = refusal(change, change_values, kind=ModelError)
    assert message.startswith("small_entry/model.yaml: blocks: block of clearance and volume")
    assert "not positive definite" in message


def test_a_covariance_is_not_a_correlation():
    def change(said):
        said["blocks"][0] = {
            "effects": ["clearance", "volume"],
            "covariance": "clearance_volume_correlation",
        }

    assert refusal(change).endswith("has form 'correlation'; accepted: covariance_log")


def test_an_unsupported_function_is_refused():
    def change(said):
        said["flows"]["elimination"]["rate"] = "sin(rate) * central"

    assert refusal(change).startswith(
        "small_entry/model.yaml: flows.elimination.rate: no function 'sin'; "
    )


def test_an_input_into_a_missing_state_is_refused():
    def change(said):
        said["inputs"]["intravenous"]["parts"][0]["into"] = "plasma"

    assert refusal(change).startswith(
        "small_entry/model.yaml: inputs.intravenous.parts.0.into: no state 'plasma'; "
    )


def test_an_unknown_level_is_refused_with_the_closest():
    def change(said):
        said["covariate_effects"][1]["level"] = "asia"

    assert refusal(change) == (
        "small_entry/model.yaml: covariate_effects.1: no level of ethnicity 'asia'; "
        "close names: asian"
    )


def test_a_value_that_is_not_in_the_file_of_values_is_named_where_it_is_wanted():
    def change(said):
        said["random_effects"]["clearance"]["value"] = "clearance_vc"

    assert refusal(change).startswith(
        "small_entry/model.yaml: random_effects.clearance.value: no value 'clearance_vc'; "
        "close names: clearance_cv"
    )


def test_a_residual_of_an_output_that_does_not_exist_is_refused():
    def change(said):
        said["residuals"]["plasm"] = said["residuals"].pop("plasma")

    assert refusal(change) == (
        "small_entry/model.yaml: residuals.plasm: no output 'plasm'; close names: plasma"
    )


def test_a_value_without_a_source_is_refused_by_name():
    def change(numbers):
        numbers["values"]["volume"]["source"] = ""

    message = refusal(change_values=change)
    assert message.startswith("small_entry/values.yaml: values.volume: ")
    assert "without a source" in message


def test_a_plausible_range_is_held_in_the_canonical_unit():
    def change(numbers):
        numbers["values"]["clearance"] |= {"minimum": 1.0, "maximum": 2.0}

    clearance = build(change_values=change).parameter("clearance")
    assert (clearance.minimum, clearance.maximum) == (60.0, 120.0)


def test_claims_are_read_with_units():
    peak, spread = entry_claims(parse_yaml(CLAIMS, "claims.yaml"), build(), where="small_entry")
    assert (peak.expected, peak.unit) == (96.0, "ng/mL")
    assert peak.covariates == {
        "weight": 73.0,
        "age": 45.0,
        "ethnicity": "white",
        "female": False,
    }
    assert (peak.quantity.from_h, peak.quantity.to_h) == (0.0, 1.5)
    assert_allclose(peak.quantity.sampled_at_h, [1 / 6, 1.0], rtol=1e-12, atol=0)
    assert peak.expected_to_fail is None
    assert spread.tolerance.absolute == pytest.approx(5.0, rel=1e-12, abs=0)
    assert spread.quantity.of == "clearance"
    assert spread.expected_to_fail == "The table contradicts the text."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "paper_2021"}, "claims.peak: source: no source 'paper_2021'"),
        ({"subjects": 100}, "claims.peak: subjects is 100; expected none"),
        ({"weight": "73 year"}, "claims.peak: covariates.weight: "),
        ({"expected": "96 ng"}, None),
        ({"expected": "high"}, "claims.peak: expected: "),
        ({"tolerance": {"reason": "x"}}, "claims.peak: tolerance: expected either ratio or"),
        ({"tolerance": {"ratio": 0.8, "reason": "x"}}, "claims.peak: tolerance: ratio is 0.8"),
        ({"tolerance": {"ratio": 1.2, "reason": " "}}, "claims.peak: tolerance: has no reason"),
        (
            {"tolerance": {"absolute": "3 h", "reason": "x"}},
            "claims.peak: tolerance.absolute: ",
        ),
        ({"covariates": {"female": "yes"}}, "claims.peak: covariates.female is 'yes'"),
        ({"covariates": {"age": 45}}, "claims.peak: covariates.age is 45"),
        ({"covariates": {"weight": "70 kg"}}, "claims.peak: weight stands twice"),
        ({"id": "spread"}, "claim 'spread' stands twice"),
        ({"regimen": ""}, "claims.peak: regimen is ''"),
        ({"sentense": "x"}, "unknown key 'claims.0.sentense'; close keys: sentence"),
        (
            {"quantity": {"measure": "cmax", "output": "plasm"}},
            "claims.peak: quantity.output: no",
        ),
        (
            {"quantity": {"measure": "auc_ratio", "output": "plasma"}},
            "claims.peak: quantity: auc_ratio needs 'over'",
        ),
        (
            {"quantity": {"measure": "cmax", "output": "plasma", "curve": "c"}},
            "claims.peak: quantity: cmax takes no 'curve'",
        ),
        (
            {"quantity": {"measure": "cmax", "output": "plasma", "from": "2 h", "to": "1 h"}},
            "claims.peak: quantity: window is 2 to 1 h",
        ),
        (
            {"quantity": {"measure": "cmax", "output": "plasma", "sampled_at": ["2 h", "1 h"]}},
            "claims.peak: quantity: sampled_at does not increase",
        ),
    ],
)
def test_a_claim_that_cannot_be_checked_is_refused_by_name(change, message):
    data = parse_yaml(CLAIMS, "claims.yaml")
    data["claims"][0].update(change)
    if message is None:
        # A unit that fits no output is the business of whoever checks the claim.
        assert entry_claims(data, build(), where="small_entry")[0].unit == "ng"
        return
    with pytest.raises(InputError) as caught:
        entry_claims(data, build(), where="small_entry")
    assert str(caught.value).startswith(f"small_entry/claims.yaml: {message}")


def test_a_prediction_within_the_ratio_holds_on_both_sides():
    peak, spread = entry_claims(parse_yaml(CLAIMS, "claims.yaml"), build(), where="small_entry")
    within = [peak.tolerance.holds(value, 96.0) for value in (76.9, 96.0, 119.9)]
    beyond = [peak.tolerance.holds(value, 96.0) for value in (76.7, 120.1, 0.0, float("nan"))]
    assert within == [True, True, True]
    assert beyond == [False, False, False, False]
    assert spread.tolerance.holds(34.9, 30.0)
    assert not spread.tolerance.holds(35.1, 30.0)
    assert not spread.tolerance.holds(float("nan"), 30.0)
