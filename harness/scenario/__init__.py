"""What the author writes: the language of a scenario file, its values and selectors, and how it is read."""
