import numpy as np
from numpy.testing import assert_allclose

from algesia.report.scale import linear_scale, logarithmic_scale


def test_a_logarithmic_panel_never_goes_below_a_thousandth_of_the_peak():
    scale = logarithmic_scale(np.array([0.0, 1e-12, 3.0, 250.0]))
    assert_allclose(scale.low, 0.25, rtol=1e-12, atol=0)
    assert scale.high > 250.0


def test_a_logarithmic_panel_spans_at_least_a_decade_so_a_flat_curve_looks_flat():
    scale = logarithmic_scale(np.array([99.0, 100.0]))
    assert_allclose(scale.low, 10.0, rtol=1e-12, atol=0)
    assert scale.ticks == (10.0, 20.0, 50.0, 100.0)


def test_there_is_no_logarithmic_scale_without_a_positive_value():
    assert logarithmic_scale(np.array([0.0, -1.0, np.nan])) is None
    assert logarithmic_scale(np.zeros(0)) is None


def test_a_linear_panel_starts_at_zero_unless_values_are_negative():
    assert linear_scale(np.array([5.0, 10.0])).low == 0.0
    assert linear_scale(np.array([-2.0, 1.0])).low < -2.0


def test_a_linear_panel_of_zeros_or_nothing_still_has_a_height():
    for values in (np.zeros(3), np.zeros(0), np.array([np.nan])):
        scale = linear_scale(values)
        assert scale.high > scale.low


def test_the_room_for_text_lies_above_the_data_on_both_kinds_of_axis():
    linear = linear_scale(np.array([100.0]))
    assert_allclose(linear.top(0.25) * 0.75, linear.high, rtol=1e-12, atol=0)
    scale = logarithmic_scale(np.array([1.0, 100.0]))
    height = np.log10(scale.top(0.25) / scale.low)
    assert_allclose(np.log10(scale.high / scale.low), 0.75 * height, rtol=1e-12, atol=0)
