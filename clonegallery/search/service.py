"""What one can ask of the search."""

from clonegallery.search.lists import facets, find, timeline
from clonegallery.search.similar import similar
from clonegallery.search.spaces import progress, trouble

__all__ = ["facets", "find", "progress", "similar", "timeline", "trouble"]
