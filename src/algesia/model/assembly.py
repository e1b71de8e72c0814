"""`Assembly`: models joined port to port, and the one model they make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from algesia.errors import ModelError, UnitError, UnknownNameError, unknown_name
from algesia.provenance import Source
from algesia.units import dimension

from .covariate_distribution import CovariateDistribution
from .definition import Definition
from .expression import Expression
from .expression_tree import Name
from .model import Model
from .namespace import under_prefix
from .port import Port, PortDirection
from .symbol import require_symbol
from .validity_overlap import overlap

__all__ = ["Assembly"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Models joined port to port: drug to receptor to circuit to rating.

    Parameters
    ----------
    id
        Name of the model they make.
    title
        What it is, in words.
    members
        Models by the namespace their names get, such as `pk` and `pd`.
    connections
        The out port that feeds each in port, both as `namespace.port`.
    """

    id: str
    title: str
    members: Mapping[str, Model]
    connections: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.members:
            raise ModelError(
                f"assembly '{self.id}' has no members; expected at least one model"
            )
        for namespace in self.members:
            require_symbol(f"member of assembly '{self.id}'", namespace)
        for target, source in self.connections.items():
            fed, feeding = self._port(target, "in"), self._port(source, "out")
            if dimension(fed.unit) != dimension(feeding.unit):
                raise UnitError(
                    f"assembly '{self.id}': '{source}' gives {feeding.unit} "
                    f"({dimension(feeding.unit)}) but '{target}' takes {fed.unit} "
                    f"({dimension(fed.unit)}); expected one dimension at both ends"
                )
        for namespace, model in self.members.items():
            for port in model.ports:
                name = f"{namespace}.{port.name}"
                if port.direction == "in" and name not in self.connections:
                    shown = ", ".join(self._ports("out")) or "an out port, but there is none"
                    raise ModelError(
                        f"assembly '{self.id}': in port '{name}' is not connected; "
                        f"expected one of {shown}"
                    )

    def flatten(self) -> Model:
        """One model with names such as `pk_central`; connections become definitions.

        Raises
        ------
        ModelError
            If definitions feed each other in a circle, if members cite different sources under
            one key, or if no subject is inside the validity of all of them.
        """
        inside = [under_prefix(model, name) for name, model in self.members.items()]
        dosed = [model for model in inside if model.inputs]
        definitions = [entry for model in inside for entry in model.definitions]
        definitions += [self._joint(fed, feeding) for fed, feeding in self.connections.items()]
        validity, notes = overlap(
            {name: model.validity for name, model in self.members.items()}
        )
        population, more_notes = _first_populations(inside)
        return Model(
            id=self.id,
            title=self.title,
            drug=" + ".join(dict.fromkeys(model.drug for model in dosed or inside)),
            states=tuple(entry for model in inside for entry in model.states),
            parameters=tuple(entry for model in inside for entry in model.parameters),
            data_columns=tuple(entry for model in inside for entry in model.data_columns),
            flows=tuple(entry for model in inside for entry in model.flows),
            derivatives={k: v for model in inside for k, v in model.derivatives.items()},
            definitions=self._ordered(definitions),
            outputs=tuple(entry for model in inside for entry in model.outputs),
            inputs=tuple(entry for model in inside for entry in model.inputs),
            random_effects=tuple(entry for model in inside for entry in model.random_effects),
            blocks=tuple(entry for model in inside for entry in model.blocks),
            covariate_effects=tuple(
                entry for model in inside for entry in model.covariate_effects
            ),
            residuals=tuple(entry for model in inside for entry in model.residuals),
            validity=validity,
            population=population,
            sources=self._sources(),
            exemptions=self._exemptions(),
            notes=(*self._notes(), *notes, *more_notes),
        )

    def _ports(self, direction: PortDirection) -> Iterator[str]:
        for namespace, model in self.members.items():
            for port in model.ports:
                if port.direction == direction:
                    yield f"{namespace}.{port.name}"

    def _port(self, address: str, direction: PortDirection) -> Port:
        known = list(self._ports(direction))
        if address not in known:
            problem = unknown_name(f"{direction} port", address, known)
            raise UnknownNameError(f"assembly '{self.id}': {problem}")
        namespace, _, name = address.partition(".")
        return next(port for port in self.members[namespace].ports if port.name == name)

    def _joint(self, fed: str, feeding: str) -> Definition:
        """Write the definition that stands in for an in port."""
        namespace, _, name = feeding.partition(".")
        model = under_prefix(self.members[namespace], namespace)
        shown = f"{namespace}_{name}"
        formulas = {output.name: output.expression for output in model.outputs}
        symbols = {s.name for s in model.states} | {d.name for d in model.definitions}
        formula = Expression(tree=Name(shown)) if shown in symbols else formulas[shown]
        return Definition(name=fed.replace(".", "_", 1), expression=formula)

    def _ordered(self, definitions: list[Definition]) -> tuple[Definition, ...]:
        """Put each definition behind those it uses."""
        waiting = {entry.name: entry for entry in definitions}
        ordered: list[Definition] = []
        while waiting:
            ready = [e for e in waiting.values() if not e.expression.names & waiting.keys()]
            if not ready:
                raise ModelError(
                    f"assembly '{self.id}': {', '.join(waiting)} depend on each other in a "
                    "circle; expected a state somewhere along it"
                )
            ordered += ready
            for entry in ready:
                del waiting[entry.name]
        return tuple(ordered)

    def _sources(self) -> tuple[Source, ...]:
        found: dict[str, Source] = {}
        for model in self.members.values():
            for source in model.sources:
                if found.setdefault(source.key, source) != source:
                    raise ModelError(
                        f"assembly '{self.id}': source '{source.key}' differs between members; "
                        "expected one description per key"
                    )
        return tuple(found.values())

    def _exemptions(self) -> dict[str, str]:
        reasons: dict[str, list[str]] = {}
        for namespace, model in self.members.items():
            for check, reason in model.exemptions.items():
                reasons.setdefault(check, []).append(f"{namespace}: {reason}")
        return {check: "; ".join(each) for check, each in reasons.items()}

    def _notes(self) -> Iterator[str]:
        for namespace, model in self.members.items():
            yield from (f"{namespace} ({model.id}): {note}" for note in model.notes)


def _first_populations(
    models: Sequence[Model],
) -> tuple[tuple[CovariateDistribution, ...], tuple[str, ...]]:
    """Return the studied population: of each covariate the first model that reports it."""
    found: dict[str, CovariateDistribution] = {}
    notes: list[str] = []
    for model in models:
        for entry in model.population:
            if found.setdefault(entry.covariate, entry) is not entry:
                notes.append(
                    f"the distribution of {entry.covariate} in {model.id} is not used; "
                    "that of an earlier member is"
                )
    return tuple(found.values()), tuple(notes)
