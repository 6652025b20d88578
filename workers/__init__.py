"""Dramatiq entry points: they run what the slices know how to do."""
