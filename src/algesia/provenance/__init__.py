"""Provenance: where every number comes from, in which form, and how far it can be trusted."""

from .grade import CERTAINTIES, KINDS, Certainty, Grade, Kind
from .notice import NOTICE
from .reported import FORMS, ORIGINS, Form, Origin, Reported
from .source import Source
from .spread_form import LogitNormalSpread, LogNormalSpread

__all__ = [
    "CERTAINTIES",
    "FORMS",
    "KINDS",
    "NOTICE",
    "ORIGINS",
    "Certainty",
    "Form",
    "Grade",
    "Kind",
    "LogNormalSpread",
    "LogitNormalSpread",
    "Origin",
    "Reported",
    "Source",
]
