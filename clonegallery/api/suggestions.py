"""What completes a search over HTTP, and the searches that one made before."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from clonegallery.api.deps import CurrentViewer, SignedInViewer, WritingViewer
from clonegallery.search import service
from clonegallery.search.schemas import RecentSearches, RecentSearchRead, SuggestionQuery, Suggestions

router = APIRouter(prefix="/api/v1/search", tags=["search"])


@router.get("/suggestions", operation_id="get_suggestions", summary="What completes a search")
async def get_suggestions(viewer: CurrentViewer, query: Annotated[SuggestionQuery, Query()]) -> Suggestions:
    """Tags, cameras, lenses, models and people by whose names one finds pictures, keys, values, and one's own searches.

    They complete what stands at the end of `q`, which is the text before the caret; a text of any kind is answered.
    """
    return Suggestions(items=await service.suggest(viewer, query.q, query.limit))


@router.get("/recent", operation_id="list_recent_searches", summary="One's last searches")
async def list_recent_searches(viewer: SignedInViewer) -> RecentSearches:
    """Up to 20, of the last 90 days; nobody else sees them."""
    found = await service.recent(viewer)
    return RecentSearches(items=[RecentSearchRead(q=one.text, searched_at=one.at) for one in found])


@router.delete("/recent", operation_id="forget_recent_searches", summary="Forget one's searches", status_code=204)
async def forget_recent_searches(viewer: WritingViewer) -> Response:
    """All of them, at once and for good."""
    await service.forget(viewer)
    return Response(status_code=204)
