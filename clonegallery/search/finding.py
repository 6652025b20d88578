"""One answer to a search: what its words, their meaning and a look find, fused under the same conditions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import orjson

from clonegallery.accounts.schemas import Viewer
from clonegallery.images import looking
from clonegallery.images import service as images
from clonegallery.images.conditions import Asked
from clonegallery.images.places import require_time_order
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.search import paging
from clonegallery.search.asked import Search, order_of, search_of
from clonegallery.search.fusion import Reason, Scored, fuse
from clonegallery.search.relevance import look_alikes, meant
from clonegallery.search.remembering import Answer

RANKED: Final = 600
"""Best matches by words that take part in the fusion; those after them follow the fused ones, the newest first."""
MEANT: Final = 200
"""Pictures that a text may mean, or that may look like one, at most."""


async def find(viewer: Viewer, query: FeedQuery) -> bytes:
    """One page of the feed, or of what is searched for in it, as JSON of `FoundPage`'s form.

    Raises `Invalid` for a query that cannot be read, with the part that is wrong and its place, and as `images.feed`;
    `NotFound` where pictures like one are asked for that the viewer may not see.
    """
    search = search_of(query, query.q)
    sort = order_of(search, query.sort)
    if not search.looks_for_something or sort is not Sort.RELEVANCE or query.trashed:
        return await images.feed(viewer, query.model_copy(update={"sort": sort}), await asked_of(viewer, search))

    if query.start:
        require_time_order(sort)

    async def answer() -> Answer:
        return await _answer(viewer, search)

    page = await paging.page(viewer, search, query, answer)
    return orjson.dumps(page, option=orjson.OPT_UTC_Z)


async def asked_of(viewer: Viewer, search: Search) -> Asked:
    """What lists in other orders than the best first are asked for: what is meant is among what they hold."""
    if not search.looks_for_something:
        return search.asked
    also = [item.id for ranking in (await _by_meaning(viewer, search)).values() for item in ranking]
    if search.text:
        return replace(search.asked, also=tuple(dict.fromkeys(also)))
    return replace(search.asked, only=tuple(also))


async def _by_meaning(viewer: Viewer, search: Search) -> dict[Reason, Sequence[Scored]]:
    found: dict[Reason, Sequence[Scored]] = {}
    if search.text:
        found[Reason.MEANING] = await meant(viewer, search, MEANT)
    if search.like is not None:
        found[Reason.LOOK] = await look_alikes(viewer, search, search.like, MEANT)
    return found


async def _answer(viewer: Viewer, search: Search) -> Answer:
    by_words = looking.Ranked([], 0, is_estimate=False)
    if search.text:
        by_words = await looking.ranked(viewer, search.filters, search.asked, RANKED)
    rankings: dict[Reason, Sequence[Scored]] = {Reason.WORDS: [Scored(one) for one in by_words.ids]}
    found = fuse(rankings | await _by_meaning(viewer, search))
    is_whole = by_words.total <= len(by_words.ids)
    total = len(found) if is_whole else max(len(found), by_words.total)
    return Answer(found, total, is_estimate=not is_whole, is_whole=is_whole)
