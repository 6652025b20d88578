"""What many ask for again and again, as long as nothing has changed: first pages, facets and months.

What follows a first page is asked for once by whom it is for; it is found as it is needed.
"""

from pydantic import BaseModel, TypeAdapter

from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import NotFound
from clonegallery.images import service as images
from clonegallery.images.remembered import Fleeting, remembered
from clonegallery.images.schemas import FeedQuery, Filters, Sort, TimelineMonth
from clonegallery.search import counts, finding, recent
from clonegallery.search.asked import refuse_like, search_of
from clonegallery.search.schemas import Facets

_MONTHS = TypeAdapter(list[TimelineMonth])


async def find(viewer: Viewer, query: FeedQuery) -> bytes:
    """As `finding.find`."""
    await _require_sight(viewer, query, query.q)
    if query.cursor:
        return bytes(await finding.find(viewer, query))
    page = await remembered(viewer, "find", _asked(query), lambda: finding.find(viewer, query))
    if query.q:
        await recent.note(viewer, query.q)  # Now that it is known to be a search.
    return page


async def facets(viewer: Viewer, filters: Filters, q: str | None) -> Facets:
    """As `counts.facets`."""
    await _require_sight(viewer, filters, q)

    async def made() -> bytes:
        found, is_whole = await counts.facets(viewer, filters, q)
        body = found.model_dump_json().encode()
        return body if is_whole else Fleeting(body)

    return Facets.model_validate_json(await remembered(viewer, "facets", _asked(filters, q), made))


async def timeline(viewer: Viewer, filters: Filters, q: str | None, sort: Sort) -> list[TimelineMonth]:
    """As `counts.timeline`."""
    await _require_sight(viewer, filters, q)

    async def made() -> bytes:
        found, is_whole = await counts.timeline(viewer, filters, q, sort)
        body = _MONTHS.dump_json(found)
        return body if is_whole else Fleeting(body)

    return _MONTHS.validate_json(await remembered(viewer, "timeline", _asked(filters, q, sort), made))


async def _require_sight(viewer: Viewer, filters: Filters, q: str | None) -> None:
    """Each time, and not only when a list is made: what looks like a picture is told to nobody who may not see that.

    No version says that a picture was hidden which was in nobody's list, and pages are remembered under their cursors.
    Raises `Invalid` as `search_of`, and for what is not there or not to be seen, which are told apart by nothing.
    """
    search = search_of(filters, q)
    if search.like is None:
        return
    try:
        await images.require_sight(viewer, search.like)
    except NotFound:
        refuse_like(q or "", "there is no such picture to compare with")


def _asked(asked: BaseModel, *more: str | None) -> str:
    """Everything that was asked for, in one order, so that no two questions look alike."""
    return f"{asked.model_dump_json(exclude_defaults=True)} {list(more)}"
