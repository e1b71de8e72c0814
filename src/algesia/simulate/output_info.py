"""What one output is: its unit, moiety, salt form and sampling site."""

from dataclasses import dataclass

__all__ = ["OutputInfo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputInfo:
    """One output of an arm, as a reader needs to know it.

    Parameters
    ----------
    name
        Name of the output in the model.
    unit
        Unit of the values, as text.
    substance
        Name of the substance measured, or None for an effect.
    form
        `base` or a salt; concentrations of a base count the base only.
    site
        Sampling site such as `arterial plasma`, or None.
    description
        One line in words.
    """

    name: str
    unit: str
    substance: str | None
    form: str
    site: str | None
    description: str

    def label(self) -> str:
        """Name the moiety, site and unit for an axis.

        Examples
        --------
        >>> OutputInfo(name="plasma", unit="ng/mL", substance="esketamine", form="base",
        ...     site="arterial plasma", description="").label()
        'esketamine, arterial plasma [ng/mL]'
        """
        what = self.substance or self.description or self.name
        site = f", {self.site}" if self.site else ""
        salt = "" if self.form == "base" else f" {self.form}"
        return f"{what}{salt}{site} [{self.unit}]"
