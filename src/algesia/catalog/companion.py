"""Entries beside an entry: an assembly whose ports of one name are joined."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from algesia.errors import ModelError
from algesia.model import Assembly, Model, Port

from .entry import RUNGS, Entry, entry

__all__ = ["accompanied", "assembly", "lowest_rung"]

_Connections = dict[str, str | tuple[str, ...]]


def assembly(main: str, *, companions: Sequence[str]) -> Model:
    """Model of an entry with others beside it: an interacting drug, an effect.

    Each out port feeds the in ports of its name. The names of the main entry stay what they
    are, and so do the random differences between its subjects; those of a companion begin with
    its id.

    Parameters
    ----------
    main
        Entry that is asked about.
    companions
        Entries beside it, at least one; doses go to the entry that takes the drug.

    Raises
    ------
    UnknownNameError
        If there is no such entry; the message lists close names.
    ModelError
        If a companion has nothing to join and takes no dose, or no subject fits all entries.
    """
    return accompanied(entry(main).model, [entry(name) for name in companions])


def accompanied(main: Model, companions: Sequence[Entry]) -> Model:
    """Join entries to a model; see `assembly`.

    Parameters
    ----------
    main
        The model asked about.
    companions
        Entries beside it, at least one.
    """
    names = [each.id for each in companions]
    if not names:
        raise ModelError(f"no entry stands beside '{main.id}'; expected at least one")
    for place, name in enumerate(names):
        if name in (main.id, *names[:place]):
            raise ModelError(f"'{name}' stands beside itself; expected distinct entries")
    members = {main.id: main, **{each.id: each.model for each in companions}}
    connections = _joints(members)
    flat = Assembly(
        id="+".join(members),
        title=f"{main.title}, with {' and '.join(names)}",
        members=members,
        connections=connections,
        main=main.id,
    ).flatten()
    idle = _idle(members, connections, names)
    notes = (
        *flat.notes,
        *(_joint_note(target, connections[target]) for target in connections),
        *(f"{name} acts on nothing here" for name in idle),
    )
    return replace(flat, notes=notes)


def lowest_rung(entries: Sequence[Entry]) -> str:
    """Rung of what several entries make: that of the least checked one."""
    return min((each.rung for each in entries), key=RUNGS.index)


def _joints(members: Mapping[str, Model]) -> _Connections:
    """Out ports that feed each in port: those of its name, in the order of the members."""
    joints: _Connections = {}
    for namespace, model in members.items():
        for port in model.ports:
            if port.direction != "in":
                continue
            feeding = tuple(
                f"{other}.{port.name}"
                for other, source in members.items()
                if other != namespace and _shows(source, port)
            )
            if feeding:
                joints[f"{namespace}.{port.name}"] = feeding
    return joints


def _shows(model: Model, wanted: Port) -> bool:
    return any(port.direction == "out" and port.name == wanted.name for port in model.ports)


def _idle(
    members: Mapping[str, Model], connections: _Connections, names: Sequence[str]
) -> list[str]:
    """Companions without a joint; refused where they take no dose either."""
    ends = {target.partition(".")[0] for target in connections}
    ends |= {
        source.partition(".")[0]
        for sources in connections.values()
        for source in _addresses(sources)
    }
    idle = [name for name in names if name not in ends]
    for name in idle:
        if not members[name].inputs:
            own = ", ".join(port.name for port in members[name].ports) or "none"
            held = ", ".join(
                port.name
                for other, model in members.items()
                if other != name
                for port in model.ports
            )
            raise ModelError(
                f"'{name}' has no port in common with the rest and takes no dose; its ports "
                f"are {own}, those of the rest {held or 'none'}"
            )
    return idle


def _addresses(sources: str | tuple[str, ...]) -> tuple[str, ...]:
    return (sources,) if isinstance(sources, str) else sources


def _joint_note(target: str, sources: str | tuple[str, ...]) -> str:
    namespace, _, port = target.partition(".")
    feeding = " and ".join(source.partition(".")[0] for source in _addresses(sources))
    return f"{port} of {namespace} is set by {feeding}"
