"""When a run that was made again counts as the same."""

import pytest

from algesia.cli.agreement import Agreement, Check, number_verdict, row_checks


def row(measure, median, **changes):
    numbers = {"median": median, "p05": median, "p95": median, "mean": median}
    counts = {"n": 4, "missing": 0, "failed": 0}
    return {"arm": "a", "output": "o", "measure": measure, **counts, **numbers, **changes}


def judged(kept, made):
    return row_checks("a", kept, made, relative_tolerance=1e-6).verdict


def test_peak_times_and_half_lives_may_jump_and_areas_may_not():
    kept = [row("auc", 10.0), row("tmax", 1.0), row("half_life", 3.0)]
    assert judged(kept, [row("auc", 10.0), row("tmax", 2.0), row("half_life", 5.0)]) == "close"
    assert judged(kept, [row("auc", 10.1), *kept[1:]]) == "different"


def test_other_counts_measures_or_missing_numbers_are_a_difference():
    kept = [row("auc", 10.0)]
    assert judged(kept, [row("auc", 10.0, failed=1)]) == "different"
    assert judged(kept, [row("auc", 10.0), row("cmax", 1.0)]) == "different"
    assert judged(kept, [row("auc", None)]) == "different"
    assert judged([row("auc", None)], [row("auc", None)]) == "close"
    assert judged([row("auc", 0.0)], [row("auc", 0.0)]) == "close"
    assert judged([], []) == "different"


def test_the_limit_is_ten_relative_tolerances():
    def verdict(largest):
        return number_verdict("a", "values", largest, relative_tolerance=1e-6).verdict

    assert verdict(9.9e-6) == "close"
    assert verdict(1.01e-5) == "different"


def check(kind, verdict, what="x"):
    return Check(arm="", what=what, kind=kind, verdict=verdict)


@pytest.mark.parametrize(
    ("checks", "holds"),
    [
        ([check("numbers", "identical")], True),
        ([check("numbers", "close")], True),
        ([check("numbers", "different")], False),
        ([], False),
        ([check("input", "different"), check("numbers", "identical")], False),
        ([check("version", "different", "numba"), check("numbers", "close")], True),
        (
            [
                check("version", "different", "algesia"),
                check("input", "different"),
                check("numbers", "close"),
            ],
            True,
        ),
    ],
)
def test_numbers_must_agree_and_inputs_too_unless_algesia_is_another(checks, holds):
    agreement = Agreement(checks=tuple(checks))
    assert agreement.holds is holds
    assert agreement.sentence().startswith("verified" if holds else "not verified")
