"""What must hold before a set of parts is a model: names, equations, use of every value."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from algesia.errors import ModelError, UnknownNameError, nearest_names, unknown_name
from algesia.provenance import Reported

from .expression import Expression
from .model_dimension_check import check_dimensions
from .port_check import check_ports
from .spread_check import check_spread
from .substance_check import check_substances
from .symbol import DOSE_ATTRIBUTES, TIME

if TYPE_CHECKING:
    from .model import Model

__all__ = ["check_model", "reported_in_use"]


def check_model(model: "Model") -> None:
    """Refuse a model whose parts do not fit together.

    Raises
    ------
    InputError
        At the first part that does not fit. The message names its place, without the model.
    """
    if not model.states:
        raise ModelError("states is empty; expected at least one state")
    _check_names(model)
    _check_ends(model)
    _check_equations(model)
    _check_symbols(model)
    check_ports(model)
    check_substances(model)
    check_spread(model)
    _check_use(model)
    check_dimensions(model)


def _check_names(model: "Model") -> None:
    """Symbols are distinct over all kinds; outputs, flows, inputs and ports within theirs."""
    symbols = [
        *(entry.name for entry in model.states),
        *(entry.name for entry in model.parameters),
        *(entry.name for entry in model.data_columns),
        *(entry.name for entry in model.definitions),
        *(port.name for port in model.ports if port.direction == "in" and port.default is None),
    ]
    _distinct("symbol", symbols)
    _distinct("flow", (entry.name for entry in model.flows))
    _distinct("output", (entry.name for entry in model.outputs))
    _distinct("input", (entry.name for entry in model.inputs))
    _distinct("port", (entry.name for entry in model.ports))
    _distinct("random effect", (entry.name for entry in model.random_effects))
    _distinct("residual of output", (entry.output for entry in model.residuals))
    _distinct("distribution of covariate", (entry.covariate for entry in model.population))
    _distinct("source", (entry.key for entry in model.sources))
    sources = [source.key for source in model.sources]
    for parameter in model.parameters:
        key = parameter.reported.source
        if key and key not in sources:
            raise UnknownNameError(
                f"values.{parameter.name}.source: {unknown_name('source', key, sources)}"
            )


def _distinct(kind: str, names: Iterable[str]) -> None:
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        raise ModelError(f"{kind} '{doubled[0]}' is defined twice; expected distinct names")


def _check_ends(model: "Model") -> None:
    """Flows, derivatives and inputs name states that exist."""
    states = [state.name for state in model.states]
    ends: list[tuple[str, str]] = []
    for flow in model.flows:
        ends += [
            (f"flows.{flow.name}.{key}", name)
            for key, name in (("from", flow.source), ("to", flow.target))
            if name is not None
        ]
    ends += [("derivatives", name) for name in model.derivatives]
    for entry in model.inputs:
        ends += [
            (f"inputs.{entry.name}.parts.{place}.into", part.into)
            for place, part in enumerate(entry.parts)
        ]
    for where, name in ends:
        if name not in states:
            raise UnknownNameError(f"{where}: {unknown_name('state', name, states)}")
    _check_unknown_routes(model)
    served = Counter(
        (drug, f"{route} {formulation}".strip())
        for entry in model.inputs
        for drug in entry.substances
        for route in entry.routes
        for formulation in (entry.formulations or ("",))
    )
    for (drug, route), count in served.items():
        if count > 1:
            raise ModelError(
                f"inputs: {drug} by route '{route}' enters by {count} inputs; expected one"
            )


def _check_unknown_routes(model: "Model") -> None:
    """A route is known or unknown, and unknown for a reason."""
    for route, reason in model.unknown_routes.items():
        if not reason.strip():
            raise ModelError(f"unknown_routes.{route} has no reason; expected one")
        for entry in model.inputs:
            if route in entry.routes and entry.member is None:
                raise ModelError(
                    f"unknown_routes.{route}: input '{entry.name}' serves it; "
                    "expected one of the two"
                )


def _check_equations(model: "Model") -> None:
    """Each state has flows or a derivative of its own, never both, never neither."""
    flowing: dict[str, str] = {}
    for flow in model.flows:
        for name in (flow.source, flow.target):
            if name is not None:
                flowing.setdefault(name, flow.name)
    for state in model.states:
        if state.name in model.derivatives and state.name in flowing:
            raise ModelError(
                f"state '{state.name}' has two equations, derivatives.{state.name} and "
                f"flows.{flowing[state.name]}; expected one"
            )
        if state.name not in model.derivatives and state.name not in flowing:
            raise ModelError(
                f"state '{state.name}' has no equation; expected a flow or a derivative"
            )


def _check_symbols(model: "Model") -> None:
    """Every symbol is known where it stands."""
    parameters = {entry.name for entry in model.parameters}
    columns = {entry.name for entry in model.data_columns}
    constants = parameters | columns | {entry.name for entry in model.constant_definitions()}
    moving = {state.name for state in model.states} | parameters | columns | {TIME}
    moving |= {port.name for port in model.ports if port.direction == "in"}
    later = [entry.name for entry in model.definitions]
    for entry in model.definitions:
        _require_known(f"definitions.{entry.name}", entry.expression, moving, later)
        moving.add(entry.name)
        later.remove(entry.name)
    for where, formula in model.expressions():
        if where.startswith("definitions."):
            continue
        if where.startswith("states."):
            _require_known(where, formula, constants, moving)
        elif where.startswith("inputs."):
            _require_known(where, formula, constants | set(DOSE_ATTRIBUTES), moving)
        else:
            _require_known(where, formula, moving, ())
    for dose_input in model.inputs:
        for name in dose_input.device_parameters():
            if name not in parameters:
                problem = unknown_name("parameter", name, parameters)
                raise UnknownNameError(f"inputs.{dose_input.name}: {problem}")


def _require_known(
    where: str, formula: Expression, known: Iterable[str], elsewhere: Iterable[str]
) -> None:
    """Refuse symbols that are unknown, or known only elsewhere."""
    names = set(known)
    unknown = sorted(formula.names - names)
    if not unknown:
        return
    first = unknown[0]
    if first in set(elsewhere):
        reason = (
            "is defined later; move it up"
            if where.startswith("definitions.")
            else "changes with time; expected parameters and definitions made of them"
        )
        raise ModelError(f"{where}: '{formula.text}' uses '{first}', which {reason}")
    close = nearest_names(first, names)
    hint = f"; close names: {', '.join(close)}" if close else "; define it or remove it"
    raise UnknownNameError(
        f"{where}: '{formula.text}' uses '{first}', which is undefined{hint}"
    )


def reported_in_use(model: "Model") -> dict[str, str]:
    """Names of the values that spread, covariates, devices and residuals use, and where."""
    used: dict[str, str] = {}

    def note(where: str, values: Iterable[Reported]) -> None:
        used.update({value.name: where for value in values})

    for effect in model.random_effects:
        note(f"random_effects.{effect.name}", [effect.reported])
    for block in model.blocks:
        note("blocks", block.reported)
    for shift in model.covariate_effects:
        note("covariate_effects", shift.reported)
    for residual in model.residuals:
        note(f"residuals.{residual.output}", residual.reported)
    for distribution in model.population:
        note(f"population.{distribution.covariate}", distribution.reported)
    for entry in model.inputs:
        used.update(dict.fromkeys(entry.device_parameters(), f"inputs.{entry.name}"))
    return used


def _check_use(model: "Model") -> None:
    """Every value, definition and in port is used; every value used in an equation is known."""
    formulas: Mapping[str, Expression] = dict(model.expressions())
    places: dict[str, str] = {}
    for where, formula in formulas.items():
        for name in formula.names:
            places.setdefault(name, where)
    aside = reported_in_use(model)
    shown = {port.name for port in model.ports if port.direction == "out"}
    wanted = [
        *(("definitions", each.name) for each in model.definitions if each.name not in shown),
        *(("ports", port.name) for port in model.ports if port.direction == "in"),
        *(("data_columns", column.name) for column in model.data_columns),
    ]
    for kind, name in wanted:
        if name not in places:
            raise ModelError(f"{kind}.{name} is used nowhere; use it or remove it")
    for parameter in model.parameters:
        if parameter.name not in places and parameter.name not in aside:
            raise ModelError(f"values.{parameter.name} is used nowhere; use it or remove it")
        if parameter.name in places and parameter.reported.value is None:
            raise ModelError(
                f"values.{parameter.name} is declared unknown but {places[parameter.name]} "
                "needs it; expected a number"
            )
