"""Faults brought about on purpose, and what became of the project: ``python -m tests.faults [NAME...]``."""
