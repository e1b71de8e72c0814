"""Questions about who a treatment is meant for, with the answers that are known."""

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from algesia.catalog.strict_file import validated
from algesia.errors import unknown_name

from .condition import Condition, asked, holds
from .condition_file import ConditionRow, condition_of
from .fact import FactValues
from .fact_file import read_data
from .finding import in_scope
from .guideline import Verification
from .guideline_file import documents, rules
from .truth import Truth

__all__ = ["EligibilityAnswer", "eligibility"]

FILE_NAME: Final = "eligibility.yaml"
PAIN: Final = frozenset({"chronic_pain", "acute_pain", "palliative"})


class _Strict(BaseModel):
    """Unknown keys are refused and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Row(_Strict):
    id: str
    asks: str
    yes_if: ConditionRow
    source: str
    verification: Verification
    rules: list[str] = Field(min_length=1)
    purpose: Literal["mood", "pain"] | None = None


class _File(_Strict):
    version: Literal["algesia/eligibility/1"] = Field(alias="schema")
    questions: list[_Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityAnswer:
    """A question and what is known of its answer.

    Parameters
    ----------
    id
        Its name.
    asks
        The question.
    answer
        `yes`, `no` or `unknown`.
    missing
        Facts that would answer it.
    source
        Where the question comes from.
    verification
        How far that was checked.
    rules
        Rules it goes with.
    """

    id: str
    asks: str
    answer: Literal["yes", "no", "unknown"]
    missing: tuple[str, ...]
    source: str
    verification: Verification
    rules: tuple[str, ...]


def eligibility(values: FactValues) -> tuple[EligibilityAnswer, ...]:
    """Answer the questions that are about this person.

    Parameters
    ----------
    values
        What is known.

    Examples
    --------
    >>> answers = eligibility({"purpose": ("mood",), "failed_antidepressants": (2.0,)})
    >>> next(each.answer for each in answers if each.id == "two_failed_antidepressants")
    'yes'
    """
    return tuple(
        _answer(row, condition, values)
        for row, condition in _questions()
        if _concerns(row, values)
    )


def _concerns(row: _Row, values: FactValues) -> bool:
    """Whether a question is about this person, as far as is known."""
    if row.purpose is not None and "purpose" in values:
        wanted = PAIN if row.purpose == "pain" else {"mood"}
        return bool(wanted & set(values["purpose"]))
    scopes = [in_scope(documents()[rules()[id].document], values) for id in row.rules]
    return row.purpose is not None or any(scope != "no" for scope in scopes)


def _answer(row: _Row, condition: Condition, values: FactValues) -> EligibilityAnswer:
    found = holds(condition, values)
    known = found in (Truth.YES, Truth.NO)
    return EligibilityAnswer(
        id=row.id,
        asks=row.asks,
        answer=("yes" if found is Truth.YES else "no") if known else "unknown",
        missing=() if known else tuple(n for n in asked(condition) if n not in values),
        source=row.source,
        verification=row.verification,
        rules=tuple(row.rules),
    )


@cache
def _questions() -> tuple[tuple[_Row, Condition], ...]:
    file = validated(_File, read_data(FILE_NAME), where=FILE_NAME)
    for row in file.questions:
        for id in row.rules:
            if id not in rules():
                raise unknown_name(f"rule of question {row.id}", id, rules())
    return tuple(
        (row, condition_of(row.yes_if, f"{FILE_NAME}, {row.id}", exists=False))
        for row in file.questions
    )
