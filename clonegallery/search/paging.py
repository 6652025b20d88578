"""Pages of an answer: first the fused ranking, after its last picture whatever else matches, the newest first."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import Invalid
from clonegallery.images import looking
from clonegallery.images import service as images
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.pagination import Keys, decode_cursor, encode_cursor
from clonegallery.search import remembering
from clonegallery.search.asked import Search
from clonegallery.search.fusion import Found, Reason
from clonegallery.search.remembering import Answer

_FIRST: Final = UUID(int=0)
_HEAD, _TAIL = "found", "found after"
_BEFORE_ALL: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
"""Before the newest picture that there can be."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a picture of so much strength in a remembered answer, or after the `last` one of those
    that follow it."""

    token: str
    strength: float = 2.0
    id: UUID = _FIRST
    last: Keys | None = None


async def page(viewer: Viewer, search: Search, query: FeedQuery, answer: Callable[[], Awaitable[Answer]]) -> Json:
    """The page of the query's cursor, the first one without; `answer` finds what is not remembered.

    Raises `Invalid` for a cursor of another list, or of none.
    """
    place = place_of(query.cursor) if query.cursor else None
    found = await remembering.recall(viewer, search.key(), place.token) if place else None
    if place is not None and found is not None:
        shown = await _slice(viewer, search, found, place, query.limit)
    else:
        found, token = await answer(), remembering.new_token()
        place = replace(place, token=token) if place else Place(token)
        shown, _ = await asyncio.gather(
            _slice(viewer, search, found, place, query.limit), _remember(viewer, search, found, place, query.limit)
        )
    shown |= {"previous_cursor": None, "sort": Sort.RELEVANCE, "understood": found.understood}
    return shown | ({"total": found.total, "total_is_estimate": found.is_estimate} if query.count else {})


async def _remember(viewer: Viewer, search: Search, found: Answer, place: Place, limit: int) -> None:
    """Keep the answer for the pages that follow; of most searches the first page is all."""
    if not found.is_whole or len(_left(found, place)) > limit:
        await remembering.remember(viewer, search.key(), place.token, found)


def place_of(cursor: str) -> Place:
    """Raises `Invalid` for what no page of an answer ended with."""
    try:
        token, strength, image_id = decode_cursor(_HEAD, cursor, "sfu")
    except Invalid:
        token, *last = decode_cursor(_TAIL, cursor, "sdu")
        return Place(str(token), last=tuple(last))
    if not isinstance(strength, float) or not isinstance(image_id, UUID):
        raise TypeError("the cursor's kinds say what these are")
    return Place(str(token), strength, image_id)


async def _slice(viewer: Viewer, search: Search, answer: Answer, place: Place, limit: int) -> Json:
    if place.last is not None:
        return await _following(viewer, search, answer, place, limit)
    left = _left(answer, place)
    shown = left[:limit]
    cards = await images.cards_of(viewer, [one.id for one in shown])
    items = [cards[one.id] | {"why": _why(one)} for one in shown if one.id in cards]
    if len(left) > limit:
        return {"items": items, "next_cursor": encode_cursor(_HEAD, [place.token, shown[-1].strength, shown[-1].id])}
    if answer.is_whole:
        return {"items": items, "next_cursor": None}
    if len(items) >= limit:
        return {"items": items, "next_cursor": encode_cursor(_TAIL, [place.token, *_BEFORE_ALL])}
    rest = await _following(viewer, search, answer, replace(place, last=_BEFORE_ALL), limit - len(items))
    return rest | {"items": items + rest["items"]}


def _left(answer: Answer, place: Place) -> list[Found]:
    """What of the ranking comes after the place."""
    return [one for one in answer.found if (-one.strength, one.id) > (-place.strength, place.id)]


async def _following(viewer: Viewer, search: Search, answer: Answer, place: Place, limit: int) -> Json:
    known = [one.id for one in answer.found]
    cards, last = await looking.others(viewer, search.filters, search.asked, known, last=place.last, limit=limit)
    why = [{"by": Reason.WORDS, "score": None}]
    cursor = encode_cursor(_TAIL, [place.token, *last]) if last else None
    return {"items": [card | {"why": why} for card in cards], "next_cursor": cursor}


def _why(found: Found) -> list[Json]:
    return [{"by": reason, "score": score} for reason, score in found.why]
