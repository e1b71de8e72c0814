"""A model on one page: what it takes and gives, its equations, values, spread and claims."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from algesia.errors import ModelError
from algesia.model import COVARIATE_UNITS, Allometry, Categorical, CovariateEffect, Model
from algesia.provenance import Reported

from .tables import new_table
from .wording import notice_line, number_text, plain, range_text, value_text

__all__ = ["ClaimLine", "model_card"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One claim of a source beside what the model gives.

    Parameters
    ----------
    sentence
        The claim in words.
    expected, predicted
        What is printed and what the model gives, in `unit`; predicted is None where not run.
    unit
        Unit of both.
    holds
        Whether they agree within the tolerance; None where not run.
    tolerance
        The tolerance and its reason, in words.
    expected_to_fail
        Why the claim is known not to hold, or None.
    """

    sentence: str
    expected: float
    predicted: float | None
    unit: str
    holds: bool | None
    tolerance: str
    expected_to_fail: str | None = None

    @property
    def verdict(self) -> str:
        """Whether the claim holds, in words."""
        if self.holds is None:
            return "not run"
        if self.holds:
            return "holds" if self.expected_to_fail is None else "holds unexpectedly"
        return "fails" if self.expected_to_fail is None else "known misfit"


def model_card(model: Model, *, rung: str, claims: Sequence[ClaimLine] = ()) -> Group:
    """Show all of a model.

    Parameters
    ----------
    model
        The model.
    rung
        How far its catalogue entry has been checked.
    claims
        Claims of its sources with what it predicts.

    Returns
    -------
    Group
        Sections for the terminal, then the notice.
    """
    parts: list[RenderableType] = [
        plain(model.title, "bold"),
        plain(f"{model.id}; drug {model.drug}; rung {rung}"),
    ]
    sections: tuple[tuple[str, list[RenderableType]], ...] = (
        ("Takes", _inputs(model)),
        ("Gives", _outputs(model)),
        ("Holds for", _validity(model)),
        ("Structure", _structure(model)),
        ("Values", _values(model)),
        ("Differences between people", _spread(model)),
        (
            "Effects of covariates",
            [_line(_covariate(each)) for each in model.covariate_effects],
        ),
        ("Residual error", _residuals(model)),
        ("Claims", _claims(claims)),
        ("Declared exemptions", [_line(": ".join(each)) for each in model.exemptions.items()]),
        ("Notes", [_line(note) for note in model.notes]),
        ("Sources", [_line(f"{source.key}: {source.citation()}") for source in model.sources]),
    )
    for title, body in sections:
        if body:
            parts += [Text(), plain(title, "bold"), *body]
    return Group(*parts, Text(), notice_line())


def _line(text: str) -> Padding:
    return Padding(plain(text), (0, 0, 0, 2))


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
    table = new_table("value", "as printed", "form", "origin, grade", "source")
    for parameter in model.parameters:
        reported = parameter.reported
        table.add_row(
            *map(
                plain,
                (
                    parameter.name,
                    value_text(reported.value, reported.unit),
                    reported.form.replace("_", " "),
                    f"{reported.origin.replace('_', ' ')}, {reported.grade}",
                    ", ".join(part for part in (reported.source, reported.locator) if part),
                ),
            )
        )
    return [table] if model.parameters else []


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


def _covariate(effect: CovariateEffect) -> str:
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
    unit = COVARIATE_UNITS[effect.covariate]
    return (
        f"{effect.parameter}: changes by {number_text(effect.slope)} per {unit} of "
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


def _claims(claims: Sequence[ClaimLine]) -> list[RenderableType]:
    if not claims:
        return []
    table = new_table("claim", "printed", "model", "verdict")
    for claim in claims:
        sentence = claim.sentence
        if claim.expected_to_fail:
            sentence = f"{sentence} Known misfit: {claim.expected_to_fail}"
        table.add_row(
            plain(f"{sentence} Tolerance: {claim.tolerance}"),
            plain(f"{number_text(claim.expected)} {claim.unit}"),
            plain(f"{number_text(claim.predicted)} {claim.unit}"),
            plain(claim.verdict),
        )
    return [table]
