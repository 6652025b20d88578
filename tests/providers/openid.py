"""A small OpenID provider, in Google's place.

It follows OpenID Connect Core 1.0 (code flow, 3.1; identity token, 2; userinfo, 5.3), OpenID Connect Discovery 1.0 (4)
and RFC 7636 (PKCE), and refuses a client that does not. Its knobs make it break them, one at a time.
"""

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.oidc.core.util import create_half_hash
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.providers.grants import CLIENT_ID, CLIENT_SECRET, Grants, consent_page, is_well_asked, sent_back
from tests.providers.serving import free_port, serving


@dataclass
class Knobs:
    """Who uses the provider, and how it misbehaves.

    `claims`, `metadata` and `answer` replace parts of the identity token, of the discovery document and of what the
    callback is sent; None leaves a claim out. `failing` makes an endpoint (discovery, jwks, token, userinfo) answer
    `error`, `garbage` or `list`, or wait for `slow_seconds` (`slow`).
    """

    subject: str = "10769150350006150715113082367"
    email: str = "ada@example.org"
    email_verified: Any = True
    name: Any = "Ada Lovelace"
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    algorithm: str = "RS256"
    email_in_userinfo_only: bool = False
    userinfo_subject: str = ""
    without_identity_token: bool = False
    failing: dict[str, str] = field(default_factory=dict)
    slow_seconds: float = 30.0


class OpenIdProvider:
    """The provider at `url`, with one client, which may be sent back to `redirect_uris`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.redirect_uris: list[str] = []
        self.knobs = Knobs()
        self.token_requests: list[dict[str, str]] = []
        self._foreign_key = RSAKey.generate_key(2048)
        self._grants = Grants()
        self._access_tokens: set[str] = set()
        self._number = 0
        self.change_key()

    @property
    def discovery_url(self) -> str:
        return f"{self.url}/.well-known/openid-configuration"

    def change_key(self) -> None:
        """Sign with a new key from now on, as providers do every few weeks."""
        self._number += 1
        self._key_id = str(self._number)
        self._key = RSAKey.generate_key(2048, {"kid": self._key_id, "use": "sig", "alg": "RS256"})

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.discovery)
        app.get("/jwks")(self.jwks)
        app.get("/authorize")(self.authorize)
        app.post("/authorize")(self.decide)
        app.post("/token")(self.token)
        app.get("/userinfo")(self.userinfo)
        return app

    async def discovery(self) -> Response:
        return await self._answer("discovery", self._metadata())

    async def jwks(self) -> Response:
        return await self._answer("jwks", {"keys": [self._key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if not is_well_asked(asked, self.redirect_uris) or "openid" not in asked.get("scope", "").split():
            raise HTTPException(400, "This is no authorization request of a registered client.")
        return consent_page("OpenID provider", "/authorize", asked)

    async def decide(self, request: Request) -> Response:
        asked = {key: str(value) for key, value in (await request.form()).items()}
        if asked.pop("decision") != "allow":
            return sent_back(asked, {"error": "access_denied"})
        return sent_back(asked, {"code": self._grants.give(asked), **self.knobs.answer})

    async def token(self, request: Request) -> Response:
        sent = {key: str(value) for key, value in (await request.form()).items()}
        self.token_requests.append(sent)
        if request.headers.get("authorization") != _basic(CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._grants.take(sent) if sent.get("grant_type") == "authorization_code" else None
        if asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = secrets.token_urlsafe(16)
        self._access_tokens.add(access_token)
        answer: dict[str, Any] = {"access_token": access_token, "token_type": "Bearer", "expires_in": 3600}
        if not self.knobs.without_identity_token:
            answer["id_token"] = self._signed(self._claims(access_token, asked.get("nonce", "")))
        return await self._answer("token", answer)

    async def userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._access_tokens:
            raise HTTPException(401)
        subject = self.knobs.userinfo_subject or self.knobs.subject
        return await self._answer("userinfo", {"sub": subject, **self._profile()})

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["plain", "S256"],
            **self.knobs.metadata,
        }

    def _profile(self) -> dict[str, Any]:
        return {"email": self.knobs.email, "email_verified": self.knobs.email_verified, "name": self.knobs.name}

    def _claims(self, access_token: str, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.knobs.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 3600,
            "nonce": nonce,
            "at_hash": str(create_half_hash(access_token, "RS256") or b"", "ascii"),
            **({} if self.knobs.email_in_userinfo_only else self._profile()),
            **self.knobs.claims,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def _signed(self, claims: dict[str, Any]) -> str:
        match self.knobs.algorithm:
            case "none":
                return f"{_segment({'alg': 'none'})}.{_segment(claims)}."
            case "HS256":
                # The public key taken for a shared secret, as in the well-known confusion of the two kinds.
                key = OctKey.import_key(self._key.as_pem(private=False))
                return jwt.encode({"alg": "HS256", "kid": self._key_id}, claims, key)
            case "foreign key":
                return jwt.encode({"alg": "RS256", "kid": self._key_id}, claims, self._foreign_key)
            case algorithm:
                return jwt.encode({"alg": algorithm, "kid": self._key_id}, claims, self._key)

    async def _answer(self, endpoint: str, content: dict[str, Any]) -> Response:
        match self.knobs.failing.get(endpoint):
            case "error":
                return JSONResponse({"error": "server_error"}, 500)
            case "garbage":
                return Response(b"\xff<html>", media_type="application/json")
            case "list":
                return JSONResponse([])
            case "slow":
                await asyncio.sleep(self.knobs.slow_seconds)
        return JSONResponse(content)


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    """A provider that answers over HTTP while the block lasts."""
    port = free_port()
    provider = OpenIdProvider(port)
    with serving(provider.app(), port):
        yield provider


def _basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def _segment(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
