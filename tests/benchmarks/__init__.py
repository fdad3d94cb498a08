"""Speed and memory, measured beside the bare limit in the same run: ``python -m tests.benchmarks``."""
