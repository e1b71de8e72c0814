"""One validation of a quick model, shared by all tests of this room."""

import pytest

from algesia.evidence import PkValidation, validate_pk


@pytest.fixture(scope="session")
def venous() -> PkValidation:
    """Esketamine by nose, mouth and vein in venous plasma."""
    return validate_pk("perezruixo_2021_nasal")


@pytest.fixture(scope="session")
def arterial() -> PkValidation:
    """Ketamine into a vein in arterial plasma."""
    return validate_pk("kamp_2020_general")
