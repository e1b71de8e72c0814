"""Drugs given beside ketamine: what is printed of them comes back from their entries."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from algesia.catalog.administration import typical_cohort
from algesia.catalog.entry import entry, entry_ids
from algesia.errors import InputError
from algesia.model import Assembly, Model
from algesia.population import check_validity, individual_parameters
from algesia.regimen import parse_regimen
from algesia.simulate import Arm, ArmTrajectories, Sampling, Scenario, run
from algesia.units import substance

LN2 = float(np.log(2.0))
COMPANIONS = (
    "buprenorphine",
    "dextromethorphan",
    "fentanyl",
    "hydromorphone",
    "lidocaine",
    "lorazepam",
    "magnesium",
    "memantine",
    "methadone",
    "midazolam",
    "morphine",
    "naloxone",
    "naltrexone",
    "oxycodone",
    "oxycodone_intravenous",
    "propofol",
)


@cache
def model_of(name: str) -> Model:
    return entry(name).model


def answer(model: Model, regimen: str, times_h, **covariates) -> ArmTrajectories:
    arm = Arm(
        name="one",
        model=model,
        regimen=parse_regimen(regimen),
        cohort=typical_cohort(model, covariates),
    )
    sampling = Sampling(times_h=np.asarray(times_h, dtype=float), at_doses=False)
    return run(Scenario(title="companion", arms=(arm,), sampling=sampling)).arms[0]


def curve(model: Model, regimen: str, times_h, output: str, **covariates):
    arm = answer(model, regimen, times_h, **covariates)
    return arm.values[0, :, arm.output_index(output)]


def area(model: Model, regimen: str, output: str, until_h: float, **covariates) -> float:
    """Area under a curve that is over, on a grid fine enough for the first minutes."""
    times_h = np.concatenate([[0.0], np.geomspace(1e-3, until_h, 4000)])
    values = curve(model, regimen, times_h, output, **covariates)
    return float(np.trapezoid(values, times_h))


def typical(model: Model, name: str, **covariates) -> float:
    row = individual_parameters(model, typical_cohort(model, covariates))[0, 0]
    return float(row[model.dynamic_parameters().index(name)])


def test_every_companion_is_an_entry() -> None:
    assert set(COMPANIONS) <= set(entry_ids())


@pytest.mark.parametrize("name", COMPANIONS)
def test_every_companion_says_for_whom_it_is_not_and_that_it_is_no_dosing_advice(
    name: str,
) -> None:
    readme = " ".join(entry(name).readme().split())
    assert "**Valid for**" in readme
    assert "**Not for**" in readme
    assert "nothing here is dosing advice" in readme


@pytest.mark.parametrize("name", COMPANIONS)
def test_every_companion_refuses_a_child(name: str) -> None:
    model = model_of(name)
    with pytest.raises(InputError):
        check_validity(model, typical_cohort(model, {"age": 10.0}))


@pytest.mark.parametrize("name", COMPANIONS)
def test_only_magnesium_which_was_studied_in_pregnancy_accepts_it(name: str) -> None:
    model = model_of(name)
    pregnant = typical_cohort(model, {"pregnant": True, "female": True})
    if name == "magnesium":
        check_validity(model, pregnant)
    else:
        with pytest.raises(InputError, match="pregnan"):
            check_validity(model, pregnant)


@pytest.mark.parametrize("name", COMPANIONS)
def test_no_number_read_at_second_hand_in_infusion_software_is_more_than_lowly_certain(
    name: str,
) -> None:
    values = [parameter.reported for parameter in model_of(name).parameters]
    borrowed = [value for value in values if "stanpumpR" in (value.note or "")]
    assert all(value.grade.certainty == "low" for value in borrowed)
    second_hand = {"hydromorphone", "lidocaine", "midazolam", "oxycodone_intravenous"}
    assert bool(borrowed) == (name in second_hand)


@pytest.mark.parametrize(("weight_kg", "share"), [(98.5, 1.0), (70.0, (70 / 98.5) ** 0.701)])
def test_morphine_6_glucuronide_over_morphine_is_formation_over_clearance(
    weight_kg: float, share: float
) -> None:
    """Exponents -0.329 and -1.03 leave 0.701 in the ratio."""
    model = model_of("morphine")
    areas = {
        name: area(model, "morphine 10 mg IV over 5 min", f"plasma_{name}", 200.0,
                   weight=weight_kg)
        for name in ("morphine", "morphine_6_glucuronide")
    }  # fmt: skip
    molar = {name: areas[name] / substance(name).molar_mass() for name in areas}
    ratio = molar["morphine_6_glucuronide"] / molar["morphine"]
    assert ratio == pytest.approx(0.129 / 0.149 * share, rel=1e-3, abs=0.0)


def test_naltrexone_of_20_microgram_is_the_curve_of_50_mg_made_smaller() -> None:
    model, times_h = model_of("naltrexone"), np.linspace(0.1, 48.0, 200)
    for output in ("plasma_naltrexone", "plasma_naltrexol"):
        low = curve(model, "naltrexone 20 ug oral", times_h, output)
        high = curve(model, "naltrexone 50 mg oral", times_h, output)
        np.testing.assert_allclose(2500.0 * low, high, rtol=1e-5, atol=1e-9 * high.max())


def test_all_naltrexone_appears_once_as_6beta_naltrexol_whatever_the_route() -> None:
    model = model_of("naltrexone")
    areas = [
        area(model, f"naltrexone 10 mg {route}", "plasma_naltrexol", 400.0)
        for route in ("oral", "IV")
    ]
    expected = 10.0 / 67.9 * substance("naltrexol").molar_mass()
    expected *= 1e3 / substance("naltrexone").molar_mass()
    np.testing.assert_allclose(areas, expected, rtol=2e-3, atol=0.0)


def test_the_printed_volumes_of_naltrexone_contradict_its_exponents_and_clearance() -> None:
    """Three compartments of 7.6, 60 and 164 L cleared at 3.51 L/min never have them."""
    exponents = np.array([1.9, 0.18, 0.00106])
    clearance, first, second, third = 3.51, 7.6, 60.0, 164.0
    elimination = clearance / first
    # The sum and the product of the exponents fix both rates of return, up to their order.
    linear = exponents.sum() - elimination
    product = exponents.prod() / elimination
    a, b = 1.0 + second / first, 1.0 + third / first
    returns = np.roots([a, -linear, b * product]).real
    pairs = (
        exponents[0] * exponents[1] + exponents[0] * exponents[2] + exponents[1] * exponents[2]
    )
    for from_second in returns:
        from_third = product / from_second
        found = (
            elimination * (from_second + from_third)
            + (1.0 + second / first + third / first) * from_second * from_third
        )
        assert abs(found / pairs - 1.0) > 0.5
    # Nor does dose over the coefficients give the clearance: a twentieth of it.
    implied = 1.0 / np.sum(1.0 / (np.array([first, second, third]) * exponents))
    assert implied == pytest.approx(clearance / 20.6, rel=0.02, abs=0.0)


def test_methadone_has_the_volume_and_half_life_of_product_information() -> None:
    model = model_of("methadone")
    volume = typical(model, "volume_central", weight=80.0)
    clearance = typical(model, "clearance_elimination", weight=80.0)
    assert volume / 80.0 == pytest.approx(4.0, rel=1e-9, abs=0.0)
    assert LN2 * volume / clearance == pytest.approx(25.0, rel=1e-3, abs=0.0)


def test_methadone_does_not_carry_the_steady_volume_that_was_refused() -> None:
    refused = 0.18 * (1.0 + 0.408 / 0.06 + 0.112 / 0.00114)
    assert refused == pytest.approx(19.1, rel=0.01, abs=0.0)
    assert typical(model_of("methadone"), "volume_central", weight=70.0) < 0.25 * refused * 70.0


def test_the_two_compartments_of_lorazepam_have_the_printed_half_lives_and_volume() -> None:
    model = model_of("lorazepam")
    names = ("volume_central", "volume_shallow", "clearance_elimination",
             "intercompartmental_clearance_shallow")  # fmt: skip
    central, shallow, clearance, exchange = (
        typical(model, name, weight=70.0) for name in names
    )
    rates = np.array(
        [[-(clearance + exchange) / central, exchange / shallow],
         [exchange / central, -exchange / shallow]]
    )  # fmt: skip
    half_lives_h = np.sort(LN2 / -np.linalg.eigvals(rates))
    np.testing.assert_allclose(half_lives_h, [0.31, 14.10], rtol=2e-3, atol=0.0)
    end_volume = clearance * half_lives_h[1] / LN2 / 70.0
    assert end_volume == pytest.approx(1.24, rel=0.03, abs=0.0)


def test_memantine_meets_the_steady_concentrations_printed_for_20_mg_a_day() -> None:
    clearance = typical(model_of("memantine"), "clearance_elimination", weight=70.0)
    base_mg = 20.0 * substance("memantine").salt_factor("hydrochloride")
    assert base_mg == pytest.approx(16.62, rel=1e-3, abs=0.0)
    assert 70.0 < 1e3 * base_mg / 24.0 / clearance < 150.0


def test_buprenorphine_under_the_tongue_follows_the_printed_law_of_the_dose() -> None:
    model = model_of("buprenorphine")
    vein = area(model, "buprenorphine 1 mg IV over 1 min", "plasma_buprenorphine", 700.0)
    for dose_mg, printed in ((8.0, 0.181), (16.0, 0.140), (24.0, 0.120)):
        taken = area(
            model, f"buprenorphine {dose_mg:g} mg sublingual", "plasma_buprenorphine", 700.0
        )
        assert taken / dose_mg / vein == pytest.approx(printed, rel=5e-3, abs=0.0)


def test_without_cyp2d6_no_dextrorphan_is_formed_and_dextromethorphan_is_left_to_cyp3a() -> (
    None
):
    usual = model_of("dextromethorphan")
    port = next(each for each in usual.ports if each.name == "cyp2d6_hepatic_activity")
    assert (port.direction, port.default, port.combine) == ("in", 1.0, "product")
    others = tuple(each for each in usual.parameters if each.name != port.name)
    poor = replace(usual, parameters=others, ports=(replace(port, default=0.0),))
    regimen, output = "dextromethorphan 30 mg oral", "plasma_dextromethorphan"
    grown = area(poor, regimen, output, 4000.0) / area(usual, regimen, output, 400.0)
    assert grown == pytest.approx((1560.0 + 44.7) / 44.7, rel=5e-3, abs=0.0)
    none = curve(poor, regimen, np.linspace(0.5, 48.0, 20), "plasma_dextrorphan")
    np.testing.assert_allclose(none, 0.0, rtol=0.0, atol=1e-9)


def test_the_effect_site_of_fentanyl_lags_by_its_half_life_of_equilibration() -> None:
    """Held at a constant concentration it is half way after ln 2 / ke0, 16.4 min."""
    model = model_of("fentanyl")
    half_h = LN2 / 0.0422 / 60.0
    times_h = np.linspace(0.0, 300.0, 601)
    plasma = curve(model, "fentanyl 0.1 mg/h IV for 300 h", times_h, "plasma_fentanyl")
    site = curve(model, "fentanyl 0.1 mg/h IV for 300 h", times_h, "effect_site_fentanyl")
    # Behind a slow ramp the lag is 1 / ke0 times the slope; at the end both are level.
    assert site[-1] == pytest.approx(plasma[-1], rel=1e-4, abs=0.0)
    assert plasma[-1] == pytest.approx(100.0 / 58.8, rel=1e-3, abs=0.0)
    assert half_h == pytest.approx(16.4 / 60.0, rel=2e-3, abs=0.0)
    assert np.all(site[1:-1] < plasma[1:-1])


def test_magnesium_rests_at_its_own_concentration_and_its_salt_holds_a_tenth() -> None:
    model = model_of("magnesium")
    given = curve(
        model, "magnesium 394 mg IV over 20 min", [0.0, 1.0, 60.0], "plasma_magnesium"
    )
    assert given[0] == pytest.approx(20.8, rel=1e-9, abs=0.0)
    assert given[1] > 40.0
    assert given[2] == pytest.approx(20.8, rel=1e-4, abs=0.0)
    factor = substance("magnesium").salt_factor("sulfate_heptahydrate")
    assert factor == pytest.approx(0.0986, rel=1e-3, abs=0.0)


@pytest.mark.parametrize(
    ("age", "printed"),
    [(18.0, 1 + 0.0103 * (18 - 41)), (41.0, 1.0), (60.0, 1 - 0.00539 * (60 - 41))],
)
def test_clearance_of_propofol_rises_to_41_years_and_falls_after(
    age: float, printed: float
) -> None:
    found = typical(model_of("propofol"), "clearance_elimination", age=age, weight=70.0)
    assert found == pytest.approx(2.34 * 60.0 * printed, rel=1e-3, abs=0.0)


def test_clearance_of_naloxone_scales_with_fat_free_mass_of_the_median_man() -> None:
    model = model_of("naloxone")
    mass_kg = 9270.0 * 80.0 / (6680.0 + 216.0 * 80.0 / 1.78**2)
    cleared = 0.8 / area(model, "naloxone 0.8 mg IV over 5 min", "plasma_naloxone", 48.0,
                         weight=80.0) * 1e3  # fmt: skip
    assert cleared == pytest.approx(91.0 * (mass_kg / 70.0) ** 0.75, rel=3e-3, abs=0.0)


def test_oral_and_intravenous_oxycodone_imply_a_plausible_fraction_absorbed() -> None:
    oral = (0.01224 + 0.086) * typical(model_of("oxycodone"), "volume_central")
    vein = typical(model_of("oxycodone_intravenous"), "clearance_elimination")
    assert 0.6 < vein / oral < 0.87


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("morphine_3_glucuronide", 461.46),
        ("morphine_6_glucuronide", 461.46),
        ("noroxycodone", 301.34),
        ("noroxymorphone", 287.31),
        ("oxycodone", 315.36),
        ("dextromethorphan", 271.40),
    ],
)
def test_molar_masses_are_those_that_the_sources_print(name: str, printed: float) -> None:
    assert substance(name).molar_mass() == pytest.approx(printed, rel=5e-5, abs=0.0)


def test_beside_ketamine_companions_do_what_they_do_alone() -> None:
    names = ("kamp_2020_general", "morphine", "naltrexone", "methadone")
    whole = Assembly(
        id="beside",
        title="Ketamine and companions",
        members={name: model_of(name) for name in names},
        connections={},
        main="kamp_2020_general",
    ).flatten()
    doses = {"morphine": "morphine 10 mg IV over 5 min", "methadone": "methadone 5 mg oral",
             "naltrexone": "naltrexone 4.5 mg oral"}  # fmt: skip
    together = f"ketamine 20 mg IV over 40 min plus {' plus '.join(doses.values())}"
    times_h, people = np.linspace(0.1, 24.0, 60), {"weight": 80.0, "age": 40.0}
    joint = answer(whole, together, times_h, **people)
    for name, dose in doses.items():
        alone = curve(model_of(name), dose, times_h, f"plasma_{name}", **people)
        beside = joint.values[0, :, joint.output_index(f"{name}_plasma_{name}")]
        np.testing.assert_allclose(beside, alone, rtol=1e-4, atol=1e-6 * alone.max())
