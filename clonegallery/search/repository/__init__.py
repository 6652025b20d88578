"""The SQL of the slice."""
