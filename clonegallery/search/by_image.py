"""The pictures that look like one that somebody has, and does not give to the gallery."""

import asyncio
from typing import Any, Final

from sqlalchemy import Row

from clonegallery import throttle
from clonegallery.accounts.schemas import Caller, Viewer
from clonegallery.db import reading
from clonegallery.errors import NotFound, Unavailable
from clonegallery.images import looking, texts
from clonegallery.images import service as images
from clonegallery.images.decoders import decode_limits
from clonegallery.images.schemas import Upload
from clonegallery.images.sniff import sniff
from clonegallery.search import meaning
from clonegallery.search.asked import Search, search_of, without_like
from clonegallery.search.fusion import Reason
from clonegallery.search.repository import nearest as sql
from clonegallery.search.schemas import LookCard, LookPage, LookQuery, ReasonRead
from clonegallery.search.searched import searched_space
from clonegallery.storage.local import in_thread
from clonegallery.throttle import Bucket

MAX_BYTES: Final = meaning.IMAGE_MOST
_AT_ONCE: Final = asyncio.Semaphore(4)
"""Pictures that this process holds in memory, for the seconds that a worker takes to look at them."""


async def admit_look(viewer: Viewer, caller: Caller, query: LookQuery) -> Search:
    """Count one picture of the viewer's, or of a stranger's network, before its bytes are read; returns what is asked.

    Raises `TooManyRequests`, which says when the next may be, `Invalid` for a `q` that cannot be read or is compared
    with another picture, `NotFound` where nothing can compare pictures, `NotSignedIn` as lists do.
    """
    await throttle.take_if_possible(Bucket.LOOK, str(viewer.id or throttle.network_of(caller.address)))
    search = search_of(query, query.q)
    without_like(query.q or "")
    if query.trashed:
        raise texts.refused("trashed", "Nothing in the trash is compared.")
    await _space()
    return search


async def by_image(viewer: Viewer, search: Search, upload: Upload, limit: int) -> LookPage:
    """Of what the viewer finds in their lists and `search` leaves, the pictures nearest to a file, which stays there.

    Raises `UnsupportedImageType`, `UnreadableImage`, `Unavailable` when no worker looks at it in time, and as
    `admit_look`.
    """
    await asyncio.to_thread(sniff, upload.path, decode_limits())
    space = await _space()
    async with _AT_ONCE:
        vector = await meaning.vector_of_image(space, await in_thread(upload.path.read_bytes))
    if vector is None:
        raise Unavailable("No worker had the time to look at this picture; try again in a moment.")
    narrowed = await looking.narrowed(viewer, search.filters, search.asked)
    async with reading() as connection:
        near = await sql.nearest(
            connection, space, vector,
            viewer_id=viewer.id, without=None, limit=limit,
            narrowing=narrowed.condition, values=narrowed.values, expected=narrowed.expected,
        )  # fmt: skip
    cards = await images.cards_of(viewer, [one.id for one in near])
    return LookPage(items=[_card(cards[one.id], one) for one in near if one.id in cards], model=space.model)


async def _space() -> Row[Any]:
    space = await searched_space()
    if space is None:
        raise NotFound("Pictures cannot be compared here: no model has looked at them, or none has yet.")
    return space


def _card(card: dict[str, Any], near: Any) -> LookCard:
    score = min(1.0, max(0.0, float(near.cosine)))
    return LookCard(**card, score=score, why=[ReasonRead(by=Reason.LOOK, score=round(score, 3))])
