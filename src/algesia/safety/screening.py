"""A patient and a plan held against every rule. It says what rules say, never what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from algesia.errors import InputError
from algesia.provenance import NOTICE
from algesia.regimen import Regimen, describe
from algesia.regimen.ideal_weight import ideal_weight_kg

from .eligibility import EligibilityAnswer, eligibility
from .fact import FactValue, FactValues
from .fact_file import fact
from .finding import Finding, finding_of
from .guideline import SEVERITIES
from .guideline_file import disagreements, documents, rules
from .known_facts import known_facts
from .medicine import MedicineMatch, match_medicines
from .monitoring import CalendarEntry, monitoring_calendar
from .opioid_pause import OpioidPause, opioid_pauses
from .patient import Patient
from .plan_facts import KetaminePlan, ketamine_plan, plan_facts
from .supply import TakeHome, take_home

__all__ = ["OpenQuestion", "Screening", "Sides", "findings_of", "screen", "summary_of"]

ADULT_YEAR: Final = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A fact that is not known, and what waits for it.

    Parameters
    ----------
    fact
        Its name.
    asks
        What to ask.
    about
        Whether it is about the patient, the regimen, the setting or the outcome.
    rules
        Rules that wait for it.
    """

    fact: str
    asks: str
    about: Literal["patient", "regimen", "setting", "outcome"]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A matter on which documents differ, with what each finds here.

    Parameters
    ----------
    about
        What it is about.
    findings
        What was found about the rules concerned.
    beside
        The other side where it is no rule, or None.
    """

    about: str
    findings: tuple[Finding, ...]
    beside: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What the encoded rules find about a patient and a plan.

    Parameters
    ----------
    label
        The case.
    regimen_text
        The plan as a sentence.
    summary
        How many rules fired, were decided, are unverified, are unknown.
    fired
        Rules that fired, those of most weight first.
    findings
        Every rule.
    sides
        Where documents differ on something that is found here; both are shown.
    questions
        What is not known.
    medicines
        Medicines with what is known of them; None where nothing is said about them.
    pauses
        Pauses of opioids.
    eligibility
        Questions about who it is meant for.
    calendar
        What the rules would have looked at, and when.
    ending
        How the plan ends, and what rules say of it.
    supply
        What may lie at home, or None.
    values
        Everything that is known, by fact.
    notes
        What a reader must know.
    notice
        What it is not.
    """

    label: str
    regimen_text: str
    summary: str
    fired: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    sides: tuple[Sides, ...]
    questions: tuple[OpenQuestion, ...]
    medicines: tuple[MedicineMatch, ...] | None
    pauses: tuple[OpioidPause, ...]
    eligibility: tuple[EligibilityAnswer, ...]
    calendar: tuple[CalendarEntry, ...]
    ending: tuple[str, ...]
    supply: TakeHome | None
    values: Mapping[str, tuple[FactValue, ...]]
    notes: tuple[str, ...]
    notice: str = NOTICE


def screen(patient: Patient, regimen: Regimen, setting: FactValues | None = None) -> Screening:
    """Hold a patient and a plan against every encoded rule.

    Parameters
    ----------
    patient
        The patient.
    regimen
        The plan; every dose names its drug, and one of them is ketamine.
    setting
        Facts about setting and outcome beside those of the patient, see `stated_facts`.

    Returns
    -------
    Screening
        What rules say, who disagrees, and what is not known; not a clinical clearance.

    Raises
    ------
    InputError
        If the plan gives no ketamine or a dose does not name its drug.

    Examples
    --------
    >>> from algesia.regimen import parse_regimen
    >>> someone = Patient(label="A", weight_kg=70.0, stated={"pregnant": (True,)})
    >>> screening = screen(someone, parse_regimen("ketamine 0.5 mg/kg IV over 40 min"))
    >>> [finding.rule.id for finding in screening.fired][:2]
    ['c_contra_pregnancy', 'a_contra']
    """
    plan = ketamine_plan(
        regimen, weight_kg=patient.weight_kg, ideal_weight_kg=_ideal_weight(patient)
    )
    medicines = (
        None
        if patient.medicines is None
        else match_medicines(patient.medicines, routes=plan.routes)
    )
    values = known_facts(patient, plan_facts(plan), setting or {}, medicines)
    findings = findings_of(values)
    fired = tuple(
        finding
        for severity in SEVERITIES
        for finding in findings
        if finding.status == "fired" and finding.rule.severity == severity
    )
    return Screening(
        label=patient.label,
        regimen_text=describe(regimen),
        summary=summary_of(findings),
        fired=fired,
        findings=findings,
        sides=_sides(findings),
        questions=_questions(findings, patient),
        medicines=medicines,
        pauses=opioid_pauses(patient.medicines, regimen),
        eligibility=eligibility(values),
        calendar=monitoring_calendar(plan, values),
        ending=_ending(plan, findings),
        supply=take_home(plan, values),
        values=values,
        notes=_notes(patient, plan, findings),
    )


def findings_of(values: FactValues) -> tuple[Finding, ...]:
    """Hold every rule against what is known, in the order of the file."""
    return tuple(
        finding_of(rule, documents()[rule.document], values) for rule in rules().values()
    )


def summary_of(findings: Sequence[Finding]) -> str:
    """Say in one line how many rules fired, and how much was not looked at.

    Parameters
    ----------
    findings
        What was found about every rule.

    Examples
    --------
    >>> summary_of(())
    'no encoded rule fired: 0 evaluated, 0 unverified, 0 unknown; not a clinical clearance'
    """
    fired = [each for each in findings if each.status == "fired"]
    evaluated = [each for each in findings if each.evaluated]
    unverified = sum(not each.verified for each in evaluated)
    unknown = sum(each.status == "unknown" for each in findings)
    counts = ", ".join(
        f"{number} {severity}"
        for severity in SEVERITIES
        if (number := sum(each.rule.severity == severity for each in fired))
    )
    rule = "rule" if len(fired) < 2 else "rules"
    head = f"{len(fired)} encoded {rule} fired ({counts})" if fired else "no encoded rule fired"
    return (
        f"{head}: {len(evaluated)} evaluated, {unverified} unverified, {unknown} unknown; "
        "not a clinical clearance"
    )


def _ideal_weight(patient: Patient) -> float | None:
    """Ideal weight, kg, where height and sex are known and the height is in its range."""
    if patient.height_cm is None or patient.sex is None:
        return None
    try:
        found = ideal_weight_kg(
            height_cm=np.array([patient.height_cm]), female=np.array([patient.sex == "female"])
        )
    except InputError:
        return None
    return float(found[0])


def _sides(findings: Sequence[Finding]) -> tuple[Sides, ...]:
    """Disagreements in which a rule fired, and another decided or a side that is no rule."""
    by_id = {finding.rule.id: finding for finding in findings}
    found = []
    for each in disagreements():
        concerned = tuple(by_id[id] for id in each.between)
        speaking = [f for f in concerned if f.status not in ("outside scope", "not applicable")]
        if any(f.status == "fired" for f in concerned) and (each.beside or len(speaking) > 1):
            found.append(Sides(about=each.about, findings=concerned, beside=each.beside))
    return tuple(found)


def _questions(findings: Sequence[Finding], patient: Patient) -> tuple[OpenQuestion, ...]:
    """Facts that rules wait for, those with most rules first."""
    waiting: dict[str, list[str]] = {}
    for finding in findings:
        if finding.status == "unknown":
            for name in finding.missing:
                waiting.setdefault(name, []).append(finding.rule.id)
    questions = [
        OpenQuestion(
            fact=name,
            asks=_ask(name, patient),
            about=fact(name).about,
            rules=tuple(ids),
        )
        for name, ids in waiting.items()
    ]
    return tuple(sorted(questions, key=lambda each: -len(each.rules)))


def _ask(name: str, patient: Patient) -> str:
    known = fact(name)
    if known.derived and known.about == "regimen" and patient.weight_kg is None:
        return f"{known.question} (Give the body weight.)"
    return known.question


def _ending(plan: KetaminePlan, findings: Sequence[Finding]) -> tuple[str, ...]:
    """How the plan ends, then what each document says of a taper."""
    ending = plan.ending
    if ending is None:
        first = "how the plan ends is not known without the body weight"
    elif ending.length_h == 0.0:
        first = "the plan ends without stepping down"
    else:
        steps = ", ".join(f"{100.0 * share:.0f} %" for share in ending.shares)
        first = f"the plan steps down over its last {ending.length_h:g} h, to {steps}"
    said = [
        f"{each.document.title}: {each.rule.says} ({each.rule.id}: {each.status})"
        for each in findings
        if each.rule.topic == "taper"
    ]
    return (first, *said)


def _notes(
    patient: Patient, plan: KetaminePlan, findings: Sequence[Finding]
) -> tuple[str, ...]:
    """What a reader must know of how it was looked at."""
    notes = []
    if patient.weight_kg is None:
        notes.append("the body weight is unknown; what is per kg, or needs it, is not computed")
    if patient.age_year is not None and patient.age_year < ADULT_YEAR:
        notes.append("the person is a child; no encoded rule was written for children")
    if plan.drugs != ("ketamine",):
        notes.append(
            f"{' and '.join(plan.drugs)}: doses are compared as printed; documents on the "
            "racemate are not converted to an enantiomer"
        )
    if patient.medicines is None:
        notes.append("nothing is said about medicines; interactions were not looked at")
    if plan.steady:
        notes.append("the plan has always been followed; what came before day 1 is not known")
    silent = sum(each.status == "text only" for each in findings)
    outside = sum(each.status == "outside scope" for each in findings)
    absent = sum(each.status == "not applicable" for each in findings)
    notes.append(
        f"not evaluated: {silent} rules that are text only, {outside} of documents about"
        f" someone else, {absent} about something that the plan does not have"
    )
    return tuple(notes)
