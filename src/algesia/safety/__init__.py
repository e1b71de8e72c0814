"""Rules of published documents, held against a patient and a plan. Never a clinical clearance.

Every rule is data with its document and how far it was checked. What is not known stays unknown
and becomes a question; where documents differ, both are shown.
"""

from .fact import Fact
from .fact_file import facts
from .finding import Finding
from .guideline import Document, Rule
from .guideline_file import documents, rules
from .lint import ArmFindings, lint, lint_line
from .patient import Medicine, Patient
from .patient_file import patient_of, read_patient, stated_facts
from .record import screening_record
from .screening import Screening, screen
from .wording import screening_lines

__all__ = [
    "ArmFindings",
    "Document",
    "Fact",
    "Finding",
    "Medicine",
    "Patient",
    "Rule",
    "Screening",
    "documents",
    "facts",
    "lint",
    "lint_line",
    "patient_of",
    "read_patient",
    "rules",
    "screen",
    "screening_lines",
    "screening_record",
    "stated_facts",
]
