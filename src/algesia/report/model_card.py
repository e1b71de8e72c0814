"""A model on one page: what it takes and gives, its equations, values, spread and claims."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from algesia.catalog.claim import Claim
from algesia.catalog.entry import Entry
from algesia.errors import ModelError
from algesia.model import COVARIATE_UNITS, Allometry, Categorical, CovariateEffect, Model
from algesia.provenance import Reported

from .tables import new_table
from .wording import indented, notice_line, number_text, plain, range_text, value_text

__all__ = ["claim_verdict", "model_card"]


def model_card(entry: Entry, *, predicted: Mapping[str, float] | None = None) -> Group:
    """Show all of a catalogue entry.

    Parameters
    ----------
    entry
        The entry.
    predicted
        What the model gives for its claims, by the claim's name, in the claim's unit; claims
        without one are shown as not run.

    Returns
    -------
    Group
        Sections for the terminal, then the notice.
    """
    model = entry.model
    parts: list[RenderableType] = [
        plain(model.title, "bold"),
        plain(f"{model.id}; drug {model.drug}; rung {entry.rung}"),
    ]
    sections: tuple[tuple[str, list[RenderableType]], ...] = (
        ("Takes", _inputs(model)),
        ("Gives", _outputs(model)),
        ("Joins", _ports(model)),
        ("Holds for", _validity(model)),
        (
            "Does not know",
            [_line(f"route {': '.join(each)}") for each in model.unknown_routes.items()],
        ),
        ("Structure", _structure(model)),
        ("Values", _values(model)),
        ("Differences between people", _spread(model)),
        (
            "Effects of covariates",
            [_line(_covariate(model, each)) for each in model.covariate_effects],
        ),
        ("Residual error", _residuals(model)),
        ("Claims", _claims(entry.claims(), predicted or {})),
        ("Declared exemptions", [_line(": ".join(each)) for each in model.exemptions.items()]),
        ("Notes", [_line(note) for note in model.notes]),
        ("Sources", [_line(f"{source.key}: {source.citation()}") for source in model.sources]),
    )
    for title, body in sections:
        if body:
            parts += [Text(), plain(title, "bold"), *body]
    return Group(*parts, Text(), notice_line())


def _line(text: str) -> RenderableType:
    return indented(text, 2)


def _inputs(model: Model) -> list[RenderableType]:
    lines = []
    for entry in model.inputs:
        how = "at once or over time" if entry.infusible else "at once"
        into = ", ".join(dict.fromkeys(part.into for part in entry.parts))
        what = (
            f"{' or '.join(entry.substances)} by {', '.join(entry.routes)}, {how}, into {into}"
        )
        lines.append(_line(f"{entry.name}: {what}"))
    return [*lines]


def _outputs(model: Model) -> list[RenderableType]:
    lines = []
    for output in model.outputs:
        moiety = f"{output.substance} {output.form}" if output.substance else ""
        about = [part for part in (moiety, output.site, output.description) if part]
        lines.append(_line(f"{output.name} ({output.unit}): {', '.join(about)}"))
    return [*lines]


def _ports(model: Model) -> list[RenderableType]:
    lines = []
    for port in model.ports:
        if port.direction == "out":
            about = "shown to others"
        elif port.default is None:
            about = "must be joined"
        else:
            about = f"{value_text(port.default, port.unit)} while nothing is joined"
        if port.combine is not None:
            about += f"; several sources make their {port.combine}"
        lines.append(_line(f"{port.name} ({port.unit}), {port.direction}: {about}"))
    return [*lines]


def _validity(model: Model) -> list[RenderableType]:
    validity = model.validity
    texts = [validity.population] if validity.population else []
    texts += [
        f"{name} {range_text(low, high)} {COVARIATE_UNITS[name]}"
        for name, (low, high) in validity.ranges().items()
    ]
    texts += [f"{name}: {', '.join(levels)}" for name, levels in validity.levels().items()]
    if validity.routes:
        texts.append(f"routes: {', '.join(validity.routes)}")
    for route, ranges in validity.doses.items():
        texts.append(f"doses by route {route}: {' or '.join(map(str, ranges))}")
    for route, reason in validity.unknown_doses.items():
        texts.append(f"doses by route {route}: {reason}")
    if validity.dose_mg is not None:
        texts.append(f"single doses of {range_text(*validity.dose_mg)} mg")
    texts.append(f"children {'included' if validity.children else 'excluded'}")
    texts.append(f"pregnancy {'included' if validity.pregnancy else 'excluded'}")
    if validity.note:
        texts.append(validity.note)
    return [_line(text) for text in texts]


def _structure(model: Model) -> list[RenderableType]:
    lines = [f"{item.name} = {item.expression.text}" for item in model.definitions]
    try:
        lines += [f"d({state})/dt = {text}" for state, text in model.dynamics()]
    except ModelError as error:
        lines.append(str(error))
    lines += [f"{item.name} = {item.expression.text}" for item in model.outputs]
    return [_line(line) for line in lines]


def _values(model: Model) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for parameter in model.parameters:
        reported = parameter.reported
        number = value_text(reported.value, reported.unit)
        about = [reported.form.replace("_", " "), reported.origin.replace("_", " ")]
        about += [f"grade {reported.grade}", reported.source, reported.locator]
        about += [reported.note or ""]
        lines.append(_line(f"{parameter.name} = {number}"))
        lines.append(indented(", ".join(part for part in about if part), 6))
    return lines


def _spread(model: Model) -> list[RenderableType]:
    lines = []
    for effect in model.random_effects:
        kind = effect.kind.replace("_", "-")
        acts = ", ".join(effect.parameters)
        lines.append(
            f"{effect.name}: {kind} per {effect.level} on {acts}, variance "
            f"{number_text(effect.variance)}; printed as {_printed(effect.reported)}"
        )
    lines += [f"drawn together: {', '.join(block.effects)}" for block in model.blocks]
    return [_line(line) for line in lines or ["none reported"]]


def _printed(reported: Reported) -> str:
    form = reported.form.replace("_", " ")
    return f"{form} {value_text(reported.value, reported.unit)}, grade {reported.grade}"


def _covariate(model: Model, effect: CovariateEffect) -> str:
    if isinstance(effect, Allometry):
        unit = COVARIATE_UNITS[effect.covariate]
        return (
            f"{', '.join(effect.parameters)}: times ({effect.covariate} / "
            f"{number_text(effect.reference)} {unit}) ** {number_text(effect.exponent)}"
        )
    if isinstance(effect, Categorical):
        return (
            f"{effect.parameter}: times {number_text(effect.factor)} where "
            f"{effect.covariate} is {effect.level}"
        )
    of = model.parameter(effect.parameter).reported.canonical_unit
    unit = COVARIATE_UNITS[effect.covariate]
    return (
        f"{effect.parameter}: changes by {number_text(effect.slope)} {of} per {unit} of "
        f"{effect.covariate} above {number_text(effect.threshold)} {unit}"
    )


def _residuals(model: Model) -> list[RenderableType]:
    return [
        _line(
            f"{residual.output}: {residual.kind.replace('_', '-')}, "
            f"{'; '.join(_printed(reported) for reported in residual.reported)}"
        )
        for residual in model.residuals
    ]


def _claims(claims: Sequence[Claim], predicted: Mapping[str, float]) -> list[RenderableType]:
    """Table of the claims, then each reason for a tolerance and each known misfit once."""
    if not claims:
        return []
    table = new_table("claim", "printed", "model", "verdict")
    for claim in claims:
        found = predicted.get(claim.id)
        sentence = claim.sentence.rstrip(".")
        table.add_row(
            plain(f"{sentence} ({claim.source}, {claim.locator}); within {_width(claim)}"),
            plain(f"{number_text(claim.expected)} {_unit(claim)}"),
            plain("" if found is None else f"{number_text(found)} {_unit(claim)}"),
            plain(claim_verdict(claim, found)),
        )
    reasons = [f"Why within {_width(claim)}: {claim.tolerance.reason}" for claim in claims]
    misfits = [
        f"Known misfit: {claim.expected_to_fail}" for claim in claims if claim.expected_to_fail
    ]
    return [table, *(_line(text) for text in dict.fromkeys(reasons + misfits))]


def claim_verdict(claim: Claim, predicted: float | None) -> str:
    """Say in words whether a claim holds.

    Parameters
    ----------
    claim
        The claim.
    predicted
        What the model gives, in the unit of the claim; None where it was not run.

    Returns
    -------
    str
        `holds`, `fails`, `known misfit` where the failure is declared, `holds unexpectedly`
        where a declared one does not show, or `not run`.
    """
    if predicted is None:
        return "not run"
    holds = claim.tolerance.holds(predicted, claim.expected)
    if claim.expected_to_fail is None:
        return "holds" if holds else "fails"
    return "holds unexpectedly" if holds else "known misfit"


def _width(claim: Claim) -> str:
    tolerance = claim.tolerance
    if tolerance.absolute is None:
        return f"a factor of {number_text(tolerance.ratio)}"
    return f"{number_text(tolerance.absolute)} {_unit(claim)}"


def _unit(claim: Claim) -> str:
    return "" if claim.unit == "1" else claim.unit
