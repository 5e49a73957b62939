"""Breaks our own judgement on purpose, one small change at a time, and tells which changes no test notices."""
