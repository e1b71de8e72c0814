import pytest
from numpy.testing import assert_allclose

from algesia.catalog.curve_file import curve, curve_names
from algesia.errors import UnknownNameError


def test_a_curve_has_as_many_levels_as_times_in_hours() -> None:
    found = curve("kamp_esketamine_after_esketamine")
    assert found.substance == "esketamine"
    assert found.time_h.size == found.concentration.size == 17
    assert_allclose(found.time_h[5], 1.0, rtol=1e-12, atol=0)
    assert_allclose(found.concentration[5], 0.3208, rtol=1e-12, atol=0)


def test_every_curve_can_be_read() -> None:
    assert len(curve_names()) == 9
    assert all((curve(name).concentration >= 0.0).all() for name in curve_names())


def test_a_curve_nobody_measured_is_refused_with_a_close_name() -> None:
    with pytest.raises(UnknownNameError, match="kamp_esketamine_after_esketamine"):
        curve("kamp_esketamine_after_esketamin")
