"""How the compiled pages leave the server: each with its head, its security policy, and the right to be cached.

Pages are asked for again each time (`no-cache`, cheap by ETag); the hashed files under /assets never change. A page is
served under its plain address, without the redirect to a trailing slash that would forget the scheme and the port.
"""

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clonegallery.errors import Unavailable
from clonegallery.ui.shell import Head, inline_script_hashes, with_head

_SHELL = "404.html"
_IMMUTABLE = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN = (b"cache-control", b"no-cache")
_ASSETS = "/assets/"
_HTML = b"text/html"

FindHead = Callable[[Request], Awaitable[tuple[int, Head]]]


@dataclass(frozen=True, slots=True)
class Document:
    """One compiled page and what a browser may run in it."""

    html: str
    policy: str


class CompiledPages:
    """The pages in `folder`, read again whenever a build has replaced them."""

    def __init__(self, folder: Path, origins: Sequence[str]) -> None:
        self._folder = folder
        self._sockets = " ".join(origin.replace("http", "ws", 1) for origin in origins)
        self._read: dict[str, tuple[int, Document]] = {}

    def document(self, path: str) -> Document:
        """The page for `path`, or the empty shell where none was compiled for it.

        Raises `Unavailable` when there are no pages yet.
        """
        name = path.strip("/")
        choices = [f"{name}/index.html", f"{name}.html"] if name else ["index.html"]
        for choice in choices:
            if found := self._load(choice):
                return found
        return self.shell()

    def shell(self) -> Document:
        """The empty page that draws itself in the browser. Raises `Unavailable` when there are no pages yet."""
        if document := self._load(_SHELL):
            return document
        raise Unavailable("The pages are not built yet.")

    def _load(self, name: str) -> Document | None:
        file = self._folder / name
        try:
            changed = file.stat().st_mtime_ns
        except OSError:
            return None
        known = self._read.get(name)
        if known is None or known[0] != changed:
            html = file.read_text(encoding="utf-8")
            known = self._read[name] = (changed, Document(html, self._policy(html)))
        return known[1]

    def _policy(self, html: str) -> str:
        """Scripts only from here, and inline only those of this very build; styles also inline, as Reflex sets them."""
        scripts = " ".join(inline_script_hashes(html))
        return "; ".join(
            (
                "default-src 'self'",
                f"script-src 'self' {scripts}".rstrip(),
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                f"connect-src 'self' {self._sockets}".rstrip(),
                "worker-src 'self' blob:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        )


def page_routes(path: str, pages: CompiledPages) -> list[Route]:
    """The address `path`, with and without a slash at its end, answered with its compiled page."""

    async def serve(request: Request) -> Response:
        return _respond(request, pages.document(path))

    return [Route(address, serve) for address in {path, f"{path.rstrip('/')}/"}]


def headed_route(pattern: str, pages: CompiledPages, find_head: FindHead) -> Route:
    """The addresses of `pattern` (Starlette's), answered with the shell under the head that `find_head` finds."""

    async def serve(request: Request) -> Response:
        status, head = await find_head(request)
        shell = pages.shell()
        return _respond(request, Document(with_head(shell.html, head), shell.policy), status)

    return Route(pattern, serve)


def _respond(request: Request, document: Document, status: int = 200) -> Response:
    body = document.html.encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": document.policy,
        "ETag": etag,
        "Vary": "Accept-Encoding, Cookie",
    }
    if status == 200 and request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type="text/html")


class PageHeaders:
    """Completes what Reflex's own file server sends: caching for files, the policy for its page of last resort."""

    def __init__(self, app: ASGIApp, pages: CompiledPages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(scope["path"], message)
            await send(message)

        await self._app(scope, receive, send_completed)

    def _completed(self, path: str, message: Message) -> list[tuple[bytes, bytes]]:
        headers = list(message.get("headers", ()))
        present = {name.lower(): value for name, value in headers}
        if b"cache-control" in present:
            return headers
        if present.get(b"content-type", b"").startswith(_HTML) and message["status"] == 404:
            policy = self._pages.shell().policy
            return [*headers, _ASK_AGAIN, (b"content-security-policy", policy.encode())]
        if path.startswith(_ASSETS) and message["status"] in (200, 206, 304):
            return [*headers, _IMMUTABLE]
        return headers if path.startswith("/api/") else [*headers, _ASK_AGAIN]
