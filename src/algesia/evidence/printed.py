"""What a source prints, read into measures, numbers and units.

Every observation is stored twice: word for word and structured. Reading the words must give the
structure, so a slip of either is found when the file is loaded.
"""

import re
from dataclasses import dataclass
from typing import Final

from algesia.errors import FileInputError

from .observation import ObservedValue

__all__ = [
    "PrintedMeasure",
    "printed_measure",
    "printed_moieties",
    "printed_unit",
    "printed_value",
]

_H_PER: Final = {"h": 1.0, "min": 1.0 / 60.0}
_NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
_RATIO_WORDS: Final = "AUC ratio"
_HOURS_OF_A_DAY: Final = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedMeasure:
    """What a printed quantity is.

    Parameters
    ----------
    measure
        The measure.
    from_h, to_h
        Window that the words give, h.
    relative
        Whether the number is a change: -0.54 is 0.46 of what it was.
    """

    measure: str
    from_h: float | None = None
    to_h: float | None = None
    relative: bool = False


_MEASURES: Final = {
    "Cmax": "cmax",
    "Cmax range": "cmax",
    "Tmax": "tmax",
    "AUC": "auc",
    "AUC ratio NK/K": "auc_ratio",
    "AUC ratio HNK/K": "auc_ratio",
    "AUC ratio (dose-normalised)": "auc_ratio",
    "F": "fraction_absorbed",
    "CL": "clearance",
    "CL (IV)": "clearance",
    "Vss (IV)": "volume_steady_state",
    "V_beta": "volume_beta",
    "t_half": "half_life",
    "t_half_beta": "half_life",
    "plasma protein bound": "fraction_bound",
    "urinary recovery of dose": "urinary_recovery",
    "faecal recovery of dose": "faecal_recovery",
    "brain/plasma of noresketamine relative to esketamine": "brain_ratio",
    "measured serum": "measured_level",
    "AUC_ratio": "auc_change",
    "NK_AUC_ratio": "auc_change",
    "Cmax_ratio": "cmax_change",
    "t_half_ratio": "half_life_change",
    "effect on exposure": "auc_change",
    "effect on steady state": "steady_state_change",
}
_RELATIVE: Final = {
    "NK_to_K_ratio_change": "ratio_change",
    "CL_K_change": "clearance_change",
    "CL_NK_change": "clearance_change",
}
_ANALYTES: Final[dict[str, tuple[tuple[str, ...], str | None]]] = {
    "racemic ketamine": (("ketamine",), None),
    "ketamine": (("ketamine",), None),
    "S-ketamine": (("esketamine",), None),
    "esketamine": (("esketamine",), None),
    "norketamine": (("norketamine",), None),
    "S-norketamine": (("esnorketamine",), None),
    "noresketamine": (("esnorketamine",), None),
    "norketamine (each enantiomer)": (("esnorketamine", "arnorketamine"), None),
    "norketamine/ketamine": (("norketamine",), "ketamine"),
    "S-norketamine/S-ketamine": (("esnorketamine",), "esketamine"),
    "S-HNK": (("eshydroxynorketamine",), None),
    "DHNK": (("dehydronorketamine",), None),
}
_UNITS: Final = {
    "fraction": "1",
    "fraction (approx.)": "1",
    "ratio": "1",
    "h (approx.)": "h",
    "min after last spray": "min",
    "ug*h/L": "µg*h/L",
    "ug/mL": "µg/mL",
    "L/h/70kg": "L/h/70 kg",
}


def printed_measure(quantity: str) -> PrintedMeasure:
    """Measure and window of a printed quantity.

    Raises
    ------
    FileInputError
        If the words are not understood.

    Examples
    --------
    >>> printed_measure("AUC0-6h").to_h
    6.0
    """
    windowed = re.fullmatch(r"AUC0-(\d+)(h|min)", quantity)
    if windowed:
        stop_h = float(windowed[1]) * _H_PER[windowed[2]]
        return PrintedMeasure(measure="auc", from_h=0.0, to_h=stop_h)
    day = re.fullmatch(r"Css day (\d+)", quantity)
    if day:
        stop_h = float(day[1]) * _HOURS_OF_A_DAY
        return PrintedMeasure(
            measure="steady_state", from_h=stop_h - _HOURS_OF_A_DAY, to_h=stop_h
        )
    if quantity in _RELATIVE:
        return PrintedMeasure(measure=_RELATIVE[quantity], relative=True)
    if quantity not in _MEASURES:
        raise FileInputError(
            f"quantity '{quantity}' is not understood; known: {', '.join(_MEASURES)}"
        )
    return PrintedMeasure(measure=_MEASURES[quantity])


def printed_moieties(analyte: str, quantity: str) -> tuple[tuple[str, ...], str | None]:
    """What was measured, and what it is divided by.

    Raises
    ------
    FileInputError
        If the analyte is not understood.

    Examples
    --------
    >>> printed_moieties("racemic ketamine", "AUC ratio NK/K")
    (('norketamine',), 'ketamine')
    """
    if quantity == "AUC ratio NK/K":
        return ("norketamine",), "ketamine"
    if quantity == "AUC ratio HNK/K":
        return ("hydroxynorketamine",), "ketamine"
    if quantity.startswith("brain/plasma of noresketamine"):
        return ("esnorketamine",), "esketamine"
    if analyte not in _ANALYTES:
        raise FileInputError(
            f"analyte '{analyte}' is not understood; known: {', '.join(_ANALYTES)}"
        )
    return _ANALYTES[analyte]


def printed_unit(unit: str) -> str:
    """Give the unit in the spelling of the project.

    Examples
    --------
    >>> printed_unit("L/h/70kg"), printed_unit("ng/mL")
    ('L/h/70 kg', 'ng/mL')
    """
    return _UNITS.get(unit, unit)


def printed_value(number: str | None, *, relative: bool = False) -> ObservedValue:
    """Read a printed number with its spread.

    Parameters
    ----------
    number
        Such as `52.3 (SD 12.2)`, `20 to 40` or `about 0.3`; words without a number are
        unknown.
    relative
        Whether it is a relative change, to be turned into a ratio.

    Examples
    --------
    >>> printed_value("52.3 (SD 12.2)").sd
    12.2
    >>> printed_value("-0.54", relative=True).central
    0.46
    """
    if number is None:
        return ObservedValue()
    range_ = re.fullmatch(rf"{_NUMBER} to {_NUMBER}", number)
    if range_:
        return ObservedValue(low=float(range_[1]), high=float(range_[2]))
    bound = re.fullmatch(rf"(>=|<=){_NUMBER}", number)
    if bound:
        edge = float(bound[2])
        return ObservedValue(low=edge) if bound[1] == ">=" else ObservedValue(high=edge)
    lower = re.fullmatch(rf"{_NUMBER}-{_NUMBER} times lower", number)
    if lower:
        return ObservedValue(low=1.0 / float(lower[2]), high=1.0 / float(lower[1]))
    central = re.fullmatch(rf"(about |geometric mean )?{_NUMBER}(?: \(([^()]*)\))?", number)
    if not central:
        return ObservedValue()
    return _central_value(central, relative=relative)


def _central_value(found: "re.Match[str]", *, relative: bool) -> ObservedValue:
    """Read a number with what stands in brackets behind it."""
    value = float(found[2])
    value = round(1.0 + value, 6) if relative else value
    approximate = (found[1] or "").strip() == "about"
    spread = found[3] or ""
    pairs = re.fullmatch(rf"(CI|range) {_NUMBER} to {_NUMBER}", spread)
    if pairs:
        ends = (float(pairs[2]), float(pairs[3]))
        return ObservedValue(
            central=value,
            approximate=approximate,
            confidence=ends if pairs[1] == "CI" else None,
            extent=ends if pairs[1] == "range" else None,
        )
    single = re.fullmatch(rf"(SD|geometric SD|CV) {_NUMBER}(?: %)?", spread)
    if spread and not single:
        raise FileInputError(f"'({spread})' is not understood; expected SD, CV, CI or range")
    kind, size = (single[1], float(single[2])) if single else ("", 0.0)
    return ObservedValue(
        central=value,
        approximate=approximate,
        sd=size if kind == "SD" else None,
        geometric_sd=size if kind == "geometric SD" else None,
        cv_percent=size if kind == "CV" else None,
    )
