"""Gates on names: one name per thing in every entry, and forms that say what a spread is."""

from collections.abc import Iterable
from typing import Final

from algesia.errors import nearest_names
from algesia.model import COVARIATE_UNITS

from .entry import Entry
from .entry_file import read_entry_values
from .gate import Issue
from .vocabulary_names import NameFile, dimension_fits, vocabulary

__all__ = ["names_in_vocabulary", "spread_has_form"]

_Row = tuple[str, str, str]

# What a name says about the form of its value.
_FORMS: Final = {
    "_variance": ("log_variance",),
    "_spread": ("log_sd", "cv_percent", "logit_sd"),
    "_covariance": ("covariance_log", "correlation"),
}
_RESIDUAL_FORMS: Final = ("sd", "variance", "log_sd", "log_variance", "cv_percent")
_BETWEEN_PEOPLE: Final = (
    "log_variance",
    "log_sd",
    "cv_percent",
    "logit_sd",
    "covariance_log",
    "correlation",
)


def names_in_vocabulary(entry: Entry) -> list[Issue]:
    """States, outputs, covariates, values and ports bear names and units of the vocabulary."""
    names, model = vocabulary(), entry.model
    joined = {port.name for port in model.ports}
    states = [(f"states.{s.name}", s.name, s.unit) for s in model.states]
    outputs = [(f"outputs.{o.name}", o.name, o.unit) for o in model.outputs]
    covariates = [
        (f"population.{p.covariate}", p.covariate, COVARIATE_UNITS.get(p.covariate, "1"))
        for p in model.population
    ]
    values = [
        (f"values.{p.name}", p.name, p.reported.unit)
        for p in model.parameters
        if not names.describes_differences(p.name) and p.name not in joined
    ]
    ports = [(f"ports.{p.name}", p.name, p.unit) for p in model.ports]
    return [
        *_unknown(states, names.states, "state"),
        *_unknown(outputs, names.outputs, "output"),
        *_unknown(covariates, names.covariates, "covariate"),
        *_unknown(values, names.parameters, "parameter"),
        *_unknown(ports, names.joints(), "port"),
    ]


def _unknown(rows: Iterable[_Row], known: dict[str, NameFile], kind: str) -> list[Issue]:
    issues = []
    for place, name, unit in rows:
        if name not in known:
            close = nearest_names(name, known)
            hint = f"; close names: {', '.join(close)}" if close else ""
            message = f"is no {kind} of the vocabulary{hint}"
        elif not dimension_fits(known[name].dimension, unit):
            message = f"is in '{unit}'; the vocabulary gives it {known[name].dimension}"
        else:
            continue
        issues.append(Issue(gate="names_in_vocabulary", place=place, message=message))
    return issues


def spread_has_form(entry: Entry) -> list[Issue]:
    """The form of every spread says what it is, and agrees with the name of its value.

    A spread that is stated without a number is looked at as well: it is not drawn, but it is
    printed, and its form is what a reader goes by.
    """
    used = {
        effect.reported.name: f"random_effects.{effect.name}"
        for effect in entry.model.random_effects
    }
    used |= {value.name: "blocks" for block in entry.model.blocks for value in block.reported}
    issues = []
    for parameter in read_entry_values(entry.folder).parameters.values():
        reported = parameter.reported
        accepted = _accepted_forms(reported.name)
        if accepted and reported.form not in accepted:
            message = f"has form '{reported.form}'; its name says {' or '.join(accepted)}"
        elif (
            reported.known
            and reported.form in _BETWEEN_PEOPLE
            and reported.name not in used
            and not reported.name.startswith(("residual_", "population_"))
        ):
            message = (
                f"has form '{reported.form}' but no random effect uses it; "
                "expected the form of a plain value"
            )
        else:
            continue
        place = f"values.{reported.name}"
        issues.append(Issue(gate="spread_has_form", place=place, message=message))
    return issues


def _accepted_forms(name: str) -> tuple[str, ...]:
    if name.startswith("residual_"):
        return _RESIDUAL_FORMS
    return next((forms for ending, forms in _FORMS.items() if name.endswith(ending)), ())
