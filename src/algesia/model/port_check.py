"""Ports of a model: the parameters that in ports with defaults are, and what out ports show."""

from typing import TYPE_CHECKING

from algesia.errors import ModelError, UnknownNameError, unknown_name

from .parameter import Parameter

if TYPE_CHECKING:
    from .model import Model

__all__ = ["check_ports", "with_port_defaults"]


def with_port_defaults(model: "Model") -> tuple[Parameter, ...]:
    """Parameters of a model and, behind them, those its in ports with defaults are.

    Raises
    ------
    ModelError
        If a parameter of another meaning bears the name of such a port.
    """
    known = {entry.name: entry for entry in model.parameters}
    added = []
    for port in model.ports:
        if port.direction != "in" or port.default is None:
            continue
        own = port.parameter()
        if own.name not in known:
            added.append(own)
        elif known[own.name].reported.note != own.reported.note:
            raise ModelError(f"symbol '{own.name}' is defined twice; expected distinct names")
    return (*model.parameters, *added)


def check_ports(model: "Model") -> None:
    """Refuse ports of no direction, out ports that show nothing, and spread on a default.

    Raises
    ------
    InputError
        At the first such port. The message names it.
    """
    shown = {state.name for state in model.states} | {entry.name for entry in model.definitions}
    shown |= {entry.name for entry in model.outputs}
    varied = {
        name: effect.name for effect in model.random_effects for name in effect.parameters
    }
    varied |= {
        name: effect.covariate
        for effect in model.covariate_effects
        for name in effect.parameters
    }
    for port in model.ports:
        if port.direction not in {"in", "out"}:
            raise ModelError(
                f"ports.{port.name}: direction is '{port.direction}'; expected in or out"
            )
        if port.direction == "out" and port.name not in shown:
            problem = unknown_name("state, definition or output", port.name, shown)
            raise UnknownNameError(f"ports.{port.name}: {problem}")
        if port.direction == "in" and port.name in varied:
            raise ModelError(
                f"ports.{port.name}: '{varied[port.name]}' varies it between people; expected "
                "the spread on a parameter, since what is joined to a port replaces its default"
            )
