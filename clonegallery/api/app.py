"""The one FastAPI application, and what its process opens and closes around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from clonegallery import __version__
from clonegallery.api import (
    admin,
    auth,
    browser,
    by_image,
    credentials,
    docs,
    generation_events,
    generations,
    health,
    image_events,
    images,
    likes,
    me,
    media,
    models,
    oauth,
    search,
    suggestions,
)
from clonegallery.api.deps import CSRF_HEADER
from clonegallery.api.lingering import ReadToTheEnd
from clonegallery.api.middleware import BodyLimit, RequestLog, SafeHeaders
from clonegallery.api.oauth_clients import provider_clients
from clonegallery.api.openapi import GalleryApi
from clonegallery.api.problems import Problem, install_problems, problem_of
from clonegallery.db import dispose_engine
from clonegallery.errors import NotFound
from clonegallery.events import close_redis, hub
from clonegallery.log import configure_logging
from clonegallery.settings import Settings, get_settings

MAX_BODY = 1024 * 1024
_STREAMING = (("POST", "/api/v1/images"), ("POST", "/api/v1/search/by-image"))
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_ROUTERS = (
    browser.router,
    oauth.router,
    auth.router,
    me.router,
    credentials.router,
    admin.router,
    image_events.router,
    images.router,
    likes.router,
    media.router,
    health.router,
    generation_events.router,
    generations.router,
    models.router,
    search.router,
    suggestions.router,
    by_image.router,
    docs.router,
)


def create_api(settings: Settings | None = None) -> FastAPI:
    """The API with every route, ready to be served alone or with the pages mounted beneath it.

    A body may have 1 MiB, except on the routes in `_STREAMING`, which count for themselves.
    """
    settings = settings or get_settings()
    app = GalleryApi(
        title="CloneGallery",
        version=__version__,
        summary="A gallery for the photographs people take and the images they generate.",
        openapi_url=docs.OPENAPI_URL,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.provider_clients = provider_clients(settings)
    install_problems(app)
    _surround(app, settings)
    for router in _ROUTERS:
        app.include_router(router)
    app.mount(docs.ASSETS_URL, docs.swagger_assets())
    nothing = _NoSuchRoute(app)
    for path in ("/api", "/api/{rest:path}"):
        app.router.routes.append(Route(path, nothing, include_in_schema=False))
    return app


async def startup() -> None:
    """Open what every request shares. For the composition root: a mounted application's own lifespan never runs."""
    configure_logging(get_settings())
    await hub.start()


async def shutdown() -> None:
    """Close what `startup` and the first requests opened."""
    await hub.stop()
    await close_redis()
    await dispose_engine()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """`startup` and `shutdown` around an application that is served by itself."""
    await startup()
    try:
        yield
    finally:
        await shutdown()


def _surround(app: FastAPI, settings: Settings) -> None:
    """Middleware, the outermost last."""
    app.add_middleware(BodyLimit, limit=MAX_BODY, unlimited=_STREAMING)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_credentials=True,
        allow_methods=_METHODS,
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Range", CSRF_HEADER],
        expose_headers=["Content-Range", "ETag", "Location", "Retry-After", "X-Request-ID"],
        max_age=600,
    )
    app.add_middleware(SafeHeaders, secure=settings.secure)
    app.add_middleware(RequestLog)
    app.add_middleware(ReadToTheEnd)


class _NoSuchRoute:
    """What is left under /api after every route: a 405 where only the method is wrong, else a 404, both as problems."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = [method for method in _METHODS if self._answers(scope, method)]
        problem = _wrong_method(allowed) if allowed else problem_of(NotFound("There is no such address in this API."))
        await problem.response()(scope, receive, send)

    def _answers(self, scope: Scope, method: str) -> bool:
        asked = {**scope, "method": method}
        known = (route for route in self._app.router.routes if getattr(route, "app", None) is not self)
        return any(route.matches(asked)[0] is Match.FULL for route in known if getattr(route, "path", None) != "")


def _wrong_method(allowed: list[str]) -> Problem:
    words = " or ".join(allowed)
    return Problem(
        405, "method_not_allowed", "Not in this way", f"Use {words} here.", headers={"Allow": ", ".join(allowed)}
    )
