import numpy as np
import pytest
from numpy.testing import assert_allclose

from algesia.errors import DomainError
from algesia.regimen import ideal_weight_kg


def test_five_feet_is_fifty_kilograms_for_men_and_less_for_women():
    weight = ideal_weight_kg(height_cm=np.array([152.4, 152.4]), female=np.array([False, True]))
    assert_allclose(weight, [50.0, 45.5], rtol=1e-12, atol=0)


def test_each_inch_adds_two_point_three_kilograms():
    weight = ideal_weight_kg(height_cm=np.array([180.34]), female=np.array([False]))
    assert_allclose(weight, [50 + 2.3 * 11], rtol=1e-12, atol=0)


@pytest.mark.parametrize("height", [1.75, 129.9, 221.0, np.nan])
def test_a_height_outside_the_range_names_its_subject(height):
    with pytest.raises(DomainError, match="height of subject 1 is"):
        ideal_weight_kg(height_cm=np.array([170.0, height]), female=np.array([True, True]))
