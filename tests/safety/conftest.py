"""What the tests of the rules share."""

from collections.abc import Callable

import pytest

from algesia.regimen import parse_regimen
from algesia.safety import Screening, patient_of, screen


@pytest.fixture
def screened() -> Callable[..., Screening]:
    """Screen a patient given as the keys of a file, 70 kg unless said otherwise."""

    def call(plan: str, **keys: object) -> Screening:
        file = {"schema": "algesia/patient/1", "label": "A", "weight": "70 kg", **keys}
        return screen(patient_of(file), parse_regimen(plan))

    return call


@pytest.fixture
def status(screened) -> Callable[..., str]:
    """Status of one rule."""

    def call(rule: str, plan: str, **keys: object) -> str:
        found = screened(plan, **keys)
        return next(each.status for each in found.findings if each.rule.id == rule)

    return call
