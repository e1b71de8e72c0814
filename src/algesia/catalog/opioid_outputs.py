"""Where an opioid effect is shown, breathing and withdrawal are shown beside it."""

from typing import Final

from algesia.model import Model

__all__ = ["OPIOID_HARM", "with_opioid_harm"]

OPIOID_HARM: Final = ("respiratory_drive", "opioid_withdrawal")
"""Outputs that no plan with an opioid goes without."""

_ENTRY: Final = "opioid_receptor"


def with_opioid_harm(model: Model, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Outputs that were asked for, with those of opioid harm where the model has them.

    A plan that stops, tapers, pauses or resumes an opioid can look harmless when only its
    benefit is asked for; so the harm cannot be left out.

    Parameters
    ----------
    model
        The model of an arm.
    wanted
        Names of outputs asked for; empty for all of them, which contains the harm.

    Returns
    -------
    tuple of str
        The same, and behind them what was missing.

    Examples
    --------
    >>> from algesia.catalog.companion import assembly
    >>> model = assembly("opioid_receptor", companions=["morphine"])
    >>> with_opioid_harm(model, ("opioid_analgesia",))
    ('opioid_analgesia', 'respiratory_drive', 'opioid_withdrawal')
    """
    if not wanted:
        return wanted
    known = {output.name for output in model.outputs}
    missing = []
    for harm in OPIOID_HARM:
        shown = {harm, f"{_ENTRY}_{harm}"} & known
        missing += sorted(shown - set(wanted))
    return (*wanted, *missing)
