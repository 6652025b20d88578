"""News of one's own pictures as server-sent events (WHATWG HTML, 9.2): `processing` becoming `ready` or `failed`."""

import asyncio
from collections.abc import AsyncIterator

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from clonegallery.api.deps import SignedInViewer, current_viewer
from clonegallery.events import Event, hub, user_channel
from clonegallery.failures import as_gallery_error

router = APIRouter(prefix="/api/v1/images", tags=["images"])

HEARTBEAT_SECONDS = 15.0
_RETRY = b"retry: 3000\n\n"
_HEARTBEAT = b": still here\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/events", operation_id="follow_images", summary="News of one's pictures", response_class=StreamingResponse)
async def follow_images(request: Request, viewer: SignedInViewer) -> StreamingResponse:
    """`event: image` with `{id, status, error?}` for each of one's pictures that becomes ready or fails.

    News can be lost while a connection is down: after each (re)connection read again what is still waited for.
    """
    await hub.start()
    return StreamingResponse(news(request), headers=_HEADERS, media_type="text/event-stream")


async def news(request: Request) -> AsyncIterator[bytes]:
    """The stream, until the client goes or its session ends: who is asking is looked up anew before each message."""
    viewer = await current_viewer(request)
    if viewer.id is None:
        return
    async with hub.listen(user_channel(viewer.id)) as queue:
        yield _RETRY
        while True:
            event = await _next(queue)
            if not await _still_signed_in(request):
                return
            yield _HEARTBEAT if event is None else _written(event)


async def _next(queue: "asyncio.Queue[Event]") -> Event | None:
    """The next news of a picture, None when a heartbeat is due."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            while True:
                event = await queue.get()
                if event.get("type") == "image":
                    return event
    except TimeoutError:
        return None


async def _still_signed_in(request: Request) -> bool:
    try:
        return (await current_viewer(request)).is_signed_in
    except Exception as error:
        known = as_gallery_error(error)
        if known is None or not known.retryable:
            raise
        # The client reconnects by itself, and asks again then.
        return False


def _written(event: Event) -> bytes:
    data = {name: event[name] for name in ("id", "status", "error") if name in event}
    return b"event: image\ndata: " + orjson.dumps(data) + b"\n\n"
