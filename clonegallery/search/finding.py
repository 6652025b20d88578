"""One answer to a search: what its words, their meaning and a look find, fused under the same conditions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson

from clonegallery.accounts.schemas import Viewer
from clonegallery.images import looking
from clonegallery.images import service as images
from clonegallery.images.conditions import Asked
from clonegallery.images.places import require_time_order
from clonegallery.images.remembered import Fleeting
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

    It is `Fleeting` where words alone were looked for, since nobody said what they mean.

    Raises `Invalid` for a query that cannot be read, with the part that is wrong and its place, and as `images.feed`;
    `NotFound` where pictures like one are asked for that the viewer may not see.
    """
    search = search_of(query, query.q)
    sort = order_of(search, query.sort)
    if not search.looks_for_something or sort is not Sort.RELEVANCE or query.trashed:
        heard = await asked_of(viewer, search)
        body = await images.feed(viewer, query.model_copy(update={"sort": sort}), heard.asked)
        return body if heard.is_whole else Fleeting(body)

    if query.start:
        require_time_order(sort)

    async def answer() -> Answer:
        return await _answer(viewer, search)

    page = await paging.page(viewer, search, query, answer)
    body = orjson.dumps(page, option=orjson.OPT_UTC_Z)
    return body if page["understood"] else Fleeting(body)


@dataclass(frozen=True, slots=True)
class Heard:
    """What lists are asked for; not all that was meant where `is_whole` is false, since nobody said what words mean."""

    asked: Asked
    is_whole: bool = True


async def asked_of(viewer: Viewer, search: Search) -> Heard:
    """What lists in other orders than the best first are asked for: what is meant is among what they hold."""
    if not search.looks_for_something:
        return Heard(search.asked)
    rankings, understood = await _by_meaning(viewer, search)
    also = tuple(dict.fromkeys(item.id for ranking in rankings.values() for item in ranking))
    asked = replace(search.asked, also=also) if search.text else replace(search.asked, only=also)
    return Heard(asked, understood)


async def _by_meaning(viewer: Viewer, search: Search) -> tuple[dict[Reason, Sequence[Scored]], bool]:
    """What meaning and looks find, and whether somebody said what the words mean."""
    found: dict[Reason, Sequence[Scored]] = {}
    understood: Sequence[Scored] | None = []
    if search.text:
        understood = await meant(viewer, search, MEANT)
        found[Reason.MEANING] = understood or []
    if search.like is not None:
        found[Reason.LOOK] = await look_alikes(viewer, search, search.like, MEANT)
    return found, understood is not None


async def _by_words(viewer: Viewer, search: Search) -> looking.Ranked:
    if not search.text:
        return looking.Ranked([], 0, is_estimate=False)
    return await looking.ranked(viewer, search.filters, search.asked, RANKED)


async def _answer(viewer: Viewer, search: Search) -> Answer:
    by_words, (rankings, understood) = await asyncio.gather(_by_words(viewer, search), _by_meaning(viewer, search))
    words: dict[Reason, Sequence[Scored]] = {Reason.WORDS: [Scored(one) for one in by_words.ids]}
    found = fuse(words | rankings)
    is_whole = by_words.total <= len(by_words.ids)
    total = len(found) if is_whole else max(len(found), by_words.total)
    return Answer(found, total, is_estimate=not is_whole, is_whole=is_whole, understood=understood)
