"""What a service made, taken in with suspicion: fetched from where it may lie, and shown to be a whole picture."""

import asyncio
import base64
import io
import ipaddress
import socket
import struct
import zlib

import httpx
from PIL import Image

from clonegallery.errors import GenerationFailed
from clonegallery.inference.services import Service, is_loopback
from clonegallery.inference.wire import TOO_LARGE, NoAnswer, Wire

NO_PICTURE = "The provider's answer is no picture."
DAMAGED = "The provider's picture is cut short or damaged."
TOO_MANY_PIXELS = "The provider's picture has too many pixels."
STRANGE_ADDRESS = "The provider's picture lies where none of its pictures should."

_FORMATS = ("PNG", "JPEG", "WEBP")
_MAX_PIXELS = 64_000_000
_MAX_REDIRECTS = 3
_PREVIEW_SIDE = 512
# What Pillow raises on bytes that it cannot read, from many decoders and without a common root.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    ArithmeticError,
    LookupError,
    TypeError,
    struct.error,
    zlib.error,
)


async def whole_picture(content: bytes) -> bytes:
    """`content`, which is a whole PNG, JPEG or WebP: every pixel has been decoded. Raises `GenerationFailed`."""
    await asyncio.to_thread(_decode, content)
    return content


async def preview_of(text: str) -> bytes | None:
    """A small JPEG of an unfinished picture in base64, or None where it cannot be read: it is only news."""
    try:
        return await asyncio.to_thread(_small_jpeg, from_base64(text, len(text)))
    except GenerationFailed:
        return None


def from_base64(text: object, max_bytes: int) -> bytes:
    """The bytes, at most `max_bytes`, behind `text`, which should be base64. Raises `GenerationFailed`."""
    if not isinstance(text, str):
        raise GenerationFailed(NO_PICTURE)
    if len(text) > max_bytes * 4 // 3 + 4:
        raise GenerationFailed(TOO_LARGE)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise GenerationFailed(NO_PICTURE) from None


async def fetched(address: str, service: Service, max_bytes: int) -> bytes:
    """What lies at an output's `address`: a `data:` or `https:` URL. No key is sent there.

    Only public addresses are asked, also after redirects, and each connection goes to the very address that was
    looked at; a service on this machine may name addresses of this machine, and plain `http:` there. Raises
    `GenerationFailed`, `ProviderAnswer` and `NoAnswer`.
    """
    if address.startswith("data:"):
        head, _, body = address.partition(",")
        if not head.endswith(";base64"):
            raise GenerationFailed(NO_PICTURE)
        return from_base64(body, max_bytes)
    async with httpx.AsyncClient(transport=Wire(max_bytes), timeout=httpx.Timeout(30.0)) as http:
        return await _download(http, address, service)


async def _download(http: httpx.AsyncClient, address: str, service: Service) -> bytes:
    try:
        url = httpx.URL(address)
        for _ in range(_MAX_REDIRECTS + 1):
            response = await _got(http, url, service)
            if not response.has_redirect_location:
                return response.content
            url = url.join(response.headers["Location"])
    except (httpx.InvalidURL, httpx.HTTPError, UnicodeError):
        pass  # What is not even an address is none where a picture should be.
    raise GenerationFailed(STRANGE_ADDRESS)


async def _got(http: httpx.AsyncClient, url: httpx.URL, service: Service) -> httpx.Response:
    """The answer of the first of the host's addresses that one can connect to."""
    silence = NoAnswer(sent=False)
    for address in await _vetted(url, service):
        # Straight to the address that was looked at: a moment later the name could stand for another one.
        request = http.build_request("GET", url.copy_with(host=address))
        request.headers["Host"] = url.netloc.decode("ascii").rpartition("@")[2]
        request.extensions["sni_hostname"] = url.host
        try:
            return await http.send(request)
        except NoAnswer as unanswered:
            silence = unanswered
            if silence.sent:
                break
    raise silence


async def _vetted(url: httpx.URL, service: Service) -> list[str]:
    """The addresses of `url`'s host, IPv4 first, where all of them are public."""
    here = service.is_loopback and is_loopback(url.host)
    if not url.host or (url.scheme != "https" and not (here and url.scheme == "http")):
        raise GenerationFailed(STRANGE_ADDRESS)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, url.port or 443, proto=socket.IPPROTO_TCP)
    except OSError:
        raise NoAnswer(sent=False) from None
    addresses = [ipaddress.ip_address(place[0]) for *_, place in found]
    if not all(one.is_loopback if here else one.is_global for one in addresses):
        raise GenerationFailed(STRANGE_ADDRESS)
    return [str(one) for one in sorted(addresses, key=lambda one: one.version)]


def _decode(content: bytes) -> Image.Image:
    if not (content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")) or content[8:12] == b"WEBP"):
        raise GenerationFailed(NO_PICTURE)
    try:
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > _MAX_PIXELS:
            raise GenerationFailed(TOO_MANY_PIXELS)
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise GenerationFailed(TOO_MANY_PIXELS) from None
    except _UNREADABLE:
        raise GenerationFailed(DAMAGED) from None
    return picture


def _small_jpeg(content: bytes) -> bytes:
    picture = _decode(content).convert("RGB")
    picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
    small = io.BytesIO()
    picture.save(small, "JPEG", quality=70)
    return small.getvalue()
