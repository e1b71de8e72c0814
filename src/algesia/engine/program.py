"""`Program`: a system of ordinary differential equations without meaning, units or values."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from keyword import iskeyword
from typing import Literal, TypeAlias

from .expression import FUNCTIONS, names_in, parse

__all__ = ["TIME", "Program", "StepperName"]

StepperName: TypeAlias = Literal["rodas5p", "dopri5", "exact"]

STEPPERS: tuple[StepperName, ...] = ("rodas5p", "dopri5", "exact")

TIME = "time"
"""The name by which an expression refers to the time since the origin, in h."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the engine solves: names in, expressions between them.

    Attributes
    ----------
    states
        Names of the states, (X,).
    parameters
        Names of the parameters, (P,); each subject has at least one row of values for them.
    definitions
        Ordered (name, expression) pairs; an expression may use states, parameters, `time` and
        the definitions before it.
    derivatives
        One expression per state, (X,), change per h.
    outputs
        (name, expression) pairs, (O,).
    stepper
        ``rodas5p`` for stiff systems (the default), ``dopri5`` for those that are not,
        ``exact`` for those that are linear in the states and do not use `time`.

    Examples
    --------
    >>> decay = Program(states=("amount",), parameters=("rate",),
    ...     derivatives=("-rate * amount",), outputs=(("amount", "amount"),))
    >>> decay.stepper
    'rodas5p'
    """

    states: tuple[str, ...]
    parameters: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...] = ()
    derivatives: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...] = ()
    stepper: StepperName = "rodas5p"
    uses_time: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        if self.stepper not in STEPPERS:
            raise ValueError(
                f"stepper is '{self.stepper}'; expected one of {', '.join(STEPPERS)}"
            )
        if not self.states:
            raise ValueError("states is empty; expected at least one state")
        if len(self.derivatives) != len(self.states):
            raise ValueError(
                f"derivatives has {len(self.derivatives)} expressions; "
                f"expected one for each of {len(self.states)} states"
            )
        defined = [name for name, _ in self.definitions]
        _check_names([*self.states, *self.parameters, *defined])
        object.__setattr__(self, "uses_time", _check_expressions(self))

    @property
    def hash(self) -> str:
        """Content hash, 32 hexadecimal digits: equal programs have equal hashes."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _check_names(names: Iterable[str]) -> None:
    """Refuse a name that is not an identifier, is taken, or occurs twice."""
    seen: set[str] = set()
    for name in names:
        if not name.isidentifier() or not name.isascii() or iskeyword(name):
            raise ValueError(f"a name is '{name}'; expected letters, digits and underscores")
        if name in FUNCTIONS or name == TIME:
            raise ValueError(f"a name is '{name}', which is reserved; expected another name")
        if name in seen:
            raise ValueError(f"the name '{name}' is given twice; expected distinct names")
        seen.add(name)


def _check_expressions(program: Program) -> bool:
    """Refuse expressions with names not known at their place; tell whether `time` occurs."""
    known = {TIME, *program.states, *program.parameters}
    used: set[str] = set()

    def check(text: str, what: str) -> None:
        names = names_in(parse(text, what=what))
        unknown = sorted(names - known)
        if unknown:
            raise ValueError(
                f"{what} uses '{unknown[0]}'; "
                "expected a state, a parameter or an earlier definition"
            )
        used.update(names)

    for name, text in program.definitions:
        check(text, f"definition {name}")
        known.add(name)
    for name, text in zip(program.states, program.derivatives, strict=True):
        check(text, f"derivative of {name}")
    for name, text in program.outputs:
        check(text, f"output {name}")
    return TIME in used
