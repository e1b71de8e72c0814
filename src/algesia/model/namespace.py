"""A model under a prefix, so that several models fit in one without sharing a name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar, overload

from algesia.provenance import Reported

from .covariate_effect import Allometry, CovariateEffect
from .definition import Definition
from .dose_input import Input, InputPart
from .expression import Expression
from .flow import Flow
from .model import Model
from .output import Output

__all__ = ["under_prefix"]

_Formula = TypeVar("_Formula", Definition, Output)


def under_prefix(model: Model, prefix: str) -> Model:
    """Return the model with every name of its own prefixed; covariates and sources keep theirs.

    Parameters
    ----------
    model
        The model.
    prefix
        Put before each name with an underscore: `pk` turns `central` into `pk_central`.
    """
    return _Renaming(model, prefix).apply()


class _Renaming:
    """The new names of one model's parts."""

    def __init__(self, model: Model, prefix: str) -> None:
        self._model = model
        self._prefix = prefix
        symbols = [entry.name for entry in model.states]
        symbols += [entry.name for entry in model.parameters]
        symbols += [entry.name for entry in model.data_columns]
        symbols += [entry.name for entry in model.definitions]
        symbols += [port.name for port in model.ports if port.direction == "in"]
        self._symbols: Mapping[str, str] = {name: self._name(name) for name in symbols}

    def apply(self) -> Model:
        model = self._model
        return replace(
            model,
            states=tuple(
                replace(
                    entry, name=self._name(entry.name), initial=self._formula(entry.initial)
                )
                for entry in model.states
            ),
            parameters=tuple(
                replace(
                    entry, name=self._name(entry.name), reported=self._value(entry.reported)
                )
                for entry in model.parameters
            ),
            data_columns=tuple(
                replace(entry, name=self._name(entry.name)) for entry in model.data_columns
            ),
            flows=tuple(self._flow(entry) for entry in model.flows),
            derivatives={
                self._name(name): self._formula(formula)
                for name, formula in model.derivatives.items()
            },
            definitions=self._formulas(model.definitions),
            outputs=self._formulas(model.outputs),
            inputs=tuple(self._input(entry) for entry in model.inputs),
            ports=tuple(replace(port, name=self._name(port.name)) for port in model.ports),
            random_effects=tuple(
                replace(
                    entry,
                    name=self._name(entry.name),
                    parameters=self._names(entry.parameters),
                    reported=self._value(entry.reported),
                )
                for entry in model.random_effects
            ),
            blocks=tuple(
                replace(
                    entry,
                    effects=self._names(entry.effects),
                    reported=self._values(entry.reported),
                )
                for entry in model.blocks
            ),
            covariate_effects=tuple(self._shift(entry) for entry in model.covariate_effects),
            residuals=tuple(
                replace(
                    entry,
                    output=self._name(entry.output),
                    reported=self._values(entry.reported),
                )
                for entry in model.residuals
            ),
            population=tuple(
                replace(entry, reported=self._values(entry.reported))
                for entry in model.population
            ),
        )

    @overload
    def _name(self, name: str) -> str: ...
    @overload
    def _name(self, name: str | None) -> str | None: ...
    def _name(self, name: str | None) -> str | None:
        return None if name is None else f"{self._prefix}_{name}"

    def _names(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._name(name) for name in names)

    @overload
    def _formula(self, formula: Expression) -> Expression: ...
    @overload
    def _formula(self, formula: Expression | None) -> Expression | None: ...
    def _formula(self, formula: Expression | None) -> Expression | None:
        return None if formula is None else formula.renamed(self._symbols)

    def _value(self, reported: Reported) -> Reported:
        return replace(reported, name=self._name(reported.name))

    def _values(self, reported: Iterable[Reported]) -> tuple[Reported, ...]:
        return tuple(self._value(value) for value in reported)

    def _formulas(self, entries: tuple[_Formula, ...]) -> tuple[_Formula, ...]:
        return tuple(
            replace(
                entry, name=self._name(entry.name), expression=self._formula(entry.expression)
            )
            for entry in entries
        )

    def _flow(self, entry: Flow) -> Flow:
        return Flow(
            name=self._name(entry.name),
            source=self._name(entry.source),
            target=self._name(entry.target),
            rate=self._formula(entry.rate),
            fraction=self._formula(entry.fraction),
        )

    def _input(self, entry: Input) -> Input:
        return replace(
            entry,
            name=self._name(entry.name),
            parts=tuple(self._part(part) for part in entry.parts),
            device_amount=self._name(entry.device_amount),
            device_interval=self._name(entry.device_interval),
        )

    def _part(self, part: InputPart) -> InputPart:
        formulas = {key: self._formula(formula) for key, formula, _ in part.expressions()}
        return replace(part, into=self._name(part.into), **formulas)

    def _shift(self, entry: CovariateEffect) -> CovariateEffect:
        reported = self._values(entry.reported)
        if isinstance(entry, Allometry):
            names = self._names(entry.parameters)
            return replace(entry, parameters=names, reported=reported)
        return replace(entry, parameter=self._name(entry.parameter), reported=reported)
