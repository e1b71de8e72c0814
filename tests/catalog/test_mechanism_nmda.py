"""The NMDA channel: closed forms, single-channel numbers, and laws over its ranges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.catalog.companion import assembly
from algesia.catalog.entry import entry

from .parameter_rows import curve, drawn, one, solved, typical, with_values

DRAWS = 10_000
DAY_H = 24.0
LONG_H = 2000.0
MG_PER_L_PER_NG_PER_ML = 1e-3
KETAMINE_G_PER_MOL = 237.727
PLASMA = (
    "arterial_esketamine",
    "arterial_arketamine",
    "arterial_esnorketamine",
    "arterial_arnorketamine",
)


def channel():
    return entry("nmda_receptor_channel").model


def plasma_mg_per_l(unbound_micromolar, model):
    """Total plasma concentration of one enantiomer with this unbound concentration, mg/L."""
    fraction = model.parameter("fraction_unbound_plasma").reported.canonical()
    return unbound_micromolar * KETAMINE_G_PER_MOL * 1e-3 / fraction


def at_rest(model, **values):
    """Outputs at steady state."""
    return {
        name: curve[0, -1] for name, curve in one(model, [LONG_H], **values).outputs.items()
    }


def racemate(micromolar, model):
    half = plasma_mg_per_l(0.5 * micromolar, model)
    return {"arterial_esketamine": half, "arterial_arketamine": half}


def test_block_at_rest_is_the_closed_form_of_load_over_one_plus_load():
    model = channel()
    for micromolar in (0.01, 0.1, 1.0, 10.0):
        seen = at_rest(
            model, arterial_esketamine=plasma_mg_per_l(micromolar, model), spinal_activity=0.4
        )
        load = micromolar / 0.3 / 3.0 / 2.0
        assert_allclose(seen["nmda_trapped_spinal"], load / (1.0 + load), rtol=1e-6, atol=0.0)


def test_block_at_rest_does_not_depend_on_activity_but_its_speed_does():
    model = channel()
    given = {"arterial_esketamine": plasma_mg_per_l(0.6, model)}
    calm = one(model, [0.3, LONG_H], spinal_activity=0.3, **given).outputs
    busy = one(model, [0.3, LONG_H], spinal_activity=1.0, **given).outputs
    ends = calm["nmda_trapped_spinal"][0, 1], busy["nmda_trapped_spinal"][0, 1]
    assert_allclose(*ends, rtol=1e-6, atol=0.0)
    early = calm["nmda_trapped_spinal"][0, 0], busy["nmda_trapped_spinal"][0, 0]
    assert early[1] > 1.5 * early[0]


def test_with_escape_from_closed_channels_the_rest_does_depend_on_activity():
    model = channel()
    given = {"arterial_esketamine": plasma_mg_per_l(0.6, model), "untrapped_share": 0.14}
    calm = at_rest(model, spinal_activity=0.3, **given)["nmda_trapped_spinal"]
    busy = at_rest(model, spinal_activity=1.0, **given)["nmda_trapped_spinal"]
    assert busy - calm > 0.02


@pytest.mark.parametrize(
    ("micromolar", "output", "printed"),
    [
        (1.0, "nmda_opening_frequency", 0.44),
        # Outside-out patches, in which the loss is mainly one of frequency.
        (10.0, "nmda_opening_frequency", 0.34),
        (1.0, "nmda_open_time", 0.68),
    ],
)
def test_single_channel_numbers_of_the_racemate_are_met(micromolar, output, printed):
    model = channel()
    seen = at_rest(model, **racemate(micromolar, model))[output]
    # Two digits are printed; the constants keep four.
    assert_allclose(seen, printed, rtol=2e-3, atol=0.0)


def test_loss_of_open_time_is_not_counted_a_second_time_in_the_conductance():
    model = channel()
    seen = at_rest(model, **racemate(1.0, model))
    product = (1.0 - seen["nmda_trapped_spinal"]) * seen["nmda_opening_frequency"]
    assert_allclose(seen["nmda_conductance_spinal"], product, rtol=1e-9, atol=0.0)
    assert seen["nmda_open_time"] < 0.7


def test_without_a_drug_every_draw_of_values_stays_unblocked():
    model = channel()
    ended = solved(model, drawn(model, DRAWS, 1), [60.0 * DAY_H])
    for name in ("nmda_conductance_spinal", "nmda_conductance_cortical"):
        assert_allclose(ended.outputs[name], 1.0, rtol=0.0, atol=1e-12)
    for state in ended.states.values():
        assert_allclose(state, 0.0, rtol=0.0, atol=1e-12)


def any_drug(model, size, seed):
    """Constant concentrations of all four up to 2000 ng/mL, drawn on a logarithmic scale."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    values = drawn(model, size, seed)
    for name in PLASMA:
        values[name] = 10.0 ** generator.uniform(-1.0, 3.3, size) * MG_PER_L_PER_NG_PER_ML
    values["spinal_activity"] = generator.uniform(0.05, 1.0, size)
    values["other_channel_block"] = generator.uniform(0.0, 5.0, size)
    return values


def test_shares_stay_between_none_and_all_for_every_draw_and_concentration():
    model = channel()
    ended = solved(model, any_drug(model, DRAWS, 2), [0.2, 5.0, 30.0 * DAY_H])
    for name in ("trapped_spinal", "trapped_cortical", "upregulation_spinal"):
        assert np.min(ended.states[name]) >= 0.0
        assert np.max(ended.states[name]) < 1.0
    for name in ("nmda_block_spinal", "nmda_block_cortical"):
        assert np.min(ended.outputs[name]) >= 0.0
        assert np.max(ended.outputs[name]) < 1.0
    assert np.min(ended.outputs["nmda_conductance_spinal"]) > 0.0


def test_enantiomers_of_equal_potency_are_exchangeable_for_every_draw():
    model = channel()
    equal = any_drug(model, DRAWS, 3)
    for left, right in (
        ("inhibition_constant_esketamine", "inhibition_constant_arketamine"),
        ("inhibition_constant_esnorketamine", "inhibition_constant_arnorketamine"),
        ("frequency_half_concentration_esketamine", "frequency_half_concentration_arketamine"),
    ):
        equal[right] = equal[left]
    swapped = dict(equal)
    for left, right in (PLASMA[:2], PLASMA[2:]):
        swapped[left], swapped[right] = equal[right], equal[left]
    one_way = solved(model, equal, [0.2, 5.0, 48.0]).outputs
    other_way = solved(model, swapped, [0.2, 5.0, 48.0]).outputs
    for name in one_way:
        assert_allclose(one_way[name], other_way[name], rtol=1e-6, atol=1e-9)


def test_four_times_as_much_of_r_is_needed_for_the_conductance_s_leaves():
    model = channel()
    for nanograms in (30.0, 100.0, 300.0):
        plasma = nanograms * MG_PER_L_PER_NG_PER_ML
        left = at_rest(model, arterial_esketamine=plasma)["nmda_conductance_spinal"]
        fourfold = at_rest(model, arterial_arketamine=4.0 * plasma)["nmda_conductance_spinal"]
        alike = at_rest(model, arterial_arketamine=plasma)["nmda_conductance_spinal"]
        # Inhibition constants are 4.7 apart, the membrane site 4; people find about 4.
        assert_allclose(fourfold, left, rtol=0.05, atol=0.0)
        assert alike > left + 0.1


def test_more_of_either_enantiomer_never_leaves_more_conductance():
    model = channel()
    less = any_drug(model, 2000, 4)
    less["norketamine_opposition"] = np.zeros(2000)
    less["upregulation_gain"] = np.zeros(2000)
    more = dict(less)
    for name in PLASMA:
        more[name] = 1.2 * less[name]
    seen = [solved(model, each, [1.0, 48.0]).outputs for each in (less, more)]
    for name in ("nmda_conductance_spinal", "nmda_conductance_cortical"):
        assert np.all(seen[1][name] <= seen[0][name] + 1e-9)


def test_norketamine_adds_to_block_or_opposes_it_as_the_switch_says():
    model = channel()
    ketamine = {"arterial_esketamine": 100.0 * MG_PER_L_PER_NG_PER_ML}
    both = ketamine | {"arterial_esnorketamine": 50.0 * MG_PER_L_PER_NG_PER_ML}
    output = "nmda_conductance_spinal"
    alone = at_rest(model, **ketamine)[output]
    adds = at_rest(model, **both)[output]
    neither = at_rest(model, norketamine_block_share=0.0, **both)[output]
    opposes = at_rest(model, norketamine_block_share=0.0, norketamine_opposition=0.6, **both)[
        output
    ]
    assert adds < alone
    assert_allclose(neither, alone, rtol=1e-6, atol=0.0)
    # Olofsen 2012 prints -3.8 for ketamine and +1.5 for norketamine at these concentrations.
    assert_allclose((opposes - alone) / (1.0 - alone), 1.5 / 3.8, rtol=0.25, atol=0.0)


def test_adaptation_follows_block_with_its_half_time():
    adapted = one(
        channel(),
        [30.0 * DAY_H],
        arterial_esketamine=200.0 * MG_PER_L_PER_NG_PER_ML,
        upregulation_gain=1.2,
    )
    block = adapted.outputs["nmda_block_cortical"][0, -1]
    # Thirty days are three half-times.
    expected = block * (1.0 - 2.0**-3.0)
    assert_allclose(adapted.states["upregulation_cortical"][0], expected, rtol=2e-3, atol=0.0)


def test_adaptation_leaves_more_conductance_than_before_once_the_drug_is_gone():
    joined = assembly("nmda_receptor_channel", companions=["ketamine_backbone"])
    plan = "esketamine 15 mg/h IV for 20 days"
    for gain, least, most in ((0.0, 0.99, 1.0), (1.2, 1.3, 1.6)):
        seen = curve(
            with_values(joined, upregulation_gain=gain),
            plan,
            [22.0 * DAY_H],
            "nmda_conductance_cortical",
        )
        assert least < seen[0] <= most


def test_potentiation_and_other_blockers_come_in_by_their_ports():
    model = channel()
    raised = at_rest(model, nmda_potentiation=0.3)
    assert_allclose(raised["nmda_conductance_spinal"], 1.3, rtol=1e-9, atol=0.0)
    assert_allclose(raised["nmda_conductance_cortical"], 1.0, rtol=1e-9, atol=0.0)
    blocked = at_rest(model, other_channel_block=6.0)
    assert_allclose(blocked["nmda_trapped_spinal"], 0.5, rtol=1e-6, atol=0.0)


def test_the_millisecond_scheme_becomes_the_slow_one():
    slow, fast = channel(), entry("nmda_channel_gating").model
    plasma = {"arterial_esketamine": plasma_mg_per_l(0.6, slow)}
    numbers = typical(fast)
    magnesium_free = 1.0 / (1.0 + 1.0 / 3.57 * np.exp(-0.062 * -40.0))
    times_h = np.asarray([0.5, 1.0, 2.0, 5.0, 20.0]) / 3600.0
    gating = one(fast, times_h, **plasma).outputs["nmda_blocked_share"][0]
    # Without the delay of the effect site and without the spinal factor.
    trapping = one(
        slow,
        times_h,
        **plasma,
        effect_site_half_time_ketamine=1e-9,
        use_rate=numbers["unblocking_rate"],
        spinal_activity=numbers["open_probability"],
        magnesium_competition=1.0 / magnesium_free,
        spinal_potency_loss=1.0,
    ).outputs["nmda_trapped_spinal"][0]
    # What differs is of the order of the rate of block over that of gating, 1/300.
    assert_allclose(gating, trapping, rtol=5e-3, atol=0.0)
    assert trapping[-1] > 5.0 * trapping[0]


def test_magnesium_lets_more_current_through_the_more_positive_the_membrane():
    fast = entry("nmda_channel_gating").model
    currents = [
        one(fast, [0.01], membrane_voltage=voltage).outputs["nmda_current"][0, 0]
        for voltage in (-80.0, -40.0, 0.0, 40.0)
    ]
    assert np.all(np.diff(currents) > 0.0)
    assert_allclose(currents[2] / 0.2, 3.57 / 4.57, rtol=1e-9, atol=0.0)
