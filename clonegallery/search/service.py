"""What one can ask of the search."""

from clonegallery.search.counts import facets, timeline
from clonegallery.search.finding import find
from clonegallery.search.similar import similar
from clonegallery.search.spaces import progress, trouble

__all__ = ["facets", "find", "progress", "similar", "timeline", "trouble"]
