"""Fake people for both systems: who they are, what each side holds of them, and whose a value is."""
