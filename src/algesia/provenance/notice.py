"""The notice that every output carries."""

__all__ = ["NOTICE"]

NOTICE = "research and education, not dosing advice"
