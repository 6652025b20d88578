"""Finding pictures over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from clonegallery.api.deps import CurrentViewer
from clonegallery.images.schemas import FeedQuery, Filters, Sort, TimelineMonth
from clonegallery.search import service
from clonegallery.search.schemas import Facets, FoundPage, SimilarPage, SimilarQuery

router = APIRouter(prefix="/api/v1", tags=["search"])

_JSON = "application/json"
Asked = Annotated[str | None, Field(description="What to look for, as in `GET /api/v1/images`.")]


class FacetQuery(Filters):
    """What is counted: the filters of the feed, and a search."""

    q: Asked = None


class TimelineQuery(FacetQuery):
    """As for facets, and the order that the months are those of."""

    sort: Sort = Field(default=Sort.TAKEN, description="Newest and oldest go by when pictures were added.")


@router.get("/images", operation_id="list_images", summary="The feed and the search", response_model=FoundPage)
async def list_images(viewer: CurrentViewer, query: Annotated[FeedQuery, Query()]) -> Response:
    """What is public, and one's own, a page at a time; with `q` and filters, what of it is searched for.

    With words or `like:` in `q` the best come first, found by their words, by what these mean, and by looks; each item
    says by which. A `q` that cannot be read is a 422 that names the part that is wrong and its place.

    `start` begins at a month; `previous_cursor` then leads back up, and `next_cursor` on. A `cursor` goes before a
    `start`, which may stay in the query.
    """
    return Response(await service.find(viewer, query), media_type=_JSON)


@router.get("/images/facets", operation_id="get_facets", summary="Cameras, lenses, tags, years, sources and models")
async def get_facets(viewer: CurrentViewer, query: Annotated[FacetQuery, Query()]) -> Facets:
    """How many of the pictures that a search finds have what; counts of a sample where `is_estimate`."""
    return await service.facets(viewer, query, query.q)


@router.get("/images/timeline", operation_id="get_timeline", summary="Pictures per month")
async def get_timeline(viewer: CurrentViewer, query: Annotated[TimelineQuery, Query()]) -> list[TimelineMonth]:
    """How many of the pictures that a search finds each month has, by when they were taken (else added), the latest
    month first."""
    return await service.timeline(viewer, query, query.q, query.sort)


@router.get("/images/{image_id:uuid}/similar", operation_id="get_similar_images", summary="The pictures most alike")
async def get_similar_images(
    viewer: CurrentViewer, image_id: UUID, query: Annotated[SimilarQuery, Query()]
) -> SimilarPage:
    """What looks most like a picture, of what one finds in one's lists, the nearest first, with a score from 0 to 1.

    Empty while the picture has not been looked at by the embedding model yet.
    """
    return await service.similar(viewer, image_id, query.limit)
