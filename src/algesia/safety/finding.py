"""What was found about one rule for one patient and plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .condition import asked, holds
from .fact import FactValue, FactValues
from .guideline import Document, Rule
from .truth import Truth

__all__ = ["ANYWHERE", "Finding", "Status", "finding_of", "in_scope"]

Status: TypeAlias = Literal[
    "fired", "not fired", "unknown", "not applicable", "outside scope", "text only"
]

ANYWHERE: Final = frozenset({"contraindication", "precaution", "interaction"})
"""Topics looked at even where a document is about someone else: a harm travels further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule, held against what is known.

    Parameters
    ----------
    rule
        The rule.
    document
        The document it stands in.
    status
        `fired`; `not fired`; `unknown`, where a fact is missing; `not applicable`, where it is
        about something that the plan does not have; `outside scope`, where its document is
        about someone else; or `text only`.
    in_scope
        Whether its document is about this person and plan: yes, no or unknown.
    values
        Known values of the facts it asks for.
    missing
        Facts it asks for that are not known.
    """

    rule: Rule
    document: Document
    status: Status
    in_scope: Literal["yes", "no", "unknown"]
    values: Mapping[str, tuple[FactValue, ...]]
    missing: tuple[str, ...]

    @property
    def evaluated(self) -> bool:
        """Whether its check could be decided."""
        return self.status in ("fired", "not fired")

    @property
    def verified(self) -> bool:
        """Whether the rule was read in its document."""
        return self.rule.verification == "checked"


def in_scope(document: Document, values: FactValues) -> Literal["yes", "no", "unknown"]:
    """Whether a document is about this person and plan.

    Parameters
    ----------
    document
        The document.
    values
        What is known.
    """
    found = holds(document.scope, values)
    if found is Truth.UNKNOWN:
        return "unknown"
    return "yes" if found is Truth.YES else "no"


def finding_of(rule: Rule, document: Document, values: FactValues) -> Finding:
    """Hold a rule against what is known.

    Parameters
    ----------
    rule
        The rule.
    document
        Its document.
    values
        What is known.
    """
    scope = in_scope(document, values)
    names = tuple(dict.fromkeys((*asked(rule.when), *asked(rule.expect))))
    status: Status
    if not rule.checkable:
        status = "text only"
    elif scope == "no" and not _travels(rule):
        status = "outside scope"
    else:
        status = _status(rule, values)
    return Finding(
        rule=rule,
        document=document,
        status=status,
        in_scope=scope,
        values={name: values[name] for name in names if values.get(name)},
        missing=tuple(name for name in names if name not in values),
    )


def _travels(rule: Rule) -> bool:
    """Whether a rule is looked at although its document is about someone else."""
    # A blood pressure too high for a nasal dose is worth knowing before an infusion.
    sign = rule.topic == "blood pressure" and rule.expect is None
    return sign or rule.topic in ANYWHERE


def _status(rule: Rule, values: FactValues) -> Status:
    """Whether a rule fires: what makes it apply holds, and what it expects does not."""
    applies = Truth.YES if rule.when is None else holds(rule.when, values)
    kept = Truth.NO if rule.expect is None else holds(rule.expect, values)
    if Truth.ABSENT in (applies, kept):
        return "not applicable"
    if applies is Truth.NO or kept is Truth.YES:
        return "not fired"
    return "fired" if applies is Truth.YES and kept is Truth.NO else "unknown"
