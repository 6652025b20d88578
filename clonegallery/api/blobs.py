"""Blobs as HTTP answers: ranges and conditions of RFC 9110, and headers that keep a hostile picture a picture."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from clonegallery.images.files import Servable
from clonegallery.storage.keys import digest_of
from clonegallery.storage.select import get_storage

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/%;]')


async def blob_response(request: Request, blob: Servable) -> Response:
    """The answer to a GET or HEAD for these bytes: 200, 206 for one range, 304, or 416. Raises `NotFound`."""
    etag = f'"{digest_of(blob.key)}"'
    headers = _headers(blob, etag)
    if _matches(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    size = await get_storage().size(blob.key)
    wanted = _range(request, etag, size)
    if wanted is not None and wanted[0] >= wanted[1]:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = wanted or (0, size)
    headers["Content-Length"] = str(end - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if wanted else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=blob.mime)
    return StreamingResponse(await _opened(blob, start, end), status, headers, media_type=blob.mime)


async def _opened(blob: Servable, start: int, end: int) -> AsyncIterator[bytes]:
    return await get_storage().open(blob.key, start, end)


def _headers(blob: Servable, etag: str) -> dict[str, str]:
    return {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": blob.cache_control,
        "Content-Disposition": content_disposition(blob.filename, attachment=blob.attachment),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin" if blob.shared else "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def content_disposition(filename: str, *, attachment: bool) -> str:
    """RFC 6266: a plain ASCII name for old clients and the real one, percent-encoded, for the rest."""
    plain = _UNSAFE.sub("_", filename).encode("ascii", "replace").decode().replace("?", "_")
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _matches(condition: str, etag: str) -> bool:
    """Whether an `If-None-Match` names this entity; weak comparison, as RFC 9110 asks for."""
    return condition.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in condition.split(","))


def _range(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None for the whole, an empty span for one that cannot be satisfied.

    Several ranges, other units and nonsense are answered with the whole, as RFC 9110 allows.
    """
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or request.headers.get("if-range", etag) != etag or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1 if last else size)
