"""An OpenAPI document that is true: problem documents for refusals, who must sign in, and what a write needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from clonegallery.api.deps import (
    CSRF_HEADER,
    READS,
    anybody_writing,
    current_viewer,
    require_permission,
    signed_in_person,
    signed_in_viewer,
    writing_person,
)
from clonegallery.api.problems import MEDIA_TYPE

Document = dict[str, Any]

_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_PROBLEM: Document = {
    "title": "Problem",
    "description": "A refusal as RFC 9457 describes it; `code` is stable, `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:clonegallery:problem:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": ["invalid"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "token": {"type": "string", "description": "The part of a text that is wrong."},
                    "position": {"type": "integer", "description": "How many characters come before that part."},
                },
            },
        },
    },
}
_SECURITY_SCHEMES: Document = {
    "access_token": {
        "type": "oauth2",
        "description": "`Authorization: Bearer <access token>`, from POST /api/v1/auth/token.",
        "flows": {
            "password": {"tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/refresh", "scopes": {}},
        },
    },
    "api_key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "cg_…",
        "description": "`Authorization: Bearer cg_…`, from POST /api/v1/me/api-keys; limited by the key's scopes.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "cg_session",
        "description": "The browser's session, set by POST /auth/login; called `__Host-cg_session` under https.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "`csrf_token` from GET /api/v1/me; every write that signs in by cookie needs it.",
    },
}
_TOKEN: Document = {"access_token": []}
_KEY: Document = {"api_key": []}
_COOKIE: Document = {"session": []}
_COOKIE_AND_TOKEN: Document = {"session": [], "csrf": []}


def problem_responses(*statuses: int) -> dict[int | str, Document]:
    """For a route's `responses=`: these statuses, each answered with a problem document."""
    return {status: _problem_response(status) for status in statuses}


class GalleryApi(FastAPI):
    """FastAPI whose document tells what the dependencies and the problem handlers really answer."""

    def openapi(self) -> Document:
        """The OpenAPI 3.1 document; made once, and again when a route was added."""
        document = super().openapi()
        if "Problem" not in document.setdefault("components", {}).setdefault("schemas", {}):
            _complete(self, document)
        return document


def _complete(app: FastAPI, document: Document) -> None:
    schemas = document["components"]["schemas"]
    schemas["Problem"] = _PROBLEM
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    document["components"]["securitySchemes"] = _SECURITY_SCHEMES
    for path, method, operation, dependant in _operations(app, document):
        asked = _asked(method, dependant)
        _add_problems(path, operation, asked)
        _add_security(operation, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a route asks of whoever calls: who they are at all, to be signed in, not by a key, to mean to write."""

    who: bool
    signed_in: bool
    person: bool
    writing: bool


def _asked(method: str, dependant: Dependant) -> _Asked:
    calls: list[Any] = [dependency.call for dependency in _all_dependencies(dependant)]
    permitted = any(isinstance(call, require_permission) for call in calls)
    return _Asked(
        who=current_viewer in calls,
        signed_in=signed_in_viewer in calls,
        person=signed_in_person in calls or writing_person in calls,
        writing=anybody_writing in calls or (permitted and method not in READS),
    )


def _operations(app: FastAPI, document: Document) -> Iterator[tuple[str, str, Document, Dependant]]:
    """Each operation of the document with its path, its method and what its route depends on."""
    for context in iter_route_contexts(app.routes):
        if not isinstance(context.original_route, APIRoute) or not context.original_route.include_in_schema:
            continue
        path = document["paths"].get(context.path_format, {})
        for method in context.methods or ():
            if operation := path.get(method.lower()):
                yield str(context.path_format), method, operation, cast(Dependant, context.dependant)


def _all_dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _all_dependencies(inner)


def _add_problems(path: str, operation: Document, asked: "_Asked") -> None:
    statuses = {422} if "422" in operation["responses"] else set()
    if "{" in path:
        statuses |= {404}
    if asked.who:
        # 403 for an API key without the scope, whoever else may come in.
        statuses |= {401, 403, 503}
    if "requestBody" in operation:
        statuses |= {413}
    for status in sorted(statuses):
        operation["responses"][str(status)] = _problem_response(status)


def _add_security(operation: Document, asked: "_Asked") -> None:
    if not asked.who:
        return
    keys = [] if asked.person else [_KEY]
    cookie = _COOKIE_AND_TOKEN if asked.writing else _COOKIE
    nobody: list[Document] = [] if asked.signed_in else [{}]
    operation["security"] = [*nobody, _TOKEN, *keys, cookie]


def _problem_response(status: int) -> Document:
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": _PROBLEM_REF}}}
