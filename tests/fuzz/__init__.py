"""Inputs that nobody meant to write, for everything that reads a file: ``python -m tests.fuzz``."""
