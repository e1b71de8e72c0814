"""The unit of an area under a curve, written as simply as it can be."""

__all__ = ["area_unit"]


def area_unit(unit: str) -> str:
    """Unit of an area: `ng/mL` becomes `ng*h/mL`, and of a rate `mg/h` becomes `mg`.

    Examples
    --------
    >>> area_unit("ng/mL"), area_unit("nmol/h")
    ('ng*h/mL', 'nmol')
    """
    numerator, *below = unit.split("/")
    if "h" in below:
        below.remove("h")
        return "/".join([numerator, *below])
    return "/".join(["h" if numerator == "1" else f"{numerator}*h", *below])
