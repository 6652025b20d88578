"""How a generation goes, as server-sent events (WHATWG HTML, 9.2): `progress`, `image`, `done`."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from clonegallery.api.deps import SignedInViewer, current_viewer
from clonegallery.api.generations import ONE
from clonegallery.failures import as_gallery_error
from clonegallery.generations import service
from clonegallery.generations.news import News
from clonegallery.generations.watching import watch

router = APIRouter(prefix="/api/v1/generations", tags=["generations"])

_RETRY = b"retry: 2000\n\n"
_HEARTBEAT = b": still here\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_EVENT_ID = re.compile(r"[0-9]{1,16}-[0-9]{1,16}")


@router.get(
    f"{ONE}/events",
    operation_id="follow_generation",
    summary="Watch a generation",
    response_class=StreamingResponse,
)
async def follow_generation(
    request: Request,
    viewer: SignedInViewer,
    generation_id: UUID,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """`progress` with `{step, steps, eta_s, preview?}` (a small JPEG as a data URL), `image` with `{id, position,
    seed}` for each picture, and at last `done` with `{status, error?}`.

    The latest progress comes at once; `Last-Event-ID` goes on after that event.
    """
    await service.detail(viewer, generation_id)
    last = last_event_id if last_event_id and _EVENT_ID.fullmatch(last_event_id) else None
    return StreamingResponse(news_of(request, generation_id, last), headers=_HEADERS, media_type="text/event-stream")


async def news_of(request: Request, generation_id: UUID, last: str | None) -> AsyncGenerator[bytes, None]:
    """The stream, until the end, or until the client goes or its session ends: who asks is looked up before each."""
    viewer = await current_viewer(request)
    yield _RETRY
    async with aclosing(watch(viewer, generation_id, last)) as events:
        async for told in events:
            if not await _still_signed_in(request):
                return
            yield _HEARTBEAT if told is None else _written(told)


async def _still_signed_in(request: Request) -> bool:
    try:
        return (await current_viewer(request)).is_signed_in
    except Exception as error:
        known = as_gallery_error(error)
        if known is None or not known.retryable:
            raise
        return False  # The client comes back by itself, and is asked again then.


def _written(told: News) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (told.id.encode(), told.kind.encode(), orjson.dumps(told.data))
