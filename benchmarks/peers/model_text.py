"""`Model`: the equations as text, and the file that carries them to the peers' processes.

The peers live in an environment of their own, without this project, and read the model there.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Equations of one system, in Python's notation.

    Attributes
    ----------
    states
        Names of the states.
    initial
        State at time 0, one number per state.
    parameters
        Names of the parameters.
    definitions
        Name and expression of each intermediate; later ones may use earlier ones.
    derivatives
        Expression of each state's derivative, without dosing.
    driven
        States with a zero-order input, which is named `input_name(state)`.
    fed
        States that doses are added to.
    """

    states: tuple[str, ...]
    initial: tuple[float, ...]
    parameters: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    derivatives: tuple[str, ...]
    driven: tuple[str, ...]
    fed: tuple[str, ...]

    @staticmethod
    def input_name(state: str) -> str:
        """Name of the zero-order input into a state; letters only, as DiffSL wants."""
        return f"input{state}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Parameters, then the zero-order inputs: all that a right-hand side is given."""
        return (*self.parameters, *map(self.input_name, self.driven))

    @property
    def full_derivatives(self) -> tuple[str, ...]:
        """The derivatives with the zero-order inputs."""
        return tuple(
            f"{text} + {self.input_name(state)}" if state in self.driven else text
            for state, text in zip(self.states, self.derivatives, strict=True)
        )

    @property
    def fed_indices(self) -> list[int]:
        """Positions of the states that doses are added to."""
        return [self.states.index(name) for name in self.fed]

    def write(self, path: Path) -> None:
        """Write the model as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Model":
        """Read what `write` wrote."""
        given = json.loads(path.read_text(encoding="utf-8"))
        pairs = given.pop("definitions")
        return cls(
            definitions=tuple((name, text) for name, text in pairs),
            **{name: tuple(values) for name, values in given.items()},
        )
