"""What one can ask of the search."""

from clonegallery.search.similar import similar
from clonegallery.search.spaces import progress, trouble

__all__ = ["progress", "similar", "trouble"]
