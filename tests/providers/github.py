"""A small GitHub: its OAuth web flow and the two routes of its API that say who somebody is.

It follows GitHub's documentation: "Authorizing OAuth apps" (web application flow; the token as a form, or as JSON to
`Accept: application/json`; errors of the token route with status 200) and the REST API's "Get the authenticated user"
and "List email addresses for the authenticated user". The API lies under /api/v3, as on a GitHub Enterprise Server.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from tests.providers.grants import CLIENT_ID, CLIENT_SECRET, Grants, consent_page, is_well_asked, sent_back
from tests.providers.serving import free_port, serving

_AUTHORIZE = "/login/oauth/authorize"


def address(email: str, *, primary: bool = True, verified: bool = True) -> dict[str, Any]:
    """One of somebody's addresses, as /user/emails lists them."""
    return {"email": email, "primary": primary, "verified": verified, "visibility": "private" if primary else None}


@dataclass
class Knobs:
    """Who uses GitHub. `failing` names routes of the API (`/user`, `/user/emails`) that answer 503."""

    id: Any = 583231
    login: str = "octocat"
    emails: Any = field(
        default_factory=lambda: [address("old@example.org", primary=False), address("octocat@example.org")]
    )
    failing: set[str] = field(default_factory=set)


class GitHub:
    """GitHub at `url`, with one OAuth app, which may be sent back to `redirect_uris`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.url}/api/v3"
        self.redirect_uris: list[str] = []
        self.knobs = Knobs()
        self._grants = Grants()
        self._scopes: dict[str, str] = {}

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get(_AUTHORIZE)(self.authorize)
        app.post(_AUTHORIZE)(self.decide)
        app.post("/login/oauth/access_token")(self.token)
        app.get("/api/v3/user")(self.user)
        app.get("/api/v3/user/emails")(self.emails)
        return app

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if not is_well_asked(asked, self.redirect_uris):
            raise HTTPException(404)
        return consent_page("GitHub", _AUTHORIZE, asked)

    async def decide(self, request: Request) -> Response:
        asked = {key: str(value) for key, value in (await request.form()).items()}
        if asked.pop("decision") != "allow":
            denied = {"error": "access_denied", "error_description": "The user has denied your application access."}
            return sent_back(asked, denied)
        return sent_back(asked, {"code": self._grants.give(asked)})

    async def token(self, request: Request) -> Response:
        answer = self._token({key: str(value) for key, value in (await request.form()).items()})
        if request.headers.get("accept") == "application/json":
            return JSONResponse(answer)
        return Response(urlencode(answer), media_type="application/x-www-form-urlencoded")

    def _token(self, sent: dict[str, str]) -> dict[str, str]:
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return {"error": "incorrect_client_credentials"}
        asked = self._grants.take(sent)
        if asked is None:
            return {"error": "bad_verification_code", "error_description": "The code passed is incorrect or expired."}
        token = "gho_" + secrets.token_urlsafe(16)
        self._scopes[token] = asked.get("scope", "")
        return {"access_token": token, "token_type": "bearer", "scope": self._scopes[token]}

    async def user(self, request: Request) -> Response:
        self._scope_of(request, "/user")
        return JSONResponse({"login": self.knobs.login, "id": self.knobs.id, "name": "The Octocat", "email": None})

    async def emails(self, request: Request) -> Response:
        if "user:email" not in self._scope_of(request, "/user/emails").split():
            raise HTTPException(404, "Not Found")
        return JSONResponse(self.knobs.emails)

    def _scope_of(self, request: Request, path: str) -> str:
        if path in self.knobs.failing:
            raise HTTPException(503)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() not in ("bearer", "token") or token not in self._scopes:
            raise HTTPException(401, "Requires authentication")
        return self._scopes[token]


@contextmanager
def github() -> Iterator[GitHub]:
    """A GitHub that answers over HTTP while the block lasts."""
    port = free_port()
    stand_in = GitHub(port)
    with serving(stand_in.app(), port):
        yield stand_in
