"""Whether the structure of a model can create or destroy molecules of drug."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from algesia.units import Dimension, dimension

from .flow import Flow
from .state import State

if TYPE_CHECKING:
    from .model import Model

__all__ = ["MOLES_CONSERVED", "MoleBalance", "mole_balance"]

MOLES_CONSERVED = "moles_conserved"
"""Key of the exemption by which a model declares that it cannot conserve moles."""

# Shares may exceed one by rounding of what a paper prints, not by more.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class MoleBalance:
    """Finding of the check.

    Parameters
    ----------
    problems
        One sentence per place where molecules may appear or vanish uncounted.
    exemption
        Reason the model declares for them, None if it declares none.
    """

    problems: tuple[str, ...]
    exemption: str | None

    @property
    def conserved(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    @property
    def accepted(self) -> bool:
        """Whether moles are conserved or the exemption is declared."""
        return self.conserved or self.exemption is not None


def mole_balance(model: "Model") -> MoleBalance:
    """Check each flow, extra derivative and input of a model.

    A flow conserves moles if both ends are amounts (nmol), or masses of one and the same
    substance, and no more enters the target than leaves the source. Flows between effects are
    not looked at. Shares made of parameters are taken at their typical values.
    """
    states = {state.name: state for state in model.states}
    drugs = {name: state for name, state in states.items() if _counts(state)}
    problems = [*_flow_problems(model, states, drugs)]
    problems += [
        f"derivative of '{name}': changes an amount by a formula of its own, not by flows"
        for name in model.derivatives
        if name in drugs
    ]
    problems += _input_problems(model)
    return MoleBalance(
        problems=tuple(problems), exemption=model.exemptions.get(MOLES_CONSERVED)
    )


def _counts(state: State) -> bool:
    """Whether a state holds amount or mass of a drug."""
    return _is(state, "amount") or (_is(state, "mass") and state.substance is not None)


def _is(state: State, kind: str) -> bool:
    return dimension(state.unit) == Dimension.of(**{kind: 1})


def _flow_problems(
    model: "Model", states: Mapping[str, State], drugs: Mapping[str, State]
) -> list[str]:
    known = model.typical_constants()
    problems: list[str] = []
    for flow in model.flows:
        if flow.target is None or flow.target not in drugs:
            continue
        if flow.source is None:
            problems.append(f"flow '{flow.name}': enters '{flow.target}' from nowhere")
            continue
        found = _pair_problem(states[flow.source], drugs[flow.target])
        if found is not None:
            problems.append(f"flow '{flow.name}': {found}")
        problems += _share_problem(flow, known)
    return problems


def _pair_problem(source: State, target: State) -> str | None:
    if _is(source, "amount") and _is(target, "amount"):
        return None
    if not _counts(source):
        return f"enters '{target.name}' from '{source.name}', which holds no amount"
    if source.substance == target.substance:
        return None
    return (
        f"carries {source.unit} of {source.substance} into {target.unit} of "
        f"{target.substance}, a mass between different molecules"
    )


def _share_problem(flow: Flow, known: Mapping[str, float]) -> list[str]:
    if flow.fraction is None or not flow.fraction.names <= set(known):
        return []
    share = float(flow.fraction.evaluate(known))
    if 0.0 <= share <= 1.0 + _ROUNDING:
        return []
    return [f"flow '{flow.name}': fraction is {share:g} at typical values"]


def _input_problems(model: "Model") -> list[str]:
    """Find inputs that hand out more than the dose, at typical values and the first device."""
    known = {**model.typical_constants(), "device_number": 1.0, "dose_number": 1.0}
    problems: list[str] = []
    for entry in model.inputs:
        shares = [part.fraction for part in entry.parts]
        if not all(share.names <= set(known) for share in shares):
            continue
        total = sum(float(share.evaluate(known)) for share in shares)
        if total > 1.0 + _ROUNDING:
            problems.append(
                f"input '{entry.name}': hands out {total:g} doses at typical values"
            )
    return problems
