"""Equations in which a covariate or data column changes along a straight line.

Between two records the value is ``at_record + slope_per_h * (time - record_h)``, computed where
the derivatives are. A parameter that such a covariate shifts is its value at the record, an
engine parameter, times or plus what the shift has become since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from algesia.engine import Program
from algesia.errors import DataError
from algesia.model import Allometry, CovariateEffect, LinearAbove, Model

from .layout import program_of

__all__ = ["Equations", "LineColumn", "equations_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineColumn:
    """A parameter of the engine that a line needs beside those of the model.

    Parameters
    ----------
    name
        Its name in the program.
    of
        Covariate, data column or parameter it belongs to.
    holds
        `value` at the record, `slope` per h, `start` of the line, h, or the `gain`: change of
        the parameter per change of what a `linear_above` effect adds.
    """

    name: str
    of: str
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equations:
    """A model as the engine solves it for one arm.

    Parameters
    ----------
    program
        What the engine reads.
    columns
        Place of each parameter of the program among the model's dynamic parameters, followed
        by the columns of lines.
    lines
        Columns of lines.
    """

    program: Program
    columns: tuple[int, ...]
    lines: tuple[LineColumn, ...] = ()

    def slopes(self) -> tuple[int, ...]:
        """Places of the slopes among the parameters of the program."""
        names = [each.name for each in self.lines if each.holds == "slope"]
        return tuple(self.program.parameters.index(name) for name in names)


def equations_of(model: Model, rules: Mapping[str, str]) -> Equations:
    """Equations of a model with some covariates and data columns along lines.

    Parameters
    ----------
    model
        The model.
    rules
        Rule of each covariate and data column of the event table; empty without one.

    Raises
    ------
    DataError
        If a covariate shifts a parameter in a way no line can follow, naming both.
    """
    program = program_of(model)
    names = model.dynamic_parameters()
    places = [names.index(name) for name in program.parameters]
    linear = [name for name, rule in rules.items() if rule == "linear"]
    shifted = _shifted(model, program, linear)
    data = [name for name in program.parameters if name in linear and name in _data(model)]
    if not shifted and not data:
        return Equations(program=program, columns=tuple(places))
    lines = _Lines(program)
    kept = {name: lines.name(f"{name}_at_record") for name in (*data, *shifted)}
    for name in data:
        lines.add(name, name, kept[name])
    acting = [each.covariate for effects in shifted.values() for each in effects]
    covariates = {}
    for name in dict.fromkeys(acting):
        at_record = lines.column(name, "value", f"{name}_at_record")
        covariates[name] = (lines.add(lines.name(f"{name}_now"), name, at_record), at_record)
    for name, effects in shifted.items():
        gain = ""
        if isinstance(effects[0], LinearAbove):
            gain = lines.column(name, "gain", f"{name}_gain")
        lines.definitions.append((name, _text(kept[name], effects, covariates, gain)))
    added = tuple(each.name for each in lines.columns)
    followed = replace(
        program,
        parameters=(*(kept.get(name, name) for name in program.parameters), *added),
        definitions=(*lines.definitions, *program.definitions),
        stepper="rodas5p" if program.stepper == "exact" else program.stepper,
    )
    return Equations(
        program=followed,
        columns=(*places, *range(len(names), len(names) + len(added))),
        lines=tuple(lines.columns),
    )


class _Lines:
    """Collects what lines add to a program, under names it does not have."""

    def __init__(self, program: Program) -> None:
        self._taken = {*program.states, *program.parameters, *dict(program.definitions)}
        self.columns: list[LineColumn] = []
        self.definitions: list[tuple[str, str]] = []

    def name(self, wanted: str) -> str:
        """A name not taken yet."""
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted

    def column(self, of: str, holds: str, wanted: str) -> str:
        """A new parameter of the engine."""
        name = self.name(wanted)
        self.columns.append(LineColumn(name=name, of=of, holds=holds))
        return name

    def add(self, name: str, of: str, at_record: str) -> str:
        """Define a name as a value along its line."""
        slope = self.column(of, "slope", f"{of}_slope_per_h")
        start = self.column(of, "start", f"{of}_record_h")
        self.definitions.append((name, f"{at_record} + {slope} * (time - {start})"))
        return name


def _data(model: Model) -> list[str]:
    return [each.name for each in model.data_columns]


def _shifted(
    model: Model, program: Program, linear: list[str]
) -> dict[str, tuple[CovariateEffect, ...]]:
    """Parameters of the program that lines shift, each with the effects that do."""
    found = {}
    for name in program.parameters:
        acting = [each for each in model.covariate_effects if name in each.parameters]
        effects = [each for each in acting if each.covariate in linear]
        if effects:
            _refuse_mixtures(model, name, acting, effects)
            found[name] = tuple(effects)
    return found


def _refuse_mixtures(
    model: Model, name: str, acting: list[CovariateEffect], effects: list[CovariateEffect]
) -> None:
    """Refuse effects whose course is neither a ratio nor a sum."""
    later = acting[acting.index(effects[0]) + 1 :]
    adding = any(isinstance(each, LinearAbove) for each in effects)
    ratio = not adding and not any(isinstance(each, LinearAbove) for each in later)
    alone = len(effects) == 1 and adding
    logit = any(
        name in each.parameters and each.kind == "logit_normal" for each in model.random_effects
    )
    if logit or not (ratio or alone):
        why = "its spread is on the logit scale" if logit else "it is multiplied and added to"
        raise DataError(
            f"covariate rule of {effects[0].covariate} is 'linear', but '{name}' of model "
            f"'{model.id}' cannot follow a line: {why}; expected 'nocb' or 'locf'"
        )


def _text(
    value: str,
    effects: tuple[CovariateEffect, ...],
    covariates: Mapping[str, tuple[str, str]],
    gain: str,
) -> str:
    """Value of a parameter now, from its value at the record."""
    for each in effects:
        now, at_record = covariates[each.covariate]
        if isinstance(each, Allometry):
            value = f"{value} * ({now} / {at_record}) ** ({each.exponent!r})"
        elif isinstance(each, LinearAbove):
            above = [f"max({name} - ({each.threshold!r}), 0)" for name in (now, at_record)]
            value = f"{value} + {gain} * ({each.slope!r}) * ({above[0]} - {above[1]})"
    return value
