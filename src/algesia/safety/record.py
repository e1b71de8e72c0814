"""A screening as plain data, for `--json`."""

from typing import Any

from .finding import Finding
from .lint import ArmFindings
from .screening import Screening

__all__ = ["arm_record", "screening_record"]


def screening_record(screening: Screening) -> dict[str, Any]:
    """Everything that was found.

    Parameters
    ----------
    screening
        What was found.

    Returns
    -------
    dict
        Text, numbers, lists, mappings and frozen dataclasses of these.
    """
    documents = {each.document.id: each.document for each in screening.findings}
    return {
        "label": screening.label,
        "regimen": screening.regimen_text,
        "summary": screening.summary,
        "fired": [each.rule.id for each in screening.fired],
        "rules": [_finding(each) for each in screening.findings],
        "documents": {
            id: {
                "cite": each.cite,
                "title": each.title,
                "doi": each.doi,
                "about": each.about,
                "note": each.note,
                "review_planned": each.review_planned,
            }
            for id, each in documents.items()
        },
        "disagreements": [
            {
                "about": side.about,
                "rules": {each.rule.id: each.status for each in side.findings},
                "beside": side.beside,
            }
            for side in screening.sides
        ],
        "unknown": screening.questions,
        "medicines": screening.medicines,
        "opioid_pauses": screening.pauses,
        "eligibility": screening.eligibility,
        "monitoring": screening.calendar,
        "ending": screening.ending,
        "supply": screening.supply,
        "facts": screening.values,
        "notes": screening.notes,
    }


def arm_record(found: ArmFindings) -> dict[str, Any]:
    """What was found about the plan of an arm.

    Parameters
    ----------
    found
        What `lint` gave for the arm.
    """
    return {
        "arm": found.arm,
        "weight_kg": found.weight_kg,
        "summary": found.summary,
        "fired": [_finding(each) for each in found.fired],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "document": rule.document,
        "topic": rule.topic,
        "says": rule.says,
        "status": finding.status,
        "in_scope": finding.in_scope,
        "severity": rule.severity,
        "severity_stated": rule.severity_stated,
        "grade": rule.grade,
        "certainty": rule.certainty,
        "verification": rule.verification,
        "printed": rule.printed,
        "note": rule.note,
        "reading": rule.reading,
        "conflicts_with": rule.conflicts_with,
        "values": finding.values,
        "missing": finding.missing,
    }
