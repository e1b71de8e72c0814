import pytest

from algesia.errors import InputError, RegimenError
from algesia.formats import parse_yaml
from algesia.formats.regimen_yaml import read_regimen, regimen_mapping
from algesia.regimen import parse_regimen


def from_yaml(text):
    return read_regimen(parse_yaml(text, "plan.yaml"), "plan.yaml")


def refusal(text):
    with pytest.raises(InputError) as caught:
        from_yaml(text)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("plan.yaml")
    return message


def test_a_line_of_text_is_a_plan():
    text = "esketamine 56 mg nasal twice weekly for 4 weeks"
    assert from_yaml(text).rows() == parse_regimen(text).rows()
    assert from_yaml(f"text: {text}").rows() == parse_regimen(text).rows()


def test_drug_and_route_may_stand_beside_a_text_that_leaves_them_open():
    plan = from_yaml("{text: 56 mg weekly for 2 weeks, drug: S-ketamine, route: nasal}")
    assert {(row.drug, row.route) for row in plan.rows()} == {("esketamine", "nasal")}


def test_a_structured_plan_gives_the_rows_of_the_same_words():
    plan = from_yaml(
        """
        drug: S-ketamine
        route: nasal
        plan:
          - {dose: 56 mg, times_a_week: 2, for: 4 weeks}
          - {pause: 2 weeks}
          - courses: 3
            plan:
              - {dose: 84 mg, every: 1 week, doses: 4}
              - {pause: 1 week}
        """
    )
    words = (
        "esketamine 56 mg nasal twice weekly for 4 weeks, pause 2 weeks,"
        " then [84 mg weekly for 4 doses, pause 1 week] 3 courses in all"
    )
    assert plan.rows() == parse_regimen(words).rows()


def test_a_dose_may_differ_from_the_drug_route_and_form_of_its_plan():
    plan = from_yaml(
        "{drug: ketamine, route: oral, form: hydrochloride, plan: [{dose: 5 mg}, {pause: 1 h},"
        " {dose: 1 mg, drug: midazolam, route: nasal, form: base}]}"
    )
    assert [(row.drug, row.route, row.form) for row in plan.rows()] == [
        ("ketamine", "oral", "hydrochloride"), ("midazolam", "nasal", "base"),
    ]  # fmt: skip


def test_every_key_of_a_dose_is_heard():
    plan = from_yaml(
        """
        start: {weekday: Friday, clock: "09:30"}
        plan:
          - dose: 0.35 mg/kg/h
            drug: ketamine
            form: hydrochloride
            route: IV
            formulation: solution
            over: 4 h
            max: 90 mg
            max_rate: 25 mg/h
            weight_capped_at: 100 kg
            clock: ["09:30"]
            weekdays: [Monday, Friday]
            for: 1 week
        """
    )
    words = (
        "ketamine hydrochloride 0.35 mg/kg/h IV solution for 4 h (max 90 mg) (max 25 mg/h)"
        " (weight capped at 100 kg) on Monday and Friday at 09:30 for 1 week,"
        " starting on Friday at 09:30"
    )
    assert plan.rows() == parse_regimen(words).rows()
    assert [row.time_h for row in plan.rows()] == [0.0, 72.0]


def test_plans_side_by_side_start_together():
    plan = from_yaml(
        "together: [[{dose: 5 mg, drug: ketamine, at: [0 h, 8 h]}],"
        " [{pause: 1 h}, {dose: 1 mg, drug: midazolam}]]"
    )
    assert [(row.time_h, row.drug) for row in plan.rows()] == [
        (0.0, "ketamine"), (1.0, "midazolam"), (8.0, "ketamine"),
    ]  # fmt: skip


def test_an_ideal_weight_and_overlap_may_be_asked_for():
    plan = from_yaml(
        "{concurrent: true, plan:"
        " [{dose: 1 mg/kg, ideal_weight: true, over: 2 h, every: 1 h, doses: 2}]}"
    )
    assert {row.weight_basis for row in plan.rows()} == {"ideal"}
    assert plan.concurrent


def test_a_mapping_holds_plain_data_only():
    mapping = regimen_mapping(parse_regimen("5 mg/h IV for 2 h daily for 3 days"))
    assert mapping["together"] == [
        [
            {
                "dose": "5 mg/h",
                "route": "intravenous",
                "over": "2 h",
                "every": "24 h",
                "for": "3 days",
            }
        ]
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[1, 2]", "expected text or a mapping"),
        ("{}", "expected one of text, plan, together"),
        ("{text: 5 mg, plan: []}", "text and plan"),
        ("{plann: []}", "the key 'plann'; close keys: plan"),
        ("{plan: [{dose: 5 mg, evry: 8 h}]}", "plan.0 has the key 'evry'; close keys: every"),
        ("{plan: [{dose: 5 mg, pause: 8 h}]}", "plan.0 has the key 'dose'; close keys: pause"),
        ("{plan: [{dose: 5}]}", "plan.0.dose is 5"),
        ("{plan: [{drug: ketamine}]}", "plan.0.dose"),
        ("{plan: [{dose: 5 mg, every: 8}]}", "plan.0.every is 8"),
        ("{plan: [{dose: 5 mg, every: 8 h}]}", "plan.0: schedule has no end"),
        ("{plan: [{dose: 5 mg, times_a_day: 2.5, doses: 2}]}", "plan.0.times_a_day is 2.5"),
        ("{plan: [{dose: -5 mg}]}", "plan.0: dose is -5 mg"),
        ("{plan: [{dose: 5 ml}]}", "plan.0: 'ml' stands after '5'"),
        ("{plan: [{dose: 5 mg, max: 50}]}", "plan.0.max is 50"),
        ("{plan: [{dose: 5 mg, max: 50 g}]}", "'50 g' is not in mg"),
        ("{plan: [{dose: 5 mg, max: many mg}]}", "'many mg' is not in mg"),
        ("{plan: [{dose: 5 mg, weekdays: [Mon], doses: 2}]}", "no weekday 'Mon'"),
        ("{plan: [{dose: 5 mg, clock: ['25:00'], doses: 2}]}", "time of day"),
        ("{plan: [{dose: 5 mg, clock: ['8'], doses: 2}]}", "time of day is '8'"),
        ("{plan: [{dose: 5 mg, clock: ['08:75'], doses: 2}]}", "minutes from 00 to 59"),
        ("{plan: [{pause: 0 h}]}", "plan.0.pause: pause is 0 h"),
        ("{plan: [{courses: 2, plan: [{pause: 1 h}]}]}", "plan.0: no dose stands before"),
        (
            "{plan: [{dose: 1 mg/kg, ideal_weight: true, weight_capped_at: 9 kg}]}",
            "one of them",
        ),
        ("{plan: []}", "no dose"),
        (
            "{together: [[{dose: 5 mg}], [{dose: 6 mg, drug: x}]]}",
            "together.1.0: no substance 'x'",
        ),
        ("{text: 5 mg, concurrent: true}", "say it in the text"),
        ("{text: 5 mgg}", "plan.yaml, text: "),
        ("{start: {weekday: Mnday}, plan: [{dose: 5 mg}]}", "no weekday 'Mnday'; close"),
        ("{plan: [5 mg]}", "plan.0 is '5 mg'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(text, part):
    assert part in refusal(text)


def test_groups_may_not_be_nested_without_end():
    text = "{dose: 5 mg}"
    for _ in range(11):
        text = f"{{courses: 2, plan: [{text}]}}"
    assert "nested too deep" in refusal(f"{{plan: [{text}]}}")


def test_steps_and_limits_stand_key_by_key():
    plan = read_regimen(
        {
            "drug": "ketamine",
            "route": "oral",
            "plan": [
                {"dose": "10 mg", "every": "6 h", "for": "1 day", "limits": ["25 mg a day"]},
                {"dose": "20 mg", "every": "1 day", "for": "4 days", "except_days": [2]},
                {"taper": "2 days", "steps": 2, "to": "5 mg"},
                {"escalate": "1 day", "steps": 1, "to": "7 mg"},
            ],
        }
    )
    amounts = [(row.time_h, row.amount) for row in plan.rows()]
    assert amounts == [
        (0, 10),
        (6, 10),
        (12, 5),
        (24, 20),
        (72, 20),
        (96, 20),
        (120, 12.5),
        (144, 5),
        (168, 7),
    ]


def test_a_start_may_be_a_date_in_a_zone():
    course = {"dose": "5 mg", "clock": ["08:00"], "doses": 3}
    start = {"date": "2026-03-27", "zone": "Europe/Zurich"}
    plan = read_regimen({"start": start, "plan": [course]})
    assert [row.time_h for row in plan.rows()] == [0, 24, 47]
    assert read_regimen(regimen_mapping(plan)) == plan


def test_times_of_events_stand_beside_a_text():
    plan = read_regimen({"text": "5 mg oral at surgery", "events": {"surgery": "3 h"}})
    assert [row.time_h for row in plan.rows()] == [3]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"plan": [{"taper": "2 days", "steps": 2}]}, "plan.0: no dose stands before 'taper'"),
        (
            {"plan": [{"dose": "5 mg"}, {"taper": "1 day", "escalate": "1 day", "steps": 2}]},
            "expected one of them",
        ),
        ({"plan": [{"dose": "5 mg"}], "events": {"surgery": "3 h"}}, "events without text"),
        ({"plan": [{"dose": "5 mg"}], "start": {"date": "2026-02-30"}}, "no date '2026-02-30'"),
        (
            {"plan": [{"dose": "5 mg"}], "start": {"date": "2026-03-27", "weekday": "Monday"}},
            "2026-03-27 is a Friday",
        ),
        ({"plan": [{"dose": "5 mg", "limits": ["5 mg"]}]}, "has no period"),
    ],
)
def test_steps_starts_and_limits_that_contradict_themselves_are_refused(data, part):
    with pytest.raises(RegimenError, match=part):
        read_regimen(data)
