"""How many of the pictures that a search finds were taken when, with what, under which tag."""

from collections.abc import Mapping

from clonegallery.accounts.schemas import Viewer
from clonegallery.images import service as images
from clonegallery.images.conditions import Condition, ConditionName
from clonegallery.images.counts import Facet
from clonegallery.images.schemas import Filters, Sort, TimelineMonth
from clonegallery.search.asked import search_of
from clonegallery.search.finding import asked_of
from clonegallery.search.query import write_term
from clonegallery.search.schemas import Facets, FacetValue

_SOURCES = {"upload": "Uploaded", "generation": "Generated", "import": "Imported"}
_NAMES: Mapping[str, ConditionName] = {
    "camera": ConditionName.CAMERA,
    "lens": ConditionName.LENS,
    "model": ConditionName.MODEL,
    "tag": ConditionName.TAG,
    "source": ConditionName.SOURCE,
}
_WHOLE = ("camera", "lens", "model")
"""Of which one name may be the beginning of another."""
_YEAR = "year"


async def facets(viewer: Viewer, filters: Filters, q: str | None) -> tuple[Facets, bool]:
    """What the pictures have that a search finds, the most common values first, and whether all that was meant is among
    them. Raises as `finding.find`."""
    heard = await asked_of(viewer, search_of(filters, q))
    found = await images.facets(viewer, filters, heard.asked)
    values = {name: [_value(facet) for facet in found.facets if facet.name == name] for name in (*_NAMES, _YEAR)}
    # Of what is cut off a condition brings in what lies behind: as many are found as it says only at least.
    is_estimate = found.is_estimate or heard.is_cut
    return Facets(**values, total=found.total, is_estimate=is_estimate), heard.is_whole


async def timeline(viewer: Viewer, filters: Filters, q: str | None, sort: Sort) -> tuple[list[TimelineMonth], bool]:
    """How many of the pictures that a search finds each month has, and whether all that was meant is among them. Raises
    as `finding.find`."""
    heard = await asked_of(viewer, search_of(filters, q))
    return await images.timeline(viewer, filters, heard.asked, sort), heard.is_whole


def _value(facet: Facet) -> FacetValue:
    label = _SOURCES.get(facet.label, facet.label) if facet.name == "source" else facet.label
    return FacetValue(label=label, count=facet.count, term=_term(facet))


def _term(facet: Facet) -> str:
    if facet.name == _YEAR:
        return f"taken:{facet.value}"
    return write_term(Condition(_NAMES[facet.name], facet.value, whole=facet.name in _WHOLE))
