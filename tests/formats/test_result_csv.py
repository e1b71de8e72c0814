import csv

import numpy as np
from numpy.testing import assert_array_equal

from algesia.formats.result_csv import write_csv
from algesia.formats.result_rows import COLUMNS
from algesia.provenance import NOTICE


def read_rows(path):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    return [line.rstrip() for line in lines[:start]], list(csv.DictReader(lines[start:]))


def test_the_header_carries_notice_receipt_failures_and_sources(tmp_path, result):
    header, _ = read_rows(write_csv(result, tmp_path / "run.csv"))
    assert header[0] == f"# {NOTICE}"
    text = "\n".join(header)
    assert f"receipt: {result.receipt['scenario']}" in text
    assert "arm infusion 0.5 mg/kg: 1 of 60 subjects failed" in text
    assert "doi:10.3389/fpain.2022.946486" in text
    assert "spread borrowed from simons_2022, grade D" in text


def test_every_value_can_be_read_back_exactly(tmp_path, result):
    _, rows = read_rows(write_csv(result, tmp_path / "run.csv"))
    assert tuple(rows[0]) == COLUMNS
    values = np.array([float(row["value"] or "nan") for row in rows])
    assert_array_equal(values, np.concatenate([arm.values.ravel() for arm in result.arms]))
    assert {row["observed"] for row in rows} == {""}
    assert {row["status"] for row in rows} == {"ok", "too_many_steps"}


def test_names_cannot_break_the_header_or_start_a_formula(tmp_path, make_arm, make_result):
    arm = make_arm('=HYPERLINK("x")\narm,1', subjects=1, failed=0, times=2)
    header, rows = read_rows(write_csv(make_result(arm), tmp_path / "run.csv"))
    assert all(line.startswith("# ") for line in header)
    assert {row["arm"] for row in rows} == {'\'=HYPERLINK("x")\narm,1'}
