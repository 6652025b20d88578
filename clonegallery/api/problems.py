"""Every refusal as an RFC 9457 `application/problem+json` document, whoever raised it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from clonegallery.errors import FieldError, GalleryError, Invalid, NotFound, TooLarge
from clonegallery.failures import LIBRARY_FAILURES, as_gallery_error
from clonegallery.log import get_logger

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:clonegallery:problem:"
_MAX_ERRORS = 50
_MAX_NAME = 100

_UNREADABLE = "The body of this request cannot be read."
_PLAIN_WORDS = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such field.",
    "json_invalid": "The body is not valid JSON.",
    "string_unicode": "This is not valid Unicode text.",
    "model_attributes_type": "The body must be a JSON object sent as application/json.",
    "dict_type": "The body must be a JSON object sent as application/json.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a refusal says: a stable `code` for programs, words for people, and the refused fields."""

    status: int
    code: str
    title: str
    detail: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        body: dict[str, Any] = {
            "type": _TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": _valid_text(self.detail),
            "code": self.code,
        }
        if self.errors:
            body["errors"] = [_told(error) for error in self.errors]
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(body), self.status, headers, media_type=MEDIA_TYPE)


def _told(error: FieldError) -> dict[str, Any]:
    told: dict[str, Any] = {"field": _valid_text(error.field), "message": _valid_text(error.message)}
    if error.position is not None:
        told |= {"token": _valid_text(error.token or ""), "position": error.position}
    return told


UNEXPECTED = Problem(500, "internal", "Something went wrong", "The gallery met an error it did not expect.")


def problem_of(error: GalleryError) -> Problem:
    """The problem document of one of the gallery's own errors."""
    headers = dict(error.headers())
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Problem(error.status, error.code, error.title, error.detail, error.errors, headers)


def problem_for(error: Exception) -> Problem:
    """The problem document of any error; one that nobody planned is logged in full and told without details."""
    known = as_gallery_error(error)
    if known is None:
        log.error("unexpected error", exc_info=error)
        return UNEXPECTED
    if known is not error:
        log.warning("dependency failed", code=known.code, cause=type(error).__name__, reason=str(error)[:300])
    return problem_of(known)


def install_problems(app: FastAPI) -> None:
    """Answer every exception that a route of `app` can let out with a problem document."""
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    kinds: tuple[type[Exception], ...] = (GalleryError, *LIBRARY_FAILURES)
    for kind in kinds:
        app.add_exception_handler(kind, _any_error)


async def _any_error(_request: Request, error: Exception) -> Response:
    return problem_for(error).response()


async def _invalid_request(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 Narrows what Starlette hands over untyped.
    found = error.errors()
    if found and all(item["loc"][:1] == ("path",) for item in found):
        # An id that cannot be an id names nothing, which is the same answer as an id that nothing has.
        return problem_of(NotFound()).response()
    fields = [FieldError(_field_name(item["loc"]), _plain_words(item)) for item in found[:_MAX_ERRORS]]
    detail = f"{fields[0].field}: {fields[0].message}" if fields else ""
    return problem_of(Invalid(detail, errors=fields)).response()


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 Narrows what Starlette hands over untyped.
    if isinstance(error.__cause__, GalleryError):
        return problem_of(error.__cause__).response()
    return _problem_of_status(error).response()


def _problem_of_status(error: HTTPException) -> Problem:
    """The frameworks' own refusals: their 400s are bodies that cannot be read, which this API calls 422."""
    match error.status_code:
        case 400:
            return problem_of(Invalid(_UNREADABLE, errors=[FieldError("body", _UNREADABLE)]))
        case 404:
            return problem_of(NotFound())
        case 413:
            return problem_of(TooLarge("The body of this request is too large."))
        case status:
            phrase = HTTPStatus(status).phrase
            return Problem(status, phrase.lower().replace(" ", "_"), phrase, phrase + ".", (), error.headers or {})


def _field_name(loc: Sequence[Any]) -> str:
    """`("body", "tags", 0)` → `tags.0`; an error in the body as such is called `body`."""
    inner = [str(part) for part in loc[1:] if not isinstance(part, int) or len(loc) > 2]
    return (".".join(inner) or str(loc[0] if loc else "body"))[:_MAX_NAME]


def _plain_words(item: Mapping[str, Any]) -> str:
    if plain := _PLAIN_WORDS.get(item["type"]):
        return plain
    message = str(item["msg"]).removeprefix("Value error, ").replace("Input should", "This should")
    return message if message.endswith(".") else message + "."


def _valid_text(text: str) -> str:
    """Lone surrogates, which JSON can smuggle in and UTF-8 cannot carry out, become question marks."""
    return text.encode("utf-8", "replace").decode()
