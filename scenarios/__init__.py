"""Built-in scenarios and the default mapping: data only."""
