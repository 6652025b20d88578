"""What one can ask of the search."""

from clonegallery.search.lists import facets, find, timeline
from clonegallery.search.recent import forget, note, recent
from clonegallery.search.similar import similar
from clonegallery.search.spaces import progress, trouble
from clonegallery.search.suggesting import suggest

__all__ = ["facets", "find", "forget", "note", "progress", "recent", "similar", "suggest", "timeline", "trouble"]
