import importlib.util
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.administration import typical_cohort
from algesia.catalog.entry import entry
from algesia.catalog.entry_file import read_entry_values
from algesia.catalog.gates_balance import moles_conserved
from algesia.errors import DomainError, RouteError
from algesia.model import Categorical, Model
from algesia.population import Cohort, Fixed, individual_parameters, study_population
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, Sampling, Scenario, run
from algesia.simulate.input_choice import input_of
from algesia.simulate.layout import static_values
from algesia.simulate.stepper_choice import choose_stepper
from algesia.units import substance

ENTRY = "ketamine_backbone"
SCRIPT = Path(__file__).parents[2] / "scripts" / "calibrate_backbone.py"
ENZYMES = ("cyp2b6_hepatic_activity", "cyp3a4_hepatic_activity", "cyp3a4_gut_activity")
MOIETIES = ("ketamine", "norketamine")
LONG_H = 200.0
MINUTE_H = 1.0 / 60.0


def backbone(**values: float) -> Model:
    """The backbone, with some values set to others."""
    model = entry(ENTRY).model
    parameters = tuple(
        replace(
            each,
            reported=replace(each.reported, value=values[each.name]),
            minimum=None,
            maximum=None,
        )
        if each.name in values
        else each
        for each in model.parameters
    )
    effects = tuple(
        replace(each, factor=values[each.reported[0].name])
        if isinstance(each, Categorical) and each.reported[0].name in values
        else each
        for each in model.covariate_effects
    )
    return replace(model, parameters=parameters, covariate_effects=effects)


@cache
def curves(plan: str, values: tuple[tuple[str, float], ...] = (), **covariates):
    """Outputs of the typical subject of 70 kg and 30 years, by name, and their times."""
    model = backbone(**dict(values))
    cohort = typical_cohort(model, {"weight": 70.0, "age": 30.0, **covariates})
    times_h = np.concatenate([np.arange(0.0, 2.0, MINUTE_H), np.arange(2.0, LONG_H, 0.1)])
    arm = Arm(name="one", model=model, regimen=parse_regimen(plan), cohort=cohort)
    sampling = Sampling(times_h=times_h, at_doses=False)
    answer = run(Scenario(title="one", arms=(arm,), sampling=sampling)).arms[0]
    assert answer.failures == ()
    named = {each.name: answer.values[0, :, n] for n, each in enumerate(answer.outputs)}
    return times_h, named


def exposure(plan: str, output: str, values: dict[str, float] | None = None, **covariates):
    """Area under an output until it is gone, ng h/mL."""
    times_h, named = curves(plan, tuple(sorted((values or {}).items())), **covariates)
    return float(np.trapezoid(named[output], times_h))


def constant(name: str, **values: float) -> float:
    return float(backbone(**values).typical_constants()[name])


INTRAVENOUS = "{drug} 20 mg IV over 30 min"
ORAL = "{drug} 20 mg oral"


def test_clearance_is_what_the_liver_takes_and_the_kidney():
    for drug, ratio in (("esketamine", 1.0), ("arketamine", 0.86)):
        found = 20e3 / exposure(INTRAVENOUS.format(drug=drug), f"arterial_{drug}")
        assert_allclose(found, 84.0 * ratio, rtol=2e-3, atol=0.0)


def test_an_oral_dose_arrives_by_the_product_of_gut_wall_and_liver():
    gut = constant("gut_flow") / (constant("gut_flow") + constant("gut_intrinsic_clearance"))
    flow, intrinsic = constant("hepatic_flow"), constant("hepatic_intrinsic_clearance")
    oral = exposure(ORAL.format(drug="esketamine"), "arterial_esketamine")
    given = exposure(INTRAVENOUS.format(drug="esketamine"), "arterial_esketamine")
    assert_allclose(oral / given, gut * flow / (flow + intrinsic), rtol=2e-3, atol=0.0)


def test_r_ketamine_is_cleared_slower_and_arrives_better_from_the_gut():
    arrived = {
        drug: exposure(ORAL.format(drug=drug), f"arterial_{drug}")
        / exposure(INTRAVENOUS.format(drug=drug), f"arterial_{drug}")
        for drug in ("esketamine", "arketamine")
    }
    assert 1.15 < arrived["arketamine"] / arrived["esketamine"] < 1.35


def test_the_enantiomers_are_one_when_they_are_cleared_alike():
    plan = "ketamine 20 mg oral"
    _, named = curves(plan, (("clearance_ratio_arketamine", 1.0),))
    for site in ("arterial", "venous"):
        for molecule in ("ketamine", "norketamine", "hydroxynorketamine", "dehydronorketamine"):
            assert_allclose(
                named[f"{site}_ar{molecule}"],
                named[f"{site}_es{molecule}"],
                rtol=1e-9,
                atol=1e-12,
            )


def test_the_racemate_is_half_of_either_enantiomer():
    _, both = curves("ketamine 20 mg IV over 30 min")
    for side in ("es", "ar"):
        _, alone = curves(f"{side}ketamine 10 mg IV over 30 min")
        for output in (f"arterial_{side}ketamine", f"venous_{side}norketamine"):
            assert_allclose(both[output], alone[output], rtol=1e-9, atol=1e-12)
    total = both["arterial_esketamine"] + both["arterial_arketamine"]
    assert_allclose(both["arterial_ketamine"], total, rtol=1e-12, atol=1e-12)


def test_the_hydrochloride_is_less_drug_than_the_base():
    salt = exposure("ketamine hydrochloride 20 mg IV over 30 min", "arterial_ketamine")
    base = exposure("ketamine 20 mg IV over 30 min", "arterial_ketamine")
    factor = substance("ketamine").salt_factor("hydrochloride")
    assert_allclose(salt / base, factor, rtol=1e-6, atol=0.0)


def test_moles_are_conserved_without_an_exemption():
    chosen = entry(ENTRY)
    assert chosen.model.exemptions == {}
    assert chosen.model.conserves_moles().problems == ()
    assert moles_conserved(chosen) == []


def test_norketamine_of_a_dose_is_the_same_whichever_way_it_is_metabolised():
    # Every mole is metabolised once, but for the share the kidney takes of what arrives.
    oral = exposure(ORAL.format(drug="esketamine"), "arterial_esnorketamine")
    given = exposure(INTRAVENOUS.format(drug="esketamine"), "arterial_esnorketamine")
    intrinsic = constant("hepatic_intrinsic_clearance_norketamine")
    ratio = substance("norketamine").molar_mass() / substance("ketamine").molar_mass()
    expected = 20e3 * 0.8 * ratio / intrinsic
    assert_allclose(given, 0.975 * expected, rtol=3e-3, atol=0.0)
    arrived = constant("esketamine_availability")
    assert_allclose(oral, (1.0 - 0.025 * arrived) * expected, rtol=3e-3, atol=0.0)


@pytest.mark.parametrize("molecule", ["ketamine", "norketamine", "hydroxynorketamine"])
def test_the_vein_follows_the_artery_with_the_same_exposure_and_a_lower_peak(molecule):
    plan = "ketamine 0.5 mg/kg IV over 40 min"
    arterial, venous = (exposure(plan, f"{site}_{molecule}") for site in ("arterial", "venous"))
    assert_allclose(venous, arterial, rtol=1e-3, atol=0.0)
    _, named = curves(plan)
    assert named[f"venous_{molecule}"].max() < named[f"arterial_{molecule}"].max()


def test_the_usual_infusion_peaks_where_arterial_and_venous_studies_found_it():
    _, named = curves("ketamine 0.5 mg/kg IV over 40 min")
    assert 240.0 < named["arterial_ketamine"].max() < 300.0
    assert 120.0 < named["venous_ketamine"].max() < 220.0


@pytest.mark.parametrize("half_time_min", [8.5, 35.0])
def test_the_range_of_the_venous_lag_spans_the_venous_peaks(half_time_min):
    _, named = curves(
        "ketamine 0.5 mg/kg IV over 40 min",
        (("venous_equilibration_half_time", half_time_min),),
    )
    assert 115.0 < named["venous_ketamine"].max() < 222.0


def _ratio(plan: str, **activities: float) -> float:
    drug = plan.format(drug="esketamine")
    changed = exposure(drug, "arterial_esketamine", activities)
    return changed / exposure(drug, "arterial_esketamine")


def test_an_inhibitor_of_the_liver_moves_oral_doses_more_than_intravenous_ones():
    # Oral exposure goes with 1 / intrinsic clearance; clearance near the flow hardly moves.
    gone = {"cyp2b6_hepatic_activity": 0.0}
    oral, given = _ratio(ORAL, **gone), _ratio(INTRAVENOUS, **gone)
    assert 1.0 / 0.37 * 0.9 < oral < 1.0 / 0.37
    assert 1.0 < given < 1.8 < oral


def test_an_inhibitor_of_the_gut_wall_leaves_intravenous_doses_alone():
    gone = {"cyp3a4_gut_activity": 0.0}
    gut = constant("gut_availability")
    assert_allclose(_ratio(ORAL, **gone), 1.0 / gut, rtol=1e-6, atol=0.0)
    assert_allclose(_ratio(INTRAVENOUS, **gone), 1.0, rtol=1e-12, atol=0.0)


def test_an_inducer_moves_oral_doses_more_than_intravenous_ones():
    induced = {
        "cyp2b6_hepatic_activity": 1.5,
        "cyp3a4_hepatic_activity": 2.0,
        "cyp3a4_gut_activity": 6.0,
    }
    assert _ratio(ORAL, **induced) < 0.2
    assert 0.8 < _ratio(INTRAVENOUS, **induced) < 1.0


def test_the_handles_are_untouched_where_nothing_is_joined():
    handles = {port.name: port for port in entry(ENTRY).model.ports if port.direction == "in"}
    assert set(handles) == set(ENZYMES)
    assert all(port.default == 1.0 and port.combine == "product" for port in handles.values())


def test_nobody_clears_more_than_flows_through_the_liver():
    model = entry(ENTRY).model
    cohort = Cohort.sample(2000, study_population(model), seed=3)
    rows = individual_parameters(model, cohort)[0]
    names = model.dynamic_parameters()
    values = static_values(model, {name: rows[:, at] for at, name in enumerate(names)})
    for side in ("es", "ar"):
        assert np.all(values[f"{side}ketamine_metabolic_clearance"] < values["hepatic_flow"])
    # Clearance of people of one weight and age differs as the studies print.
    alike = Cohort.sample(
        2000,
        {**study_population(model), "weight": Fixed(value=70.0), "age": Fixed(value=30.0)},
        seed=3,
    )
    rows = individual_parameters(model, alike)[0]
    values = static_values(model, {name: rows[:, at] for at, name in enumerate(names)})
    log_sd = float(np.std(np.log(values["esketamine_metabolic_clearance"])))
    assert 0.13 < log_sd < 0.18


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        ("ketamine 20 mg oral", "oral_ketamine"),
        ("ketamine 20 mg oral syrup", "oral_ketamine"),
        ("ketamine 20 mg oral slow-release tablet", "oral_slow_ketamine"),
        ("esketamine 56 mg nasal", "nasal_device_esketamine"),
        ("esketamine 56 mg nasal spray", "nasal_device_esketamine"),
        ("esketamine 56 mg nasal compounded spray", "nasal_spray_esketamine"),
        ("ketamine 30 mg nasal", "nasal_spray_ketamine"),
        ("ketamine 25 mg sublingual wafer", "sublingual_ketamine"),
        ("ketamine 25 mg sublingual", "sublingual_ketamine"),
        ("esketamine 50 mg buccal", "film_esketamine"),
        ("arketamine 20 mg subcutaneous", "subcutaneous_arketamine"),
    ],
)
def test_route_drug_and_formulation_choose_the_input(plan, name):
    assert input_of(entry(ENTRY).model, parse_regimen(plan).rows()[0]).name == name


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("ketamine 20 mg sublingual lozenge", "sublingual wafer, sublingual tablet"),
        ("ketamine 20 mg topical", "no source relates a dose on the skin"),
        ("ketamine 20 mg epidural", "no source relates an epidural or intrathecal dose"),
        ("ketamine 20 mg intrathecal", "no source relates an epidural or intrathecal dose"),
        ("ketamine 50 mg PO oral rinse", "what a mouthwash leaves in the body"),
    ],
)
def test_what_is_not_known_is_refused_with_the_reason(plan, said):
    with pytest.raises(RouteError, match=said):
        curves(plan)


def test_a_continuous_subcutaneous_infusion_reaches_the_level_of_an_intravenous_one():
    plan = "ketamine 100 mg/24 h {route} for 3 d"
    level = {
        route: curves(plan.format(route=route))[1]["arterial_ketamine"][-1289]
        for route in ("subcutaneous", "IV")
    }
    share = constant("subcutaneous_bioavailability")
    assert_allclose(level["subcutaneous"] / level["IV"], share, rtol=1e-2, atol=0.0)


def test_later_devices_bring_less_than_the_first():
    per_mg = [
        exposure(f"esketamine {mg} mg nasal", "venous_esketamine") / mg for mg in (28, 56, 84)
    ]
    assert per_mg[0] > per_mg[1] > per_mg[2]


def test_genotype_liver_and_age_lower_the_clearance():
    usual = exposure(INTRAVENOUS.format(drug="esketamine"), "arterial_esketamine")
    for covariates in (
        {"cyp2b6_genotype": "star6_star6"},
        {"hepatic_function": 0.5},
        {"age": 80.0},
        {"ethnicity": "asian"},
    ):
        changed = exposure(
            INTRAVENOUS.format(drug="esketamine"), "arterial_esketamine", **covariates
        )
        assert changed > 1.02 * usual


def test_what_is_not_stated_is_the_usual_genotype_and_liver():
    cohort = typical_cohort(entry(ENTRY).model, {})
    assert cohort.column("cyp2b6_genotype").tolist() == ["star1_star1"]
    assert cohort.column("hepatic_function").tolist() == [1.0]


@pytest.mark.parametrize("covariates", [{"age": 10.0}, {"hepatic_function": 0.1}])
def test_children_and_failing_livers_are_refused(covariates):
    with pytest.raises(DomainError):
        curves("ketamine 20 mg oral", **covariates)


def test_auto_induction_is_off_and_lowers_exposure_where_it_is_switched_on():
    assert constant("autoinduction_factor") == 1.0
    assert _ratio(ORAL, autoinduction_factor=2.0) < 0.6


def test_the_backbone_alone_is_propagated_exactly():
    assert choose_stepper(entry(ENTRY).model) == ("exact", "linear between events")


def test_derived_values_are_those_the_calibration_prints():
    spec = importlib.util.spec_from_file_location("calibrate_backbone", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    values = read_entry_values(entry(ENTRY).folder).parameters
    derived = module.derived_values()
    for name, row in derived.items():
        reported = values[name].reported
        assert reported.unit == row.unit, name
        assert reported.origin == "derived", name
        # The CYP3A4 share lies in a flat valley; it is next to nothing on either side.
        atol = 1e-4 if name == "cyp3a4_share" else 0.0
        assert_allclose(reported.value, row.value, rtol=6e-4, atol=atol, err_msg=name)
    said = {name for name, each in values.items() if each.reported.origin == "derived"}
    assert {name for name in said if not name.startswith("molar_mass_")} == set(derived)


def test_what_others_feel_is_what_is_shown():
    model = entry(ENTRY).model
    shown = {port.name for port in model.ports if port.direction == "out"}
    assert {f"arterial_{side}{m}" for side in ("es", "ar") for m in MOIETIES} <= shown
    assert {"urinary_elimination_rate", "hepatic_inflow_rate"} <= shown
    named = {output.name for output in model.outputs}
    assert shown <= named | {each.name for each in model.definitions}
    for molecule in ("ketamine", "norketamine"):
        held = model.parameter(f"molar_mass_{molecule}").reported.canonical() * 1e6
        # Canonical is mg/nmol; the file rounds to six digits.
        assert_allclose(held, substance(molecule).molar_mass(), rtol=1e-5, atol=0.0)


def _moles_in_urine(plan: str, **covariates) -> dict[str, float]:
    """Area of each urinary rate, nmol."""
    times_h, named = curves(plan, **covariates)
    areas = {}
    for output in entry(ENTRY).model.outputs:
        if output.site == "urine":
            area = float(np.trapezoid(named[output.name], times_h))
            if output.substance is not None:
                area *= 1e6 / substance(output.substance).molar_mass()
            areas[output.name] = area
    return areas


@pytest.mark.parametrize(
    "plan", [INTRAVENOUS.format(drug="ketamine"), ORAL.format(drug="esketamine")]
)
def test_all_that_is_given_appears_in_urine_in_the_end(plan):
    given = 20.0 * 1e6 / substance("ketamine").molar_mass()
    assert_allclose(sum(_moles_in_urine(plan).values()), given, rtol=3e-3, atol=0.0)


def test_the_kidney_takes_its_share_of_what_reaches_plasma_unchanged():
    urine = _moles_in_urine(INTRAVENOUS.format(drug="esketamine"))
    given = 20.0 * 1e6 / substance("ketamine").molar_mass()
    assert_allclose(urine["urinary_rate_esketamine"] / given, 0.025, rtol=2e-3, atol=0.0)
    assert urine["urinary_rate_arketamine"] == 0.0


def test_the_port_of_what_leaves_is_the_sum_of_the_urinary_rates():
    model = entry(ENTRY).model
    values = {name: 1.0 + 0.1 * at for at, name in enumerate(_symbols(model))}
    for each in model.definitions:
        values[each.name] = float(each.expression.evaluate(values))
    rates = [o.expression.evaluate(values) for o in model.outputs if o.site == "urine"]
    assert len(rates) == 7
    assert_allclose(sum(rates), values["urinary_elimination_rate"], rtol=1e-12, atol=0.0)


def _symbols(model: Model) -> list[str]:
    """States, parameters and in ports."""
    ports = [port.name for port in model.ports if port.direction == "in"]
    return [*(s.name for s in model.states), *(p.name for p in model.parameters), *ports]


def test_the_sex_of_a_patient_changes_nothing_until_its_factor_is_switched_on():
    plan = INTRAVENOUS.format(drug="esketamine")
    for output in ("arterial_esketamine", "arterial_esnorketamine"):
        men = exposure(plan, output, female=False)
        assert_allclose(exposure(plan, output, female=True), men, rtol=1e-12, atol=0.0)
        switched = {"clearance_female_factor": 1.2}
        women = exposure(plan, output, switched, female=True)
        assert_allclose(women, men / 1.2, rtol=2e-3, atol=0.0)
        assert_allclose(exposure(plan, output, switched, female=False), men, rtol=1e-12, atol=0)


def test_exposure_after_swallowing_varies_far_more_than_after_injection():
    model = entry(ENTRY).model
    fixed = {"weight": Fixed(value=70.0), "age": Fixed(value=30.0)}
    alike = Cohort.sample(4000, {**study_population(model), **fixed}, seed=3)
    rows = individual_parameters(model, alike)[0]
    names = model.dynamic_parameters()
    values = static_values(model, {name: rows[:, at] for at, name in enumerate(names)})
    clearance = values["esketamine_metabolic_clearance"] + values["esketamine_renal_clearance"]
    injected = float(np.std(np.log(clearance)))
    swallowed = float(np.std(np.log(values["esketamine_availability"] / clearance)))
    # Ashraf 2018: square root of 0.528 for what is swallowed.
    assert_allclose(swallowed, 0.727, rtol=0.04, atol=0.0)
    assert 0.15 < injected < 0.18


def test_patients_without_genotype_and_liver_function_are_taken_as_usual_and_told_so():
    model = entry(ENTRY).model
    bare = Cohort.typical({"weight": 70.0, "age": 30.0})
    usual = typical_cohort(model, {"weight": 70.0, "age": 30.0})
    assert_allclose(
        individual_parameters(model, bare), individual_parameters(model, usual), rtol=0, atol=0
    )
    assert any("genotype" in note and "not given" in note for note in model.notes)
