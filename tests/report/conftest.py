"""The tests of this folder share the results of `tests/result_fixtures.py`."""

from tests.result_fixtures import hide_package, make_arm, make_dose, make_result, result

__all__ = ["hide_package", "make_arm", "make_dose", "make_result", "result"]
