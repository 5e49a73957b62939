"""The pytest plugin: collects scenario files."""
