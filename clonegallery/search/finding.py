"""One answer to a search: what its words, their meaning and a look find, fused under the same conditions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

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
    `NotFound` where pictures like one are asked for that the viewer may not see (`lists.find` says so with its place).
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
    """What lists are asked for; not all that was meant where `is_whole` is false, since nobody said what words mean.

    `is_cut` where it holds only the nearest of what is meant or looks alike, so that conditions may bring others in.
    """

    asked: Asked
    is_whole: bool = True
    is_cut: bool = False


async def asked_of(viewer: Viewer, search: Search) -> Heard:
    """What lists in other orders than the best first are asked for: what is meant is among what they hold."""
    if not search.looks_for_something:
        return Heard(search.asked)
    near = await _by_meaning(viewer, search)
    if search.like is None:
        asked = replace(search.asked, also=_ids_of(near.rankings[Reason.MEANING]))
    else:
        asked = replace(search.firm, only=_ids_of(near.rankings[Reason.LOOK]))
    return Heard(asked, near.understood, near.is_cut)


def _ids_of(ranking: Sequence[Scored]) -> tuple[UUID, ...]:
    return tuple(item.id for item in ranking)


@dataclass(slots=True)
class _Nearby:
    """What meaning and looks find; `understood` where somebody said what the words mean, `is_cut` as in `Heard`."""

    rankings: dict[Reason, Sequence[Scored]]
    understood: bool = True
    is_cut: bool = False


async def _by_meaning(viewer: Viewer, search: Search) -> _Nearby:
    """Where words stand beside a picture, what looks like it is looked for among what they find and mean."""
    near = _Nearby({})
    if search.text:
        found = await meant(viewer, search, MEANT)
        near.rankings[Reason.MEANING] = found.hits if found else []
        near.understood, near.is_cut = found is not None, found is not None and found.is_cut
    if search.like is not None:
        asked = replace(search.asked, also=_ids_of(near.rankings.get(Reason.MEANING, ())))
        alike = near.rankings[Reason.LOOK] = await look_alikes(viewer, search, asked, search.like, MEANT)
        near.is_cut = len(alike) == MEANT
    return near


async def _by_words(viewer: Viewer, search: Search) -> looking.Ranked:
    if not search.text:
        return looking.Ranked([], 0, is_estimate=False)
    return await looking.ranked(viewer, search.filters, search.asked, RANKED)


async def _answer(viewer: Viewer, search: Search) -> Answer:
    by_words, near = await asyncio.gather(_by_words(viewer, search), _by_meaning(viewer, search))
    every: dict[Reason, Sequence[Scored]] = {Reason.WORDS: [Scored(one) for one in by_words.ids], **near.rankings}
    if search.like is not None:
        alike = {item.id for item in near.rankings[Reason.LOOK]}
        every = {reason: [item for item in ranking if item.id in alike] for reason, ranking in every.items()}
        found = fuse(every)
        return Answer(found, len(found), is_estimate=False, is_whole=True, understood=near.understood)
    found = fuse(every)
    is_whole = by_words.total <= len(by_words.ids)
    # Of what is only meant some may be among the words that follow: then nobody has counted all.
    only_meant = len(found) - len(by_words.ids)
    is_estimate = not is_whole and (by_words.is_estimate or only_meant > 0)
    total = len(found) if is_whole else by_words.total + only_meant
    return Answer(found, total, is_estimate=is_estimate, is_whole=is_whole, understood=near.understood)
