from collections import Counter

import pytest

from algesia.catalog.regimen_list import _entries_of, regimen_entry, regimen_ids
from algesia.errors import FileInputError, RegimenError, UnknownNameError
from algesia.units import substance

WEIGHT_KG = 70

# Totals by hand, mg at 70 kg, from the figures that the sources print.
TOTALS_MG = {
    ("crps_sket_100h", "start_rate"): 5 * 100,
    ("crps_sket_100h", "largest_rate"): 20 * 100,
    ("crps_sket_100h_x2_16d", "low"): 2 * 10 * 100,
    ("crps_sket_100h_x2_16d", "high"): 2 * 20 * 100,
    ("crps_rac_outpt_10d", "plan"): 0.35 * 70 * 4 * (0.5 + 0.75 + 8 * 1.0),
    ("crps_rac_outpt_10d_40_80", "low"): 10 * 40,
    ("crps_rac_outpt_10d_40_80", "high"): 10 * 80,
    ("crps_rac_5d_10_40", "low"): 10 * 5 * 24,
    ("crps_rac_5d_10_40", "high"): 40 * 5 * 24,
    ("crps_anaesthetic_5d", "low"): 1 * 70 + 3 * 70 * 5 * 24,
    ("crps_anaesthetic_5d", "high"): 1.5 * 70 + 7 * 70 * 5 * 24,
    ("crps_sket_10d_50_500", "low"): 50 * 10,
    ("crps_sket_10d_50_500", "high"): 500 * 10,
    ("crps_correll", "low"): 10 * 2 * 24,
    ("crps_correll", "high"): 20 * 4 * 24,
    ("sci_80mg_5h_7d", "plan"): 80 * 7,
    ("epidural_0p2_single", "plan"): 0.2 * 70,
    ("iv_0p5_single_35d", "plan"): 0.5 * 70,
    ("iv_600ug_4h", "plan"): 0.6 * 70,
    ("inpt_0p1_0p35_5d", "low"): 0.1 * 70 * 5 * 24,
    ("inpt_0p1_0p35_5d", "high"): min(0.35 * 70, 24) * 5 * 24,
    ("anzca_pm12", "start_low"): 0.05 * 70 * 24,
    ("anzca_pm12", "start_high"): 0.1 * 70 * 24,
    ("anzca_pm12", "largest"): 0.5 * 70 * 24,
    ("anzca_pm12", "start_high_weaned_12h"): 0.1 * 70 * (24 + 12 * (0.8 + 0.6 + 0.4 + 0.2) / 4),
    ("anzca_pm12", "start_high_weaned_24h"): 0.1 * 70 * (24 + 24 * (0.8 + 0.6 + 0.4 + 0.2) / 4),
    ("asra_min_80mg_2h", "plan"): 80,
    ("max_2h_58mg", "mean"): 58,
    ("eide_iv_0p15", "plan"): 0.15 * 70,
    ("persson_5min", "dose_0p15"): 0.15 * 70,
    ("persson_5min", "dose_0p3"): 0.3 * 70,
    ("persson_5min", "dose_0p45"): 0.45 * 70,
    ("phantom_0p4", "plan"): 0.4 * 70,
    ("phn_csci_escalation", "plan"): (0.05 + 0.075 + 0.1 + 0.15) * 70 * 7 * 24,
    ("cancer_burst_100_300_500", "held_at_100"): 100 * 3,
    ("cancer_burst_100_300_500", "held_at_300"): 100 + 300 * 3,
    ("cancer_burst_100_300_500", "held_at_500"): 100 + 300 + 500 * 3,
    ("cancer_po_40_400", "start"): 40 * 16,
    ("cancer_po_40_400", "largest"): 400 * 16,
    ("pall_po_start", "formulary_low"): 5 * 24 / 6,
    ("pall_po_start", "formulary_high"): 10 * 24 / 4,
    ("pall_po_start", "notes_low"): 10 * 3,
    ("pall_po_start", "notes_high"): 25 * 4,
    ("pall_repeat_short_course", "plan"): 2 * 100 * 2,
    ("sket_po_10_q8h", "plan"): 10 * 3 * 4 * 7,
    ("po_longterm_190", "mean"): 193.84 * 688,
    ("rabben_po_4mgkg_night", "plan"): 3 * 4 * 70,
    ("rabben_im_0p4", "plan"): 0.4 * 70,
    ("in_btp_10_50", "one_spray"): 10,
    ("in_btp_10_50", "five_sprays"): 5 * 10,
    ("in_cancer_10_30_50", "spaced_2_days"): 10 + 30 + 50,
    ("in_cancer_10_30_50", "spaced_5_days"): 10 + 30 + 50,
    ("migraine_in_10mg_spray", "usual_day"): 6 * 10,
    ("migraine_in_10mg_spray", "largest_day"): 20 * 10,
    ("migraine_in_10mg_spray", "largest_week"): 40 * 10,
    ("uldn_20ug_tid", "plan"): 3 * 0.020,
    ("migraine_inpt_5d", "mean_largest_rate"): 65.2 * 5 * 24,
    ("migraine_inpt_5d", "mean_largest_rate_per_kg"): 0.76 * 70 * 5 * 24,
    ("kethead_1_1x6h", "plan"): 1 * 70 + 1 * 70 * 6,
    ("fm_rac_0p3_30min", "plan"): 0.3 * 70,
    ("fm_sket_0p5_30min", "plan"): 0.5 * 70,
    ("fm_test_0p1", "plan"): 0.1 * 70,
    ("fm_eskefib", "dose_0p2"): 3 * 0.2 * 70,
    ("fm_eskefib", "dose_0p4"): 3 * 0.4 * 70,
    ("mercadante_0p25", "plan"): 0.25 * 70,
    ("mercadante_0p50", "plan"): 0.5 * 70,
    ("pall_civi_0p05_0p3", "low"): 0.05 * 70 * 24,
    ("pall_civi_0p05_0p3", "high"): 0.3 * 70 * 24,
    ("surgery_loftus", "plan"): 0.5 * 70 + 0.010 * 70 * 60 * 4,
    ("surgery_nielsen", "plan"): 0.5 * 70 + 0.25 * 70 * 4,
    ("acute_guideline_cap", "often_low"): 0.1 * 70 * 24,
    ("acute_guideline_cap", "often_high"): 0.5 * 70 * 24,
    ("acute_guideline_cap", "limit"): 0.35 * 70 + 1 * 70 * 24,
    ("iv_0p5_40min", "plan"): 0.5 * 70,
    ("iv_0p5_x6_12d", "plan"): 6 * 0.5 * 70,
    ("iv_0p5_2x_week", "plan"): 2 * 4 * 0.5 * 70,
    ("iv_0p5_3x_week", "plan"): 3 * 4 * 0.5 * 70,
    ("iv_0p5_2x_week_3w", "plan"): 2 * 3 * 0.5 * 70,
    ("iv_0p5_3x_week_max12", "plan"): 12 * 0.5 * 70,
    ("iv_0p5_2x_week_max8", "plan"): 8 * 0.5 * 70,
    ("iv_0p5_x6_then_weekly4", "plan"): (6 + 4) * 0.5 * 70,
    ("fava_doses", "dose_0p1"): 0.1 * 70,
    ("fava_doses", "dose_0p2"): 0.2 * 70,
    ("fava_doses", "dose_0p5"): 0.5 * 70,
    ("fava_doses", "dose_1p0"): 1.0 * 70,
    ("esket_56_2xw_4w", "plan"): 2 * 4 * 56,
    ("esket_84_2xw_4w", "plan"): 2 * 4 * 84,
    ("esket_flex_2xw_4w", "low"): 2 * 4 * 56,
    ("esket_flex_2xw_4w", "high"): 56 + 7 * 84,
    ("esket_flex_2xw_4w", "elderly_low"): 2 * 4 * 28,
    ("esket_flex_2xw_4w", "elderly_high"): 28 + 7 * 84,
    ("esket_label_full", "low"): (2 * 4 + 4 + 8 / 2) * 56,
    ("esket_label_full", "high"): (2 * 4 + 4 + 8) * 84,
    ("esket_maint_weekly_or_q2w", "low"): 16 / 2 * 56,
    ("esket_maint_weekly_or_q2w", "high"): 16 * 84,
    ("esket_mdsi_84_2xw_4w", "plan"): 2 * 4 * 84,
    ("esket_mdsi_84_2xw_4w", "reduced"): 2 * 4 * 56,
    ("sl_10mg_q2_7d", "every_2_days"): 28 / 2 * 10,
    ("sl_10mg_q2_7d", "every_7_days"): 28 / 7 * 10,
    ("po_trd_1mgkg_2xw", "plan"): 2 * 6 * 1 * 70,
    ("po_trd_2mgkg_2xw", "plan"): 2 * 6 * 2 * 70,
    ("po_trd_titrated_50", "first_four_steps"): 50 + 75 + 100 + 125,
    ("ldn_4p5_daily", "plan"): 4.5 * 12 * 7,
    ("uldn_oxytrex_2", "plan"): 0.002,
    ("uldn_oxytrex_4", "plan"): 0.004,
    ("dxm_60_120_qid", "plan"): 60 * 4 * 7 + 120 * 4 * 7,
    ("dxm_20_daily_fm", "plan"): 20 * 10 * 7,
    ("memantine_20_fm", "plan"): 20 * 26 * 7,
}
NEVER_GIVEN = {
    "crps_inpt_boluses_monthly", "home_sl_in", "migraine_titrated_0p1", "pall_taper_2_3w",
    "topical_a2k1", "topical_k1",
}  # fmt: skip


@pytest.mark.parametrize(("id", "variant"), sorted(TOTALS_MG))
def test_the_doses_of_a_listed_plan_add_up_to_what_its_source_prints(id, variant):
    entry = regimen_entry(id)
    plan = entry.regimen(variant)
    assert plan.rows()
    total = plan.total_milligrams(WEIGHT_KG, drug=entry.drug)
    assert total == pytest.approx(TOTALS_MG[id, variant], rel=1e-12, abs=0)


def test_every_variant_of_the_list_has_a_total_by_hand():
    variants = {
        (id, variant)
        for id in regimen_ids(marked=True)
        for variant in regimen_entry(id).variants
    }
    assert variants == set(TOTALS_MG)


def test_the_list_holds_seventy_five_plans_and_sixty_nine_can_be_given():
    entries = [regimen_entry(id) for id in regimen_ids(marked=True)]
    assert len(entries) == 75
    assert {entry.id for entry in entries if not entry.variants} == NEVER_GIVEN
    assert Counter(entry.expressed for entry in entries) == {
        "exact": 45, "range": 15, "bounds": 9, "none": 6,
    }  # fmt: skip


def test_midazolam_goes_with_the_intramuscular_test():
    plan = regimen_entry("rabben_im_0p4").regimen()
    total = plan.total_milligrams(WEIGHT_KG, drug="midazolam")
    assert total == pytest.approx(0.05 * 70, rel=1e-12, abs=0)


def test_plans_name_the_drug_of_their_entry_and_a_route():
    for id in regimen_ids(marked=True):
        entry = regimen_entry(id)
        assert substance(entry.drug).name == entry.drug
        for variant in entry.variants:
            plan = entry.regimen(variant)
            assert plan.drugs[0] == entry.drug
            assert plan.routes


def test_marked_plans_stay_out_of_the_default_list():
    hidden = set(regimen_ids(marked=True)) - set(regimen_ids())
    assert hidden == {
        "crps_anaesthetic_5d", "crps_inpt_boluses_monthly", "home_sl_in",
        "migraine_in_10mg_spray", "pall_repeat_short_course", "pall_taper_2_3w",
        "uldn_20ug_tid",
    }  # fmt: skip
    assert all(regimen_entry(id).marks for id in hidden)


def test_what_rests_on_one_account_is_marked_so():
    for id in regimen_ids(marked=True):
        entry = regimen_entry(id)
        assert (entry.verification == "single account") == ("single account" in entry.marks)


def test_plans_that_leave_something_open_say_what_was_taken():
    for id in regimen_ids(marked=True):
        entry = regimen_entry(id)
        assert entry.sources
        if entry.expressed in ("range", "bounds"):
            assert entry.assumptions, id
        if entry.expressed in ("bounds", "none"):
            assert entry.operators_needed, id


def test_the_capped_rate_holds_for_the_heavy():
    plan = regimen_entry("crps_rac_outpt_10d").regimen()
    assert plan.total_milligrams(200) == pytest.approx(25 * 4 * 9.25, rel=1e-12, abs=0)


def test_the_outpatient_course_runs_on_working_days():
    days = [row.time_h / 24 for row in regimen_entry("crps_rac_outpt_10d").regimen().rows()]
    assert days == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]


def test_six_infusions_fit_in_twelve_days():
    rows = regimen_entry("iv_0p5_x6_12d").regimen().rows()
    assert rows[-1].time_h + rows[-1].duration_h <= 12 * 24


def test_an_infusion_during_surgery_ends_when_the_wound_is_closed():
    entry = regimen_entry("surgery_loftus")
    *_, infusion = entry.regimen(events={"closure": "150 min"}).rows()
    assert (infusion.time_h, infusion.duration_h) == (0.0, 2.5)


def test_an_unknown_plan_lists_close_ids():
    with pytest.raises(UnknownNameError, match="close names: iv_0p5_40min"):
        regimen_entry("iv_0p5_40mim")


def test_a_variant_must_be_chosen_and_known():
    with pytest.raises(RegimenError, match="expected one of low, high"):
        regimen_entry("crps_correll").regimen()
    with pytest.raises(UnknownNameError, match="no variant of regimen 'crps_correll' 'lo'"):
        regimen_entry("crps_correll").regimen("lo")


def test_a_plan_that_cannot_be_given_says_which_operator_is_missing():
    with pytest.raises(RegimenError, match="it needs strength_and_area: the source prints"):
        regimen_entry("topical_k1").regimen()


GOOD = "{label: a, drug: ketamine, verification: checked, sources: ['text:x'], expressed: exact"


@pytest.mark.parametrize(
    ("record", "part"),
    [
        (GOOD + "}", "expressed is exact with 0 plans"),
        (GOOD.replace("exact", "none") + ", plans: {plan: 5 mg}}", "none with 1 plans"),
        (
            GOOD.replace("exact", "bounds") + ", plans: {plan: 5 mg}}",
            "without operators_needed",
        ),
        (GOOD.replace("checked", "maybe") + ", plans: {plan: 5 mg}}", "verification"),
        (GOOD + ", plans: {plan: 5 mg}, mark: [x]}", "mark"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(record, part):
    text = f"schema: algesia/regimens/1\nregimens:\n  x: {record}"
    with pytest.raises(FileInputError, match=part):
        _entries_of(text, "list.yaml")
