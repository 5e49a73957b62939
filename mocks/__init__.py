"""Stateful mock servers that speak real vendor APIs. Uses nothing of the harness; runs alone."""
