"""Event tables against closed forms of one compartment, added up dose by dose."""

from pathlib import Path

import numpy as np
import pytest

from algesia.catalog.conformance import nonmem_conformance
from algesia.errors import DataError, DomainError, FileInputError, InputError, UnknownNameError

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "examples" / "conformance" / "one_compartment.yaml"
PUBLIC = ROOT.parent / "shared" / "conformance" / "nmtests"
COLUMNS = ("TIME", "EVID", "AMT", "CMT", "SS", "II", "ADDL", "RATE")
EXTRA = ("LAGT", "BIOAV", "MODE", "RAT2", "DUR2")
ELIMINATION, VOLUME_ML = 1.1 / 20.0, 20_000.0
PAST = 700


def bolus(amount, at):
    return ("bolus", amount, at, at)


def infusion(rate, start, stop):
    return ("infusion", rate, start, stop)


def series(dose, every, *, first=-PAST, last=0):
    """A dose given at every interval, by its number: 0 is at its own time."""
    kind, size, start, stop = dose
    # Rounded, so that times meet that differ in their last bit only.
    return [
        (kind, size, round(start + n * every, 9), round(stop + n * every, 9))
        for n in range(first, last + 1)
    ]


def level(doses, time):
    """Concentration, ng/mL."""
    total = 0.0
    for kind, size, start, stop in doses:
        if kind == "bolus":
            if start <= time:
                total += size * np.exp(-ELIMINATION * (time - start))
        elif start < time:
            ends = np.exp(-ELIMINATION * (time - np.array([min(stop, time), start])))
            total += size / ELIMINATION * (ends[0] - ends[1])
    return 1e6 * total / VOLUME_ML


class Table:
    """Rows of an event table and of its answers."""

    def __init__(self):
        self.rows, self.answers = [], []

    def add(self, subject, want, *, extra=(0, 1, 0, 0, 0), **columns):
        event = [columns.get(name.lower(), ".") for name in COLUMNS]
        self.rows.append((subject, *event, *extra))
        self.answers.append((subject, columns["time"], want))

    def write(self, folder, *, header=("ID", *COLUMNS, *EXTRA), answer="CP"):
        data, expected = folder / "events.csv", folder / "answers.csv"
        lines = [",".join(map(str, row)) for row in (header, *self.rows)]
        data.write_text("\n".join(lines) + "\n", encoding="utf-8")
        lines = [f"ID,TIME,{answer}"]
        lines += [
            f"{subject},{time},{want if isinstance(want, str) else f'{want:.9g}'}"
            for subject, time, want in self.answers
        ]
        expected.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return {"data": data, "expected": expected, "model": MODEL}


def look(table, subject, doses, times, *, extra=(0, 1, 0, 0, 0), evid=0):
    for time in times:
        want = level(doses, time)
        table.add(subject, want, time=time, evid=evid, extra=extra)


def steady_with_a_lag_longer_than_the_interval(table):
    extra = (19.7, 0.6, 0, 0, 0)
    doses = series(bolus(60.0, 19.7), 8.0)
    table.add(1001, level(doses, 0.0), time=0, evid=1, amt=100, cmt=2, ss=1, ii=8, extra=extra)
    look(table, 1001, doses, (0, 3.7, 11.7, 19.7, 30), extra=extra)


def a_lag_of_whole_intervals_is_a_dose_now(table):
    extra = (0.6, 1, 0, 0, 0)
    doses = series(bolus(7.0, 12.6), 0.2, first=-4000)
    table.add(7, 0.0, time=11, evid=3, extra=extra)
    table.add(7, level(doses, 12.0), time=12, evid=1, amt=7, cmt=2, ss=1, ii=0.2, extra=extra)
    look(table, 7, doses, (12.0, 12.1, 12.2, 12.4, 13.5), extra=extra)


def one_steady_state_upon_another(table):
    first = series(bolus(100.0, 0.0), 24.0, last=3)
    second = series(infusion(20.0, 10.0, 12.5), 12.0, last=2)
    table.add(3, level(first, 0.0), time=0, evid=1, amt=100, cmt=2, ss=1, ii=24, addl=3)
    look(table, 3, first, (1, 9))
    both = [*first, *second]
    table.add(
        3, level(both, 10.0), time=10, evid=1, amt=50, cmt=2, ss=2, ii=12, addl=2, rate=20
    )
    look(table, 3, both, (10, 11, 13, 24, 30, 48, 75))


def a_modelled_duration_longer_than_the_interval(table):
    extra = (1.5, 0.8, 2, 0, 31.0)
    doses = series(infusion(80.0 / 31.0, 1.5, 32.5), 12.0, last=2)
    start = level(doses, 0.0)
    table.add(
        12, start, time=0, evid=1, amt=100, cmt=2, ss=1, ii=12, addl=2, rate=-2, extra=extra
    )
    look(table, 12, doses, (0, 1, 2, 13, 20, 40, 58), extra=extra)


def a_modelled_rate(table):
    extra = (2.0, 0.5, 1, 4.0, 0)
    once = [infusion(4.0, 5.0, 17.5)]
    table.add(15, 0.0, time=3, evid=1, amt=100, cmt=2, rate=-1, extra=extra)
    look(table, 15, once, (4, 5, 6, 17, 17.5, 20), extra=extra)
    steady = series(infusion(4.0, 42.0, 54.5), 10.0, last=1)
    table.add(
        15, level(steady, 40), time=40, evid=1, amt=100, cmt=2, ss=1, ii=10, addl=1, rate=-1,
        extra=extra,
    )  # fmt: skip
    look(table, 15, steady, (40, 44, 51, 60, 80), extra=extra)


def a_reset_in_the_middle_of_a_series(table):
    extra = (3.0, 1, 0, 0, 0)
    doses = series(infusion(10.0, 3.0, 8.0), 6.0, first=0, last=9)
    table.add(20, 0.0, time=0, evid=1, amt=50, cmt=2, ii=6, addl=9, rate=10, extra=extra)
    look(table, 20, doses, (4, 9, 15), extra=extra)
    table.add(20, 0.0, time=16, evid=3, extra=extra)
    look(table, 20, [], (16, 17, 25), extra=extra)
    table.add(20, 0.0, time=26, evid=1, amt=10, cmt=2, extra=extra)
    look(table, 20, [bolus(10.0, 29.0)], (28, 29, 40), extra=extra)


def reset_and_steady_state_with_repeats_and_lag(table):
    extra = (5.0, 0.9, 0, 0, 0)
    table.add(21, level([bolus(500.0, 0)], 0), time=0, evid=1, amt=500, cmt=2)
    look(table, 21, [bolus(500.0, 0)], (6,), extra=extra)
    doses = series(bolus(90.0, 12.0), 12.0, last=2)
    table.add(
        21, level(doses, 7), time=7, evid=4, amt=100, cmt=2, ss=1, ii=12, addl=2, extra=extra
    )
    look(table, 21, doses, (7, 11, 12, 24, 36, 60), extra=extra)


def lag_share_and_rate_that_change_from_row_to_row(table):
    first, second, third = (1, 0.5, 0, 0, 0), (0.25, 2.5, 1, 7.0, 0), (0, 1, 2, 0, 3.0)
    doses = [
        *series(bolus(50.0, 1.0), 10.0, first=0, last=3),
        infusion(7.0, 4.25, 4.25 + 25.0 / 7.0),
        infusion(20.0, 8.0, 11.0),
    ]
    table.add(22, 0.0, time=0, evid=1, amt=100, cmt=2, ii=10, addl=3, extra=first)
    look(table, 22, doses[:4], (2,), extra=second)
    table.add(22, level(doses[:4], 4), time=4, evid=1, amt=10, cmt=2, rate=-1, extra=second)
    look(table, 22, doses[:5], (5, 7), extra=third)
    table.add(22, level(doses[:5], 8), time=8, evid=1, amt=60, cmt=2, rate=-2, extra=third)
    look(table, 22, doses, (9, 11, 12, 22, 35), extra=first)


def doses_and_looks_at_one_time(table):
    look(table, 23, [], (5,))
    table.add(23, level([bolus(40.0, 5)], 5), time=5, evid=1, amt=40, cmt=2)
    look(table, 23, [bolus(40.0, 5)], (5,))
    look(table, 23, [bolus(40.0, 5)], (5,), evid=2)
    table.add(23, level([bolus(70.0, 5)], 5), time=5, evid=1, amt=30, cmt=2)
    look(table, 23, [bolus(70.0, 5)], (5, 5, 9))


def doses_of_nothing(table):
    kept = [bolus(80.0, 0)]
    table.add(24, level(kept, 0), time=0, evid=1, amt=80, cmt=2)
    table.add(24, level(kept, 2), time=2, evid=1, amt=0, cmt=2)
    table.add(24, level(kept, 3), time=3, evid=1, amt=0, cmt=2, rate=5, ii=4, addl=2)
    look(table, 24, kept, (4, 12))
    table.add(24, 0.0, time=13, evid=4, amt=0, cmt=2)
    look(table, 24, [], (13, 20))


def a_clock_that_starts_anew(table):
    lag = (4.0, 1, 0, 0, 0)
    first, second = [bolus(40.0, 0)], [bolus(10.0, 0), bolus(10.0, 2)]
    table.add(25, level(first, 0), time=0, evid=1, amt=40, cmt=2)
    look(table, 25, first, (1, 3, 6))
    table.add(25, level(first, 6), time=6, evid=1, amt=99, cmt=2, extra=lag)
    table.add(25, level(second, 0), time=0, evid=4, amt=10, cmt=2, ii=2, addl=1)
    look(table, 25, second, (0, 1, 2, 3, 6, 30))
    table.add(25, 0.0, time=1, evid=3)
    look(table, 25, [], (1, 9))


def an_infusion_without_end(table):
    extra = (3.0, 0.25, 1, 6.0, 0)
    running = [infusion(6.0, -1e4, 2.0)]
    table.add(26, level(running, 2), time=2, evid=1, amt=0, cmt=2, ss=1, rate=-1, extra=extra)
    look(table, 26, running, (2, 10), extra=extra)
    more = [*running, infusion(2.0, -1e4, 11.0)]
    table.add(26, level(more, 11), time=11, evid=1, amt=0, cmt=2, ss=2, rate=2, extra=extra)
    look(table, 26, more, (11, 25), extra=extra)


def times_that_meet_but_for_rounding(table):
    extra = (0.1, 1, 0, 0, 0)
    doses = series(bolus(5.0, 0.1), 0.1, first=0, last=9)
    table.add(27, 0.0, time=0, evid=1, amt=5, cmt=2, ii=0.1, addl=9, extra=extra)
    look(table, 27, doses, (0.1, 0.3, 0.6, 0.7, 0.9, 1.0, 2.0), extra=extra)


CASES = (
    steady_with_a_lag_longer_than_the_interval,
    a_lag_of_whole_intervals_is_a_dose_now,
    one_steady_state_upon_another,
    a_modelled_duration_longer_than_the_interval,
    a_modelled_rate,
    a_reset_in_the_middle_of_a_series,
    reset_and_steady_state_with_repeats_and_lag,
    lag_share_and_rate_that_change_from_row_to_row,
    doses_and_looks_at_one_time,
    doses_of_nothing,
    a_clock_that_starts_anew,
    an_infusion_without_end,
    times_that_meet_but_for_rounding,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_answers_are_the_closed_form(case, tmp_path):
    table = Table()
    case(table)
    report = nonmem_conformance(**table.write(tmp_path), relative=1e-7)
    (scenario,) = report.scenarios
    assert scenario.passed, (scenario.failed, scenario.worst, scenario.problem)
    assert scenario.observations + scenario.doses == len(table.rows)


def test_many_subjects_in_one_table_in_any_order_do_not_disturb_each_other(tmp_path):
    table = Table()
    for case in reversed(CASES):
        case(table)
    report = nonmem_conformance(**table.write(tmp_path), relative=1e-7)
    assert [each.scenario for each in report.scenarios][-3:] == [3, 7, 1001]
    assert report.passed
    again = [
        note for note in report.notes if "1 dose records" in note or "dose records" in note
    ]
    assert "lag_column by NOCB" in again[0]


def test_rows_of_subjects_that_take_turns_are_put_together(tmp_path):
    table = Table()
    for case in (doses_of_nothing, a_modelled_rate):
        case(table)
    places = sorted(range(len(table.rows)), key=lambda place: (table.rows[place][1], place))
    table.rows = [(*table.rows[place], "note") for place in places]
    table.answers = [table.answers[place] for place in places]
    header = ("ID", *COLUMNS, *EXTRA, "LABEL")
    report = nonmem_conformance(**table.write(tmp_path, header=header), relative=1e-7)
    assert report.passed
    assert "columns not used: LABEL" in report.notes
    assert [each.scenario for each in report.scenarios] == [24, 15]


def test_a_wrong_answer_is_found_with_its_time(tmp_path):
    table = Table()
    a_modelled_rate(table)
    doses_of_nothing(table)
    subject, time, want = table.answers[5]
    table.answers[5] = (subject, time, want * 1.001)
    report = nonmem_conformance(**table.write(tmp_path))
    wrong, right = report.scenarios
    assert (wrong.failed, right.failed, report.passed) == (1, 0, False)
    assert (wrong.worst.row, wrong.worst.time_h) == (7, time)
    assert wrong.worst.got == pytest.approx(want, rel=1e-6)
    assert right.passed


def test_answers_may_stand_for_observations_alone_and_be_missing(tmp_path):
    table = Table()
    doses_of_nothing(table)
    files = table.write(tmp_path)
    kept = [
        answer for answer, row in zip(table.answers, table.rows, strict=True) if row[2] == 0
    ]
    table.answers = [(*kept[0][:2], "."), *kept[1:]]
    expected = table.write(tmp_path)["expected"]
    (scenario,) = nonmem_conformance(**{**files, "expected": expected}).scenarios
    assert (scenario.observations, scenario.doses, scenario.passed) == (len(kept) - 1, 0, True)


def test_headers_are_found_in_any_case_and_compartments_by_name(tmp_path):
    for name in ("intravenous", "Central", "2", "CENTRAL"):
        table = Table()
        doses = [bolus(40.0, 1)]
        table.add(5, level(doses, 1), time=1, evid=1, amt=40, cmt=name)
        look(table, 5, doses, (2, 8))
        header = [each.lower() for each in ("ID", *COLUMNS, *EXTRA)]
        assert nonmem_conformance(**table.write(tmp_path, header=header, answer="cp")).passed


def test_the_default_compartment_is_the_lowest(tmp_path):
    for name in ("0", "."):
        table = Table()
        absorption = 1.5
        want = (
            1e6 / VOLUME_ML * 40.0 * absorption / (absorption - ELIMINATION)
            * (np.exp(-ELIMINATION * 2.0) - np.exp(-absorption * 2.0))
        )  # fmt: skip
        table.add(5, 0.0, time=0, evid=1, amt=40, cmt=name)
        table.add(5, want, time=2, evid=0)
        assert nonmem_conformance(**table.write(tmp_path)).passed


CLEARED = """\
schema: algesia/model/1
id: cleared
title: Clearance in the table
drug: ketamine
values: {volume: 20 L}
data_columns: {clearance: {column: CL, unit: L/h}}
states: {central: {unit: mg, substance: ketamine}}
flows: {elimination: {from: central, to: null, rate: clearance * central / volume}}
outputs: {cp: {expression: central / volume, unit: mg/L, substance: ketamine}}
inputs:
  intravenous:
    {routes: [intravenous], substances: [ketamine], infusible: true, parts: [{into: central}]}
"""


@pytest.mark.parametrize(
    ("rule", "exponents"), [("nocb", (0.2, 1.0, 1.0)), ("locf", (0.1, 0.3, 0.3))]
)
def test_data_columns_hold_by_the_rule_chosen_and_missing_ones_are_the_last_known(
    rule, exponents, tmp_path
):
    (tmp_path / "model.yaml").write_text(CLEARED, encoding="utf-8")
    (tmp_path / "events.csv").write_text(
        "ID,TIME,EVID,AMT,CL\n1,0,1,40,1\n1,2,0,.,2\n1,4,0,.,8\n1,4,0,.,.\n", encoding="utf-8"
    )
    answers = [2.0 * np.exp(-each) for each in exponents]
    lines = [
        "ID,TIME,CP",
        "1,0,2",
        *(f"1,{t},{v:.9g}" for t, v in zip((2, 4, 4), answers, strict=True)),
    ]
    (tmp_path / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
    report = nonmem_conformance(
        data=tmp_path / "events.csv",
        expected=tmp_path / "answers.csv",
        model=tmp_path / "model.yaml",
        relative=1e-7,
        covariate_rule=rule,
    )
    assert report.passed, report.scenarios[0].worst
    assert report.notes[-1].endswith(f"clearance by {rule.upper()}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("ID,TIME,EVID,AMT\n1,0,1,40\n", r"no column in events.csv 'CL'.*needs it for"),
        ("ID,TIME,EVID,AMT,CL\n1,0,1,40,.\n", "row 2, column CL is missing and subject 1"),
        (
            "ID,TIME,EVID,AMT,CL,CMT\n1,0,1,40,1,3\n",
            "row 2, column CMT is 3; expected one of 1 = ",
        ),
        ("ID,TIME,EVID,AMT,CL,CMT\n1,0,1,40,1,gut\n", "row 2, column CMT is gut"),
        ("ID,TIME,EVID,AMT,CL,CMT\n1,0,2,0,1,-1\n", "CMT is '-1'.*turned off"),
        (
            "ID,TIME,EVID,AMT,CL,RATE\n1,0,1,40,1,-1\n",
            "row 2, column RATE: .*RATE -1.*no modelled_rate",
        ),
        ("ID,TIME,EVID,AMT,CL,DATE\n1,0,1,40,1,3\n", "column DATE.*times in hours"),
        ("ID,TIME,EVID,AMT,CL\n1,5,1,40,1\n1,4,0,0,1\n", "TIME is '4'"),
        ("ID,TIME,EVID,AMT,CL\n1,0,1,40,1\n1,1,2,.,1\n1,2,2,.,1\n", "1 rows; expected 3, one"),
    ],
)
def test_tables_that_cannot_be_used_are_refused_with_the_reason(data, message, tmp_path):
    (tmp_path / "model.yaml").write_text(CLEARED, encoding="utf-8")
    (tmp_path / "events.csv").write_text(data, encoding="utf-8")
    rows = ["1,0,2"] * (2 if "is '4'" in message else 1)
    (tmp_path / "answers.csv").write_text("\n".join(["ID,TIME,CP", *rows]), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        nonmem_conformance(
            data=tmp_path / "events.csv",
            expected=tmp_path / "answers.csv",
            model=tmp_path / "model.yaml",
        )


def test_one_scenario_without_an_answer_does_not_take_the_others_with_it(tmp_path):
    table = Table()
    doses_of_nothing(table)
    # A duration the model is asked for and does not have.
    table.add(30, 0.0, time=0, evid=1, amt=10, cmt=2, rate=-2, extra=(0, 1, 1, 5, 0))
    report = nonmem_conformance(**table.write(tmp_path))
    good, bad = report.scenarios
    assert good.passed
    assert not report.passed
    assert "duration" in bad.problem
    assert "row 10" in bad.problem


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"relative": 0.0}, DomainError, "relative is 0"),
        ({"model": "none.yaml"}, FileInputError, "none"),
        ({"expected": "none.csv"}, FileInputError, "none.csv cannot be read"),
    ],
)
def test_files_and_numbers_are_checked(change, error, message, tmp_path):
    table = Table()
    doses_of_nothing(table)
    files = table.write(tmp_path)
    given = {
        key: tmp_path / value if isinstance(value, str) else value
        for key, value in change.items()
    }
    with pytest.raises(error, match=message):
        nonmem_conformance(**{**files, **given})


def test_answers_of_other_rows_are_refused(tmp_path):
    table = Table()
    doses_of_nothing(table)
    subject, _, want = table.answers[2]
    table.answers[2] = (subject, 2.5, want)
    with pytest.raises(
        DataError, match=r"answers.csv, row 4 is ID 24 at 2.5 h; expected ID 24"
    ):
        nonmem_conformance(**table.write(tmp_path))


def test_a_column_of_answers_must_be_an_output_where_there_are_several(tmp_path):
    table = Table()
    doses_of_nothing(table)
    files = table.write(tmp_path, answer="CP,DV")
    text = files["expected"].read_text(encoding="utf-8")
    lines = [
        line if place == 0 else f"{line},." for place, line in enumerate(text.splitlines())
    ]
    files["expected"].write_text("\n".join(lines), encoding="utf-8")
    report = nonmem_conformance(**files)
    assert report.passed
    assert "columns of answers not compared: DV" in report.notes
    files["expected"].write_text("\n".join(lines).replace("CP", "IPRED"), encoding="utf-8")
    with pytest.raises(DataError, match="IPRED, DV; expected one called as an output"):
        nonmem_conformance(**files)


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("values:", "value:", InputError, "unknown key 'value'; close keys: values"),
        ("volume: 20 L", "volume: 20 ", InputError, "volume"),
        ("column: CL, unit: L/h", "column: CL, unit: L", InputError, "elimination.rate"),
        ("clearance * central", "central", InputError, "clearance"),
        ("[ketamine], inf", "[ketamin], inf", UnknownNameError, "ketamin"),
    ],
)
def test_a_model_file_that_does_not_hold_together_is_refused(
    old, new, error, message, tmp_path
):
    (tmp_path / "model.yaml").write_text(CLEARED.replace(old, new), encoding="utf-8")
    table = Table()
    doses_of_nothing(table)
    with pytest.raises(error, match=message):
        nonmem_conformance(**{**table.write(tmp_path), "model": tmp_path / "model.yaml"})


@pytest.mark.skipif(
    not PUBLIC.is_dir(), reason="the comparison set does not lie beside this checkout"
)
def test_the_public_set_agrees_in_every_row_of_all_29_scenarios():
    report = nonmem_conformance(
        data=PUBLIC / "data.csv", expected=PUBLIC / "nonmem.csv", model=MODEL
    )
    assert [each.scenario for each in report.scenarios if not each.passed] == []
    assert len(report.scenarios) == 29
    assert sum(each.observations for each in report.scenarios) == 29 * 131
    assert sum(each.doses for each in report.scenarios) == 38
