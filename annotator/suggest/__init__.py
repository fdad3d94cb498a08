"""Suggesters, one module each: a suggestion is an annotation by a machine coder with status ``suggested``."""
