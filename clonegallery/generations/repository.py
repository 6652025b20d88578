"""SQL of the generations."""
