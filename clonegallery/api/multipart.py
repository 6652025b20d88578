"""Reading an upload as it arrives: one file straight into quarantine, a few short fields, nothing else.

The framework's own form parser spools whole bodies to disk before anybody may refuse them. The format is RFC 7578.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from clonegallery.errors import FieldError, Invalid
from clonegallery.images.quarantine import Quarantine, too_large
from clonegallery.images.schemas import Upload

FILE = "file"
_MAX_FIELDS = 64
_MAX_FIELD_BYTES = 64 * 1024
_MAX_HEADER_BYTES = 32 * 1024  # Some systems allow names of 10 KB.
_OVERHEAD_BYTES = 512 * 1024  # What fields and boundaries may add to the file.
_SHOWN = 60
_IDLE_SECONDS = 60.0

Fields = dict[str, list[str]]


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    name: str = ""
    filename: str | None = None
    text: bytearray = field(default_factory=bytearray)


async def receive(request: Request, quarantine: Quarantine, allowed: Collection[str] = ()) -> tuple[Upload, Fields]:
    """The file, whole and durable in quarantine, and the text fields by name, of those that are `allowed`.

    Raises `TooLarge` as soon as the cap is passed, before anything is read where the length is declared; `Invalid` for
    a body that is cut off, stalls or is no form, for an unknown field (by name), and for no file or more than one.
    """
    _refuse_declared_length(request, quarantine.limit)
    form = _Form(_boundary(request), quarantine, frozenset(allowed))
    chunks = request.stream()
    while (chunk := await _next(chunks)) is not None:
        await form.take(chunk)
    return await form.finish()


async def _next(chunks: AsyncGenerator[bytes, None]) -> bytes | None:
    """The next bytes, None after the last; whoever sends none for a minute does not keep their place."""
    try:
        async with asyncio.timeout(_IDLE_SECONDS):
            return await anext(chunks, None)
    except TimeoutError as error:
        raise _refused("body", f"Nothing came for {_IDLE_SECONDS:g} seconds.") from error


class _Form:
    """The parser's callbacks note what came; `take` then does what must be awaited."""

    def __init__(self, boundary: bytes, quarantine: Quarantine, allowed: frozenset[str]) -> None:
        self._quarantine = quarantine
        self._allowed = allowed
        self._part = _Part()
        self._header: tuple[bytes, bytes] = (b"", b"")
        self._pieces: list[bytes] = []
        self._filename: str | None = None
        self._fields: Fields = {}
        self._count = 0
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_end": self._on_end,
                },
                max_header_size=_MAX_HEADER_BYTES,
            )
        except FormParserError as error:
            raise _refused("body", "The form's boundary is too long.") from error

    async def take(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise _refused("body", "The body is not a readable multipart form.") from error
        pieces, self._pieces = self._pieces, []
        for piece in pieces:
            await self._quarantine.write(piece)

    async def finish(self) -> tuple[Upload, Fields]:
        if not self._ended:
            raise _refused("body", "The body was cut off.")
        if self._filename is None:
            raise _refused(FILE, "A file is required.")
        return await self._quarantine.finish(self._filename), self._fields

    def _on_part_begin(self) -> None:
        self._part = _Part()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], b"")

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _on_header_end(self) -> None:
        self._part.headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._part.headers.get(b"content-disposition", b""))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part.name == FILE:
            self._begin_file(options.get(b"filename", b""))
        elif self._part.name not in self._allowed:
            raise _refused(self._part.name[:_SHOWN] or "body", "There is no such field.")
        self._count += 1
        if self._count > _MAX_FIELDS:
            raise _refused("body", "The form has too many fields.")

    def _begin_file(self, filename: bytes) -> None:
        if self._filename is not None:
            raise _refused(FILE, "One upload has one file.")
        self._filename = self._part.filename = filename.decode("utf-8", "replace")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.filename is not None:
            self._pieces.append(data[start:end])
            return
        self._part.text += data[start:end]
        if len(self._part.text) > _MAX_FIELD_BYTES:
            raise _refused(self._part.name, "This is too long.")

    def _on_part_end(self) -> None:
        if self._part.filename is None:
            try:
                text = self._part.text.decode()
            except UnicodeDecodeError as error:
                raise _refused(self._part.name, "This is not valid UTF-8 text.") from error
            self._fields.setdefault(self._part.name, []).append(text)

    def _on_end(self) -> None:
        self._ended = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise _refused("body", "Send the file as multipart/form-data.")
    return options[b"boundary"]


def _refuse_declared_length(request: Request, limit: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit + _OVERHEAD_BYTES:
        raise too_large(limit)


def _refused(name: str, reason: str) -> Invalid:
    return Invalid(f"{name}: {reason}", errors=[FieldError(name, reason)])
