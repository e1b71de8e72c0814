"""Plans written as text, as YAML and as event rows, and read back: the same doses.

`golden_regimens.yaml` holds the sentence and the doses of every listed plan. After a change
that is meant, run this file as a program to write it again, and look at the difference.
"""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml

from algesia.catalog.regimen_list import regimen_entry, regimen_ids
from algesia.errors import RegimenError
from algesia.formats.nonmem_data import read_event_table
from algesia.formats.regimen_table import input_names, regimen_table
from algesia.formats.regimen_yaml import read_regimen, regimen_mapping
from algesia.formats.yaml_text import parse_yaml
from algesia.regimen import describe, parse_regimen

GOLDEN = Path(__file__).with_name("golden_regimens.yaml")
PLANS = 1_000
WEIGHTS_KG = (52.3, 70.0, 131.7)
PLAN = [(id, name) for id in regimen_ids(marked=True) for name in regimen_entry(id).variants]


def golden():
    return parse_yaml(GOLDEN.read_text(encoding="utf-8"), GOLDEN.name)


def series(plan):
    """Doses of a plan as lines `times | dose`, equal doses on one line."""
    lines = {}
    for row in plan.rows():
        what = [f"{row.amount:.12g} {row.unit}", str(row.route), str(row.drug)]
        what += [f"over {row.duration_h:.12g} h"] if row.duration_h else []
        what += [row.form] if row.form != "base" else []
        what += [f"max {row.cap_mg:.12g} mg"] if row.cap_mg is not None else []
        what += [row.formulation] if row.formulation else []
        lines.setdefault(", ".join(what), []).append(row.time_h)
    return [f"{_times(times_h)}: {what}" for what, times_h in lines.items()]


def _times(times_h):
    """Times, h, shortened where there are many at one distance."""
    steps = {round(later - earlier, 9) for earlier, later in pairwise(times_h)}
    if len(times_h) > 12 and len(steps) == 1:
        return f"{times_h[0]:.12g} to {times_h[-1]:.12g} h every {steps.pop():.12g} h"
    return " ".join(f"{time_h:.12g}" for time_h in times_h) + " h"


def entry_of(id, name):
    plan = regimen_entry(id).regimen(name)
    return {"text": describe(plan), "doses": series(plan)}


def events_of(plan, tmp_path):
    """The plan's event table, written and read back."""
    path = tmp_path / "plan.csv"
    text = regimen_table(plan, weight_kg=WEIGHTS_KG, ideal_weight_kg=WEIGHTS_KG)
    path.write_text(text, encoding="utf-8")
    return read_event_table(path)


def assert_same_events(plan, table):
    """Every dose of every subject stands in the table, to 1e-12."""
    rows = plan.rows()
    weight = np.array(WEIGHTS_KG)
    amounts = np.array([row.base_milligrams(weight, weight) for row in rows])
    assert len(table.time_h) == len(rows) * weight.size
    names = input_names(plan)
    wanted = [names[row.drug, row.route] for row in rows]
    for index in range(weight.size):
        held = table.rows_of(index)
        np.testing.assert_allclose(
            table.time_h[held], [row.time_h for row in rows], rtol=0, atol=0
        )
        np.testing.assert_allclose(table.amount[held], amounts[:, index], rtol=1e-12, atol=0)
        rate = table.rate[held]
        lasting = np.divide(table.amount[held], rate, out=np.zeros_like(rate), where=rate > 0.0)
        np.testing.assert_allclose(
            lasting, [row.duration_h for row in rows], rtol=1e-12, atol=0
        )
        called = [
            table.compartment_names[number] for number in table.compartment[held].tolist()
        ]
        assert called == wanted
        assert np.all(table.covariates["WT"][held] == weight[index])


# The list.


def test_the_golden_file_holds_every_plan_that_can_be_given():
    assert {(id, name) for id, names in golden().items() for name in names} == set(PLAN)


@pytest.mark.parametrize(("id", "name"), PLAN)
def test_a_listed_plan_has_its_golden_sentence_and_doses(id, name):
    assert entry_of(id, name) == golden()[id][name]


@pytest.mark.parametrize(("id", "name"), PLAN)
def test_a_listed_plan_survives_text_yaml_and_event_rows(id, name, tmp_path):
    plan = regimen_entry(id).regimen(name)
    assert parse_regimen(golden()[id][name]["text"]).rows() == plan.rows()
    written = yaml.safe_dump(regimen_mapping(plan), allow_unicode=True)
    assert read_regimen(parse_yaml(written, "plan.yaml")) == plan
    assert_same_events(plan, events_of(plan, tmp_path))


# Random plans.


DRUGS = ("ketamine", "esketamine", "midazolam", "morphine")
ROUTES = ("oral", "nasal", "sublingual", "intravenous", "subcutaneous")
FORMULATIONS = ("", " tablet", " spray", " syrup")


def random_dose(draw, drug, route):
    """A dose with all that may stand beside its amount."""
    per_kilogram = draw.random() < 0.4
    unit = draw.choice(["mg", "µg"]) + ("/kg" if per_kilogram else "")
    salt = (
        " hydrochloride" if drug in ("ketamine", "esketamine") and draw.random() < 0.2 else ""
    )
    amount = draw.choice([0.5, 1, 10, 25, 56, 84, round(draw.uniform(0.1, 300), 3)])
    lasting = ""
    if route in ("intravenous", "subcutaneous") and draw.random() < 0.6:
        lasting = f" over {draw.choice([5, 40, 90, 240])} min"
    basis = draw.choice(["", "", " (ideal weight)", " (weight capped at 90 kg)"])
    cap = f" (max {draw.choice([20, 50, 77.5])} mg)" if draw.random() < 0.2 else ""
    made = f"{drug}{salt} {amount} {unit} {route}{draw.choice(FORMULATIONS)}{lasting}"
    return f"{made}{basis if per_kilogram else ''}{cap}", per_kilogram, bool(cap)


def random_schedule(draw):
    """How often and how long."""
    often = draw.choice(
        ["daily", "weekly", "every 3 days", "twice a day", "3 times a day", "twice a week",
         "3 times a week", "every 12 h", "at 08:00 and 20:00", "at 06:30 on weekdays",
         "on Monday, Wednesday and Friday", "on Sunday", "every 2 weeks"]
    )  # fmt: skip
    if draw.random() < 0.15:
        return f"daily for {draw.randint(8, 20)} days except on days 3, 4 and 8"
    if draw.random() < 0.5:
        return f"{often} for {draw.randint(1, 6)} weeks"
    return f"{often} for {draw.randint(2, 9)} doses"


def random_rule(draw, drug, route, *, limits):
    text, per_kilogram, capped = random_dose(draw, drug, route)
    schedule = random_schedule(draw)
    limited = False
    if limits and draw.random() < 0.3 and not (per_kilogram and capped):
        unit = "mg/kg" if per_kilogram else "mg"
        amount = f"{draw.choice([40, 150])} {unit}"
        most = draw.choice([amount, f"{draw.randint(1, 4)} doses"])
        text += f" (max {most} a {draw.choice(['day', 'week', 'course'])})"
        limited = True
    return f"{text} {schedule}", limited


def random_track(draw):
    drug, route = draw.choice(DRUGS), draw.choice(ROUTES)
    rule, limited = random_rule(draw, drug, route, limits=True)
    parts = [rule]
    if not limited and " except " not in rule and draw.random() < 0.3:
        parts.append(f"taper over {draw.randint(12, 20)} weeks in {draw.randint(1, 4)} steps")
    while not limited and draw.random() < 0.5:
        parts.append(f"pause {draw.choice(['1 day', '2 weeks', '36 h'])}")
        rule, limited = random_rule(draw, drug, route, limits=False)
        parts.append(f"{rule} (no max)" if "max" not in rule else rule)
    text = ", then ".join(parts)
    return f"{text}, {draw.randint(2, 3)} courses in all" if draw.random() < 0.25 else text


def random_text(seed):
    """A plan as text: up to two tracks, perhaps a date, a zone and a weekday to start on."""
    draw = random.Random(seed)
    text = " plus ".join(random_track(draw) for _ in range(draw.choice([1, 1, 2])))
    start = draw.choice(
        ["", " starting on Thursday at 21:45", " starting on 2026-03-26 at 07:00",
         " starting on 2026-03-26 at 07:00 in Europe/Zurich",
         " starting on 2026-10-20 at 22:30 in America/New_York"]
    )  # fmt: skip
    return f"{text}{start}, concurrent"


def random_plans():
    """The first 1,000 random plans that are possible, with the number of texts tried."""
    plans, tried = [], 0
    while len(plans) < PLANS:
        text = random_text(tried)
        tried += 1
        try:
            plans.append(parse_regimen(text))
        except RegimenError:
            continue
    return plans, tried


def test_a_thousand_random_plans_survive_text_yaml_and_event_rows(tmp_path):
    plans, tried = random_plans()
    assert tried < 1.5 * PLANS
    seen = Counter()
    for plan in plans:
        again = parse_regimen(describe(plan))
        assert again.rows() == plan.rows(), plan.description
        assert again.calendar == plan.calendar
        assert read_regimen(regimen_mapping(plan)) == plan
        assert_same_events(plan, events_of(plan, tmp_path))
        text = plan.description
        words = ("taper", "a day)", "a week)", "doses a", "except", "courses", "Zurich", "plus")
        seen.update(word for word in words if word in text)
    assert min(seen.values()) > 20, seen
    assert len(seen) == 8


def test_the_event_table_of_a_steady_state_says_so(tmp_path):
    plan = parse_regimen("ketamine 50 mg oral every 8 h for 4 doses at steady state")
    table = events_of(plan, tmp_path)
    held = table.rows_of(1)
    assert table.steady_state[held].tolist() == [1, 0, 0, 0]
    assert table.interval_h[held].tolist() == [8, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("50 mg oral at 08:00 and 20:00 for 4 doses at steady state", "2 doses in 24 h"),
        ("50 mg oral at 09:00 for 4 doses at steady state", "1 doses in 24 h"),
    ],
)
def test_a_steady_state_that_an_event_table_cannot_say_is_refused(text, part):
    with pytest.raises(RegimenError, match=part):
        regimen_table(parse_regimen(text), weight_kg=[70.0])


def test_an_event_table_needs_weights_and_inputs():
    plan = parse_regimen("ketamine 50 mg oral")
    with pytest.raises(RegimenError, match="no weights"):
        regimen_table(plan, weight_kg=[])
    with pytest.raises(RegimenError, match="no input takes ketamine by the route oral"):
        regimen_table(plan, weight_kg=[70.0], inputs={})
    named = regimen_table(plan, weight_kg=[70.0], inputs={("ketamine", "oral"): "gut"})
    assert ",gut," in named


if __name__ == "__main__":
    whole = {}
    for each_id, each_name in PLAN:
        whole.setdefault(each_id, {})[each_name] = entry_of(each_id, each_name)
    GOLDEN.write_text(
        yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=94), encoding="utf-8"
    )
