"""What is asked about a plan of the list: variants, times, another format, a drawing."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from algesia.errors import FileInputError, InputError

if TYPE_CHECKING:
    from algesia.catalog.regimen_list import RegimenEntry
    from algesia.regimen import Regimen

__all__ = ["RegimenQuestion"]

_WEIGHT_KG = 70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenQuestion:
    """Options of a question about a plan.

    Parameters
    ----------
    variant
        Name of one variant, or None for all.
    events
        Times of events as `name=time`.
    as_yaml, as_nonmem, fhir
        Format to write one variant in; `fhir` is a version.
    weights_kg
        Weights of the subjects of an event table, kg.
    plot
        File to draw to, or None.
    force
        Whether that file may be replaced.
    """

    variant: str | None
    events: tuple[str, ...]
    as_yaml: bool
    as_nonmem: bool
    weights_kg: tuple[float, ...]
    fhir: str | None
    plot: Path | None
    force: bool

    @property
    def text_wanted(self) -> bool:
        """Whether the plan is to be written in another format."""
        return self.as_yaml or self.as_nonmem or self.fhir is not None

    def refuse_without_plan(self) -> None:
        """Refuse options that need a plan."""
        asked = self.text_wanted or bool(self.events or self.weights_kg)
        if asked or self.variant is not None or self.plot is not None:
            raise InputError("no plan is named; expected one, such as iv_0p5_x6_12d")

    def refuse_two_formats(self, *, as_json: bool) -> None:
        """Refuse two formats at once, and options that would do nothing."""
        formats = {"--yaml": self.as_yaml, "--nonmem": self.as_nonmem,
                   "--fhir": self.fhir is not None, "--json": as_json}  # fmt: skip
        chosen = [name for name, wanted in formats.items() if wanted]
        if len(chosen) > 1:
            raise InputError(f"{' and '.join(chosen)} are asked; expected one of them")
        if self.plot is not None and self.text_wanted:
            raise InputError(f"--plot and {chosen[0]} are asked; expected one of them")
        if self.weights_kg and not self.as_nonmem:
            raise InputError("--weight is asked without --nonmem; expected both")

    def plans(self, chosen: "RegimenEntry") -> dict[str, "Regimen"]:
        """Plans by the name of their variant."""
        events = dict(map(_event, self.events))
        if self.variant is not None:
            return {self.variant: chosen.regimen(self.variant, events=events)}
        return {name: chosen.regimen(name, events=events) for name in chosen.variants}

    def text(self, chosen: "RegimenEntry") -> str:
        """One variant in the format that is asked for."""
        import json

        import yaml

        from algesia.provenance import NOTICE

        plan = chosen.regimen(self.variant, events=dict(map(_event, self.events)))
        if self.as_yaml:
            from algesia.formats.regimen_yaml import regimen_mapping

            text = yaml.safe_dump(regimen_mapping(plan), sort_keys=False, allow_unicode=True)
            return f"# {NOTICE}\n{text}"
        if self.as_nonmem:
            from algesia.formats.regimen_table import regimen_table

            weights = self.weights_kg or (_WEIGHT_KG,)
            return regimen_table(plan, weight_kg=weights)
        from algesia.formats.fhir_dosage import fhir_plan, fhir_version

        title = "; ".join([chosen.label, *chosen.marks])
        resource = fhir_plan(plan, version=fhir_version(self.fhir or ""), title=title)
        return json.dumps(resource, indent=2, ensure_ascii=False) + "\n"

    def draw(self, chosen: "RegimenEntry", plans: dict[str, "Regimen"]) -> list[str]:
        """Draw the plans where that is asked for; give a line that says so."""
        if self.plot is None:
            return []
        if not plans:
            chosen.regimen()
        if not self.force and self.plot.exists():
            raise FileInputError(f"{self.plot} exists already; pass --force to replace it")
        from algesia.report.regimen_figure import write_regimen_figure

        marks = f" (marked: {', '.join(chosen.marks)})" if chosen.marks else ""
        title = f"{chosen.id}: {chosen.label}{marks}"
        write_regimen_figure(plans, self.plot, title=title, force=self.force)
        return [f"wrote {self.plot}"]


def _event(text: str) -> tuple[str, str]:
    """Read `closure=3 h`."""
    name, equals, time = text.partition("=")
    if not (equals and name.strip() and time.strip()):
        raise InputError(f"--event is '{text}'; expected one such as closure=3h")
    return name.strip(), time.strip()
