"""Mappings: their two forms, what they mean, and what can be said of them before anything runs."""
