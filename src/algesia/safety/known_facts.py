"""Everything known about a patient and a plan, stated or computed, as values by fact."""

from collections.abc import Mapping

from .fact import FactValue, FactValues
from .fact_file import purposes
from .medicine import MedicineMatch
from .patient import Patient

__all__ = ["known_facts"]


def known_facts(
    patient: Patient,
    plan: FactValues,
    setting: FactValues,
    medicines: tuple[MedicineMatch, ...] | None,
) -> Mapping[str, tuple[FactValue, ...]]:
    """Put together what is known.

    Parameters
    ----------
    patient
        The patient.
    plan
        Facts computed from the plan.
    setting
        Facts stated beside the patient file; they take the place of the file's.
    medicines
        Medicines with what is known of them; None where nothing is said about them.

    Returns
    -------
    Mapping
        Values by fact; a fact that is not known is not there.
    """
    values = {**_from_medicines(medicines), **patient.stated, **setting}
    for name in patient.said_unknown:
        if name not in setting:
            values.pop(name, None)
    if patient.sex == "male":
        values.setdefault("pregnant", (False,))
    if "purpose" not in values and "condition" in values:
        values["purpose"] = tuple(
            purpose
            for purpose, conditions in purposes().items()
            if set(conditions) & set(values["condition"])
        )
    return {**values, **plan}


def _from_medicines(
    medicines: tuple[MedicineMatch, ...] | None,
) -> dict[str, tuple[FactValue, ...]]:
    """What the list of medicines says, if every one of them is known."""
    if medicines is None or any(each.found is None for each in medicines):
        return {}
    opioids = len({each.found for each in medicines if "opioid" in each.classes})
    values: dict[str, tuple[FactValue, ...]] = {"number_of_opioids": (float(opioids),)}
    if opioids == 0:
        # Without an opioid there is nothing to convert, and nothing to cut.
        values |= {"oral_morphine_equivalent": (0.0,), "opioid_cut": ()}
    return values
