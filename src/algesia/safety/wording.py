"""A screening as lines of text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .fact import Fact, FactValue
from .fact_file import fact
from .finding import Finding
from .medicine import Interaction, MedicineMatch
from .monitoring import CalendarEntry
from .screening import Screening

__all__ = ["screening_lines", "values_text"]

MOST_DAYS: Final = 8
MOST_QUESTIONS: Final = 60
VERIFICATION: Final = {
    "checked": "read in the document",
    "partly": "partly read",
    "secondary": "read in a summary",
    "source_document": "read in a reprint",
    "recalled": "recalled, not read",
}


def screening_lines(screening: Screening) -> tuple[str, ...]:
    """Lines of a screening, headings without indentation.

    Parameters
    ----------
    screening
        What was found.

    Returns
    -------
    tuple
        Plain text; a line that begins with two spaces belongs to the heading above it.
    """
    return (
        f"{screening.label}: {screening.regimen_text}",
        screening.summary,
        *_section("rules that fired", map(_fired_line, screening.fired)),
        *_section("documents differ; both are shown", _side_lines(screening)),
        *_section("pauses of opioids", (each.says for each in screening.pauses)),
        *_section("medicines", _medicine_lines(screening.medicines)),
        *_section("who it is meant for", _eligibility_lines(screening)),
        *_section("monitoring, day 1 is the first dose", map(_entry_line, screening.calendar)),
        *_section("how the plan ends", screening.ending),
        *_section("text only, nothing to check", _text_lines(screening)),
        *_section("supply", screening.supply.lines if screening.supply else ()),
        *_section("unknown; each question opens rules", _question_lines(screening)),
        *_section("notes", screening.notes),
        screening.notice,
    )


def values_text(name: str, values: Sequence[FactValue]) -> str:
    """Values of a fact with their unit.

    Examples
    --------
    >>> values_text("infusion_rate", (0.35,)), values_text("pregnant", (True,))
    ('0.35 mg/kg/h', 'yes')
    """
    return " and ".join(_value_text(fact(name), value) for value in values)


def _value_text(known: Fact, value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{value:.4g}" if known.unit == "1" else f"{value:.4g} {known.unit}"


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and its lines; nothing where there are none."""
    found = list(lines)
    if found:
        yield f"{heading}:"
        yield from (f"  {line}" for line in found)


def _fired_line(finding: Finding) -> str:
    rule = finding.rule
    found = ", ".join(
        f"{name.replace('_', ' ')} {values_text(name, values)}"
        for name, values in finding.values.items()
    )
    known = [VERIFICATION[rule.verification]]
    if rule.grade or rule.certainty:
        grade = f"grade {rule.grade}" if rule.grade else ""
        certainty = f"{rule.certainty} certainty" if rule.certainty else ""
        known.append(", ".join(part for part in (grade, certainty) if part))
    if not rule.severity_stated:
        known.append("severity not stated, taken as info")
    if finding.in_scope != "yes":
        scope = f"the document is about {finding.document.about}"
        known.append(scope if finding.in_scope == "no" else f"{scope}; is this?")
    known += [text for text in (rule.note, rule.reading) if text]
    return (
        f"{rule.severity} {rule.id} ({finding.document.title}): {rule.says} Here: {found}. "
        f"[{'; '.join(known)}]"
    )


def _side_lines(screening: Screening) -> Iterator[str]:
    for side in screening.sides:
        yield side.about
        for finding in side.findings:
            yield f"  {finding.rule.id} ({finding.document.title}): {finding.status}"
        if side.beside is not None:
            yield f"  {side.beside}: no rule here"


def _medicine_lines(medicines: tuple[MedicineMatch, ...] | None) -> Iterator[str]:
    for each in medicines or ():
        dose = f", {each.given.dose}" if each.given.dose else ""
        classes = f" ({', '.join(each.classes).replace('_', ' ')})" if each.classes else ""
        yield f"{each.given.name}{dose}{classes}"
        for interaction in each.interactions:
            yield f"  {_interaction_text(interaction)}"
        for interaction in each.other_routes:
            yield f"  by another route: {_interaction_text(interaction)}"
        if each.found is not None and not each.interactions and not each.other_routes:
            yield "  nothing is encoded about it, which does not mean no interaction"
        yield from (f"  {remark}" for remark in each.remarks)


def _interaction_text(interaction: Interaction) -> str:
    entry = f"; entry {interaction.entry}" if interaction.entry else ""
    return (
        f"{interaction.acts_on}: {interaction.says} [{interaction.grade}; "
        f"{VERIFICATION[interaction.verification]}; {interaction.source}{entry}]"
    )


def _eligibility_lines(screening: Screening) -> Iterator[str]:
    for each in screening.eligibility:
        known = VERIFICATION[each.verification]
        yield f"{each.asks} {each.answer} [{each.source}; {known}]"


def _text_lines(screening: Screening) -> Iterator[str]:
    """Sentences without a check, of documents that are or may be about this person."""
    for each in screening.findings:
        if each.status == "text only" and each.in_scope != "no":
            known = VERIFICATION[each.rule.verification]
            yield f"{each.rule.id} ({each.document.title}): {each.rule.says} [{known}]"


def _entry_line(entry: CalendarEntry) -> str:
    days = ", ".join(map(str, entry.days[:MOST_DAYS]))
    if len(entry.days) > MOST_DAYS:
        days += f", … to {entry.days[-1]} ({len(entry.days)} days)"
    scope = "" if entry.in_scope == "yes" else "; a document about someone else"
    if entry.in_scope == "unknown":
        scope = "; whether the document applies is not known"
    plural = "day" if len(entry.days) == 1 else "days"
    return f"{entry.what}, {entry.moment}: {plural} {days} [{', '.join(entry.rules)}{scope}]"


def _question_lines(screening: Screening) -> Iterator[str]:
    for each in screening.questions[:MOST_QUESTIONS]:
        yield f"{each.fact} ({each.about}): {each.asks} [{', '.join(each.rules)}]"
    more = len(screening.questions) - MOST_QUESTIONS
    if more > 0:
        yield f"{more} more"
