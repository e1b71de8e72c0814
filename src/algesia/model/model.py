"""`Model`: a mechanism declared, checked when it is built."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from algesia.errors import InputError, ModelError, RouteError, unknown_name
from algesia.provenance import Source

from .covariance_block import CovarianceBlock
from .covariate_distribution import CovariateDistribution
from .covariate_effect import CovariateEffect
from .data_column import DataColumn
from .definition import Definition
from .dose_input import Input
from .expression import Expression
from .expression_tree import Binary, Negative, Node, Number
from .flow import Flow
from .model_check import check_model
from .mole_balance import MoleBalance, mole_balance
from .output import Output
from .parameter import Parameter
from .port import Port
from .port_check import with_port_defaults
from .random_effect import RandomEffect
from .residual_error import ResidualError
from .spread_loan import borrow_spread
from .state import State
from .validity import Validity
from .value_override import with_values

__all__ = ["Model"]

Part = TypeVar("Part", State, Parameter, Output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A mechanism: what there is, how it moves, how people differ, for whom it holds.

    Building one checks that every symbol is defined and used, that each state has one equation,
    that dimensions agree, and that everything named exists.

    Parameters
    ----------
    id
        Short name, that of the catalogue entry.
    title
        What it is, in words.
    drug
        Drug it was built on.
    states, flows, derivatives
        What changes, what moves between states, and equations of states no flow touches.
    definitions
        Named formulas, each using only earlier ones.
    outputs, inputs, ports
        What can be looked at, how doses enter, where other models join.
    parameters
        Every value, including those of spread, covariates, devices and residuals. An in port
        with a default is one too, for as long as nothing is joined to it.
    data_columns
        Symbols whose values stand in an event table, record by record.
    random_effects, blocks, covariate_effects, residuals
        How people, occasions and measurements differ.
    validity, population
        For whom it holds; who was studied.
    sources
        What the values were read in.
    unknown_routes
        Routes by which the drug is given and this model knows nothing, with the reason.
    exemptions
        Checks the model declares it cannot pass, with the reason.
    notes
        What a reader must know.
    """

    id: str
    title: str
    drug: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    flows: tuple[Flow, ...] = ()
    derivatives: Mapping[str, Expression] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()
    outputs: tuple[Output, ...] = ()
    inputs: tuple[Input, ...] = ()
    ports: tuple[Port, ...] = ()
    data_columns: tuple[DataColumn, ...] = ()
    random_effects: tuple[RandomEffect, ...] = ()
    blocks: tuple[CovarianceBlock, ...] = ()
    covariate_effects: tuple[CovariateEffect, ...] = ()
    residuals: tuple[ResidualError, ...] = ()
    validity: Validity = field(default_factory=Validity)
    population: tuple[CovariateDistribution, ...] = ()
    sources: tuple[Source, ...] = ()
    unknown_routes: Mapping[str, str] = field(default_factory=dict)
    exemptions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "parameters", with_port_defaults(self))
            check_model(self)
        except InputError as error:
            raise type(error)(f"{self.id}: {error}") from None

    def state(self, name: str) -> State:
        """State of a name, or an error with the closest name."""
        return _named(self.states, f"state of model '{self.id}'", name)

    def parameter(self, name: str) -> Parameter:
        """Parameter of a name, or an error with the closest name."""
        return _named(self.parameters, f"parameter of model '{self.id}'", name)

    def output(self, name: str) -> Output:
        """Output of a name, or an error with the closest name."""
        return _named(self.outputs, f"output of model '{self.id}'", name)

    def input_for(self, *, route: str, drug: str) -> Input:
        """Input that takes a drug by a route.

        Parameters
        ----------
        route
            Route of administration.
        drug
            Name of the substance given.

        Raises
        ------
        RouteError
            If the model has no such input. The message lists what it takes.
        """
        for entry in self.inputs:
            if route in entry.routes and drug in entry.substances:
                return entry
        taken = [
            f"{given} {by}"
            for entry in self.inputs
            for given in entry.substances
            for by in entry.routes
        ]
        raise RouteError(
            f"model '{self.id}' takes no {drug} by route '{route}'; "
            f"it takes {', '.join(taken) or 'no dose'}"
        )

    def dynamic_parameters(self) -> tuple[str, ...]:
        """Names of the parameters that equations, outputs, initial values or inputs use.

        Values that only describe spread, covariates, devices or residuals are not among them;
        data columns are, at the end.
        """
        used = frozenset[str]().union(*(formula.names for _, formula in self.expressions()))
        named = tuple(entry.name for entry in self.parameters if entry.name in used)
        return (*named, *(entry.name for entry in self.data_columns))

    def expressions(self) -> tuple[tuple[str, Expression], ...]:
        """Every formula of the model with the place where it stands."""
        rows: list[tuple[str, Expression]] = []
        rows += [(f"states.{s.name}.initial", s.initial) for s in self.states]
        rows += [(f"definitions.{d.name}", d.expression) for d in self.definitions]
        for flow in self.flows:
            rows.append((f"flows.{flow.name}.rate", flow.rate))
            if flow.fraction is not None:
                rows.append((f"flows.{flow.name}.fraction", flow.fraction))
        rows += [(f"derivatives.{name}", formula) for name, formula in self.derivatives.items()]
        rows += [(f"outputs.{o.name}.expression", o.expression) for o in self.outputs]
        for entry in self.inputs:
            for place, part in enumerate(entry.parts):
                rows += [
                    (f"inputs.{entry.name}.parts.{place}.{key}", formula)
                    for key, formula, _ in part.expressions()
                ]
        return tuple(rows)

    def constant_definitions(self) -> tuple[Definition, ...]:
        """Definitions made of parameters only, in order; initial values may use them."""
        known = {entry.name for entry in self.parameters}
        known |= {entry.name for entry in self.data_columns}
        constant: list[Definition] = []
        for definition in self.definitions:
            if definition.expression.names <= known:
                constant.append(definition)
                known.add(definition.name)
        return tuple(constant)

    def typical_constants(self) -> dict[str, float]:
        """Typical value of each dynamic parameter and constant definition, canonical units.

        Raises
        ------
        ModelError
            If the model has data columns: they have no typical value.
        """
        if self.data_columns:
            raise ModelError(
                f"model '{self.id}' has the data column '{self.data_columns[0].name}', which "
                "has no typical value; expected a model whose values are all its own"
            )
        values = {
            name: self.parameter(name).reported.canonical()
            for name in self.dynamic_parameters()
        }
        for definition in self.constant_definitions():
            values[definition.name] = float(definition.expression.evaluate(values))
        return values

    def dynamics(self) -> tuple[tuple[str, str], ...]:
        """Change of each state per h as canonical text, flows added up, states in order.

        Raises
        ------
        ModelError
            If a port without default is still open: such a model has no dynamics of its own.
        """
        open_ports = [
            port.name for port in self.ports if port.direction == "in" and port.default is None
        ]
        if open_ports:
            raise ModelError(
                f"model '{self.id}' has open ports {', '.join(open_ports)}; "
                "expected each to be connected in an Assembly first"
            )
        return tuple((state.name, self._derivative(state.name).text) for state in self.states)

    def sinks(self) -> tuple[tuple[str, Expression], ...]:
        """Flows that leave the system, each with what it carries out, source unit per h."""
        lost = ((flow.name, flow.leaving_system()) for flow in self.flows)
        return tuple((name, formula) for name, formula in lost if formula is not None)

    def conserves_moles(self) -> MoleBalance:
        """Whether the structure can create or destroy molecules of drug uncounted."""
        return mole_balance(self)

    def with_spread_from(self, other: "Model", mapping: Mapping[str, str]) -> "Model":
        """Return this model with random effects borrowed from another, at grade D.

        Parameters
        ----------
        other
            The model that reports a spread.
        mapping
            Random effect of the other model for each parameter of this one that is to vary.

        Raises
        ------
        UnknownNameError
            If a parameter or a random effect does not exist.
        """
        return borrow_spread(self, other, mapping)

    def with_values(self, values: Mapping[str, float | str]) -> "Model":
        """Return this model with some of its values set to others, at grade D.

        Parameters
        ----------
        values
            By name of a parameter, a number with its unit, such as '2 h', or a plain number
            where the value has no unit.

        Raises
        ------
        InputError
            If there is no such value, its unit differs, it lies outside the range the model
            gives it, or it cannot be set.
        """
        return with_values(self, values)

    def _derivative(self, state: str) -> Expression:
        if state in self.derivatives:
            return self.derivatives[state]
        terms = [("+", f.entering().tree) for f in self.flows if f.target == state]
        terms += [("-", f.rate.tree) for f in self.flows if f.source == state]
        return Expression(tree=_total(terms))


def _named(parts: Iterable[Part], kind: str, name: str) -> Part:
    known = {part.name: part for part in parts}
    if name not in known:
        raise unknown_name(kind, name, known)
    return known[name]


def _total(terms: list[tuple[str, Node]]) -> Node:
    total: Node | None = None
    for sign, term in terms:
        if total is None:
            total = term if sign == "+" else Negative(term)
        else:
            total = Binary("+" if sign == "+" else "-", total, term)
    return Number(0.0) if total is None else total
