"""The domain in which several models hold at once."""

from collections.abc import Mapping

from algesia.errors import DomainError

from .validity import CovariateDomain, Validity

__all__ = ["overlap"]


def overlap(members: Mapping[str, Validity]) -> tuple[Validity, tuple[str, ...]]:
    """Domain common to all members, with a note for each restriction on the dose.

    Parameters
    ----------
    members
        Validity of each member by its namespace.

    Returns
    -------
    tuple[Validity, tuple[str, ...]]
        The common domain, with the members its ends are of; dose ranges stay apart, since each
        speaks of its own drug.

    Raises
    ------
    DomainError
        If no value of some covariate lies in all domains. The message names both ends.
    """
    covariates: dict[str, CovariateDomain] = {}
    owners: dict[str, str] = {}
    for namespace, validity in members.items():
        for name, domain in validity.covariates.items():
            if name in covariates:
                common = _common(covariates[name], domain)
                if common is None:
                    raise DomainError(
                        f"validity of {name} is {covariates[name]} in '{owners[name]}' and "
                        f"{domain} in '{namespace}'; expected domains that overlap"
                    )
                before = (covariates[name], owners[name])
                owners[name] = _owner(common, before, (domain, namespace))
                covariates[name] = common
            else:
                covariates[name], owners[name] = domain, namespace
    notes = tuple(
        f"{namespace} was studied at {validity.dose_mg[0]:g} to {validity.dose_mg[1]:g} mg"
        for namespace, validity in members.items()
        if validity.dose_mg is not None
    )
    return (
        Validity(
            covariates=covariates,
            population=_joined(members, "population"),
            routes=tuple(dict.fromkeys(r for v in members.values() for r in v.routes)),
            owners={**_owners_of_flags(members), **owners},
            children=all(validity.children for validity in members.values()),
            pregnancy=all(validity.pregnancy for validity in members.values()),
            note=_joined(members, "note"),
        ),
        notes,
    )


def _owner(
    common: CovariateDomain,
    before: tuple[CovariateDomain, str],
    after: tuple[CovariateDomain, str],
) -> str:
    """Whose domain the common one is; of both where each cuts the other."""
    for domain, owner in (before, after):
        if common == domain:
            return owner
    return f"{before[1]} and {after[1]}"


def _owners_of_flags(members: Mapping[str, Validity]) -> dict[str, str]:
    """Members that shut out children, or pregnant subjects, that another would take."""
    owners = {}
    for flag in ("children", "pregnancy"):
        allowed = {name: bool(getattr(each, flag)) for name, each in members.items()}
        if any(allowed.values()):
            owners[flag] = " and ".join(name for name in allowed if not allowed[name])
    return {flag: owner for flag, owner in owners.items() if owner}


def _common(first: CovariateDomain, second: CovariateDomain) -> CovariateDomain | None:
    levels = tuple(level for level in first if isinstance(level, str) and level in second)
    if levels:
        return levels
    numbers = [end for end in (*first, *second) if isinstance(end, float)]
    if len(numbers) < 4:
        return None
    low, high = max(numbers[0], numbers[2]), min(numbers[1], numbers[3])
    return (low, high) if low <= high else None


def _joined(members: Mapping[str, Validity], key: str) -> str:
    texts = ((namespace, getattr(validity, key)) for namespace, validity in members.items())
    return "; ".join(f"{namespace}: {text}" for namespace, text in texts if text)
