"""Algesia: an open laboratory for the pharmacology of ketamine. Research and education, not dosing advice."""
