"""Exact propagation of systems that are linear between events."""
