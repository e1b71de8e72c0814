"""`Assembly`: models joined port to port, and the one model they make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from algesia.errors import ModelError, UnitError, UnknownNameError, unknown_name
from algesia.provenance import Source
from algesia.units import dimension

from .assembly_member import as_companion, first_populations, idle_population_values
from .definition import Definition
from .expression import Expression
from .expression_tree import Binary, Name, Node
from .model import Model
from .namespace import under_prefix
from .port import Port, PortDirection
from .symbol import require_symbol
from .validity import Validity
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
        The out port that feeds each in port, both as `namespace.port`; or several out ports,
        where the in port says how they combine. An in port with a default may stay unconnected.
    main
        Namespace of the member whose names keep themselves, so that its random differences and
        its outputs are those it has alone; the others accompany it. None prefixes all of them.
    """

    id: str
    title: str
    members: Mapping[str, Model]
    connections: Mapping[str, str | tuple[str, ...]]
    main: str | None = None

    def __post_init__(self) -> None:
        if not self.members:
            raise ModelError(
                f"assembly '{self.id}' has no members; expected at least one model"
            )
        for namespace in self.members:
            require_symbol(f"member of assembly '{self.id}'", namespace)
        if self.main is not None and self.main not in self.members:
            problem = unknown_name("member", self.main, self.members)
            raise UnknownNameError(f"assembly '{self.id}': {problem}")
        for target in self.connections:
            self._check_joint(target)
        for namespace, model in self.members.items():
            for port in model.ports:
                name = f"{namespace}.{port.name}"
                if port.direction == "out" or port.default is not None:
                    continue
                if name not in self.connections:
                    shown = ", ".join(self._ports("out")) or "an out port, but there is none"
                    raise ModelError(
                        f"assembly '{self.id}': in port '{name}' is not connected; "
                        f"expected one of {shown}"
                    )

    def flatten(self) -> Model:
        """One model with names such as `pk_central`; connections become definitions.

        Ports to which nothing is joined stay open: an in port with its default, an out port
        without effect.

        Raises
        ------
        ModelError
            If definitions feed each other in a circle, if members cite different sources under
            one key, or if no subject is inside the validity of all of them.
        """
        inside = [self._member(namespace) for namespace in self.members]
        dosed = [model for model in inside if model.inputs]
        definitions = [entry for model in inside for entry in model.definitions]
        definitions += [self._joint(target) for target in self.connections]
        joined = {self._name(target) for target in self.connections}
        validity, notes = overlap({name: each.validity for name, each in self.members.items()})
        population, more_notes = first_populations(self._main_first(inside))
        idle = joined | idle_population_values(inside, population)
        drugs = dict.fromkeys(model.drug for model in dosed or inside)
        return Model(
            id=self.id,
            title=self.title,
            drug=" + ".join(drugs) if self.main is None else self.members[self.main].drug,
            states=tuple(entry for model in inside for entry in model.states),
            parameters=tuple(
                entry
                for model in inside
                for entry in model.parameters
                if entry.name not in idle
            ),
            data_columns=tuple(entry for model in inside for entry in model.data_columns),
            flows=tuple(entry for model in inside for entry in model.flows),
            derivatives={k: v for model in inside for k, v in model.derivatives.items()},
            definitions=self._ordered(definitions),
            outputs=tuple(entry for model in inside for entry in model.outputs),
            inputs=tuple(entry for model in inside for entry in model.inputs),
            ports=self._open_ports(inside),
            random_effects=tuple(entry for model in inside for entry in model.random_effects),
            blocks=tuple(entry for model in inside for entry in model.blocks),
            covariate_effects=tuple(
                entry for model in inside for entry in model.covariate_effects
            ),
            residuals=tuple(entry for model in inside for entry in model.residuals),
            validity=self._with_doses(validity),
            population=population,
            sources=self._sources(),
            unknown_routes={} if self.main is None else self.members[self.main].unknown_routes,
            exemptions=self._exemptions(),
            notes=(*self._notes(), *(() if self.main else notes), *more_notes),
        )

    def _member(self, namespace: str) -> Model:
        """Return a member under the names it has in the whole."""
        model = self.members[namespace]
        if self.main is None:
            return under_prefix(model, namespace)
        return model if namespace == self.main else as_companion(model, namespace)

    def _with_doses(self, validity: Validity) -> Validity:
        """Keep the doses studied with the main member; companions have theirs at inputs."""
        if self.main is None:
            return validity
        own = self.members[self.main].validity
        return replace(
            validity,
            dose_mg=own.dose_mg,
            doses=own.doses,
            unknown_doses=own.unknown_doses,
        )

    def _open_ports(self, inside: list[Model]) -> tuple[Port, ...]:
        """Ports that no connection uses."""
        used = {self._name(target) for target in self.connections}
        used |= {self._name(s) for target in self.connections for s in self._feeding(target)}
        return tuple(port for model in inside for port in model.ports if port.name not in used)

    def _main_first(self, inside: list[Model]) -> list[Model]:
        """Members with the main one in front: of two studied populations its own counts."""
        names = list(self.members)
        order = sorted(range(len(names)), key=lambda place: names[place] != self.main)
        return [inside[place] for place in order]

    def _name(self, address: str) -> str:
        """Name in the whole of what `namespace.name` addresses."""
        namespace, _, name = address.partition(".")
        return name if namespace == self.main else f"{namespace}_{name}"

    def _feeding(self, target: str) -> tuple[str, ...]:
        sources = self.connections[target]
        return (sources,) if isinstance(sources, str) else tuple(sources)

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

    def _check_joint(self, target: str) -> None:
        """Both ends exist, in one dimension; several sources only where the port combines."""
        fed, sources = self._port(target, "in"), self._feeding(target)
        for source in sources:
            feeding = self._port(source, "out")
            if dimension(fed.unit) != dimension(feeding.unit):
                raise UnitError(
                    f"assembly '{self.id}': '{source}' gives {feeding.unit} "
                    f"({dimension(feeding.unit)}) but '{target}' takes {fed.unit} "
                    f"({dimension(fed.unit)}); expected one dimension at both ends"
                )
        if not sources or len(set(sources)) < len(sources):
            raise ModelError(
                f"assembly '{self.id}': in port '{target}' is fed by "
                f"{', '.join(sources) or 'nothing'}; expected distinct out ports"
            )
        if len(sources) > 1 and fed.combine is None:
            raise ModelError(
                f"assembly '{self.id}': in port '{target}' is fed by {', '.join(sources)} and "
                "does not say how they combine; expected one of them"
            )

    def _joint(self, target: str) -> Definition:
        """Write the definition that stands in for an in port."""
        shown = [self._shown(source) for source in self._feeding(target)]
        summed = self._port(target, "in").combine == "sum"
        tree = shown[0]
        for further in shown[1:]:
            tree = Binary("+" if summed else "*", tree, further)
        return Definition(name=self._name(target), expression=Expression(tree=tree))

    def _shown(self, source: str) -> Node:
        """Formula of what an out port shows."""
        model = self._member(source.partition(".")[0])
        shown = self._name(source)
        formulas = {output.name: output.expression for output in model.outputs}
        symbols = {s.name for s in model.states} | {d.name for d in model.definitions}
        return Name(shown) if shown in symbols else formulas[shown].tree

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
            owner = namespace if namespace == model.id else f"{namespace} ({model.id})"
            head = "" if namespace == self.main else f"{owner}: "
            yield from (f"{head}{note}" for note in model.notes)
