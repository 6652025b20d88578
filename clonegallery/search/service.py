"""What one can ask of the search."""

from clonegallery.search.by_image import admit_look, by_image
from clonegallery.search.lists import facets, find, timeline
from clonegallery.search.recent import forget, note, recent
from clonegallery.search.similar import similar
from clonegallery.search.spaces import progress, trouble
from clonegallery.search.suggesting import suggest

__all__ = [
    "admit_look",
    "by_image",
    "facets",
    "find",
    "forget",
    "note",
    "progress",
    "recent",
    "similar",
    "suggest",
    "timeline",
    "trouble",
]
