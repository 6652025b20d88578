"""Google and GitHub as Authlib speaks to them: where to send somebody, and whom the provider then vouches for.

Google is any OpenID provider with discovery (OpenID Connect Core and Discovery 1.0). GitHub speaks plain OAuth 2.0,
without identity tokens: its API says who somebody is. Both are asked with PKCE (RFC 7636, S256).
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App

from clonegallery.accounts.names import is_email
from clonegallery.accounts.schemas import ProvenIdentity, Provider
from clonegallery.accounts.secrets import new_token, same_secret
from clonegallery.errors import ProviderEmailUnverified, ProviderFailed, ProviderRefused
from clonegallery.log import get_logger
from clonegallery.settings import Settings

log = get_logger(__name__)

Answer = Mapping[str, Any]

_DISCOVERY = "/.well-known/openid-configuration"
_DISCOVERED_SECONDS = 3600
_CLOCK_SKEW_SECONDS = 60
_MAX_SUBJECT = 255
# What a discovery document is believed. Authlib would hand all of it to its HTTP client, whose options it could set.
_BELIEVED = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "authorization_response_iss_parameter_supported",
)
_SECRET_AS_PARAMETER = "client_secret_post"  # noqa: S105 The name of a method (OpenID Connect Core 1.0, 9).
_GITHUB_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what must be remembered until it comes back; GitHub has no `nonce`."""

    url: str
    state: str
    code_verifier: str
    nonce: str = ""


class ProviderClient(ABC):
    """One provider. Whatever goes wrong with it is `ProviderFailed`, at the latest after `seconds`."""

    def __init__(self, provider: Provider, app: StarletteOAuth2App, seconds: float) -> None:
        self.provider = provider
        self._app = app
        self._seconds = seconds

    async def begin(self, redirect_uri: str) -> Begun:
        """A new authorization request. Raises `ProviderFailed`."""
        async with self._answering():
            begun = await self._app.create_authorization_url(redirect_uri, state=new_token())
            return Begun(begun["url"], begun["state"], begun["code_verifier"], begun.get("nonce", ""))

    async def prove(self, answer: Answer, begun: Begun, redirect_uri: str) -> ProvenIdentity:
        """Whom the provider vouches for, who came back with `answer` (the callback's parameters).

        Raises `ProviderEmailUnverified` where it knows no verified address, and `ProviderFailed`.
        """
        async with self._answering():
            await self._check_answer(answer)
            sent = {"code": answer["code"], "code_verifier": begun.code_verifier}
            token = await self._app.fetch_access_token(redirect_uri, **sent)  # type: ignore[no-untyped-call] # Its stubs.
            return await self._identity(token, begun.nonce)

    @abstractmethod
    async def _check_answer(self, answer: Answer) -> None:
        """Raises where the answer cannot be this provider's."""

    @abstractmethod
    async def _identity(self, token: Answer, nonce: str) -> ProvenIdentity:
        """Whom the provider vouches for in exchange for this token."""

    def _proven(self, subject: object, email: object, name: object) -> ProvenIdentity:
        """Raises `ProviderFailed` unless `subject` is one, and `ProviderEmailUnverified` unless `email` is one."""
        if not isinstance(subject, str) or not (0 < len(subject) <= _MAX_SUBJECT and subject.isprintable()):
            raise ProviderFailed
        if not isinstance(email, str) or not is_email(email):
            raise ProviderEmailUnverified
        return ProvenIdentity(self.provider, subject, email, name if isinstance(name, str) else "")

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except ProviderRefused:
            raise
        except Exception as error:
            # What a provider sends can be anything, and about much of it no library says which errors it raises.
            self._app.server_metadata = {}  # What was learned of the provider may be what is wrong.
            cause, reason = type(error).__name__, str(error)[:300]
            log.warning("provider failed", provider=self.provider, cause=cause, reason=reason)
            raise ProviderFailed from error


class OpenIdApp(StarletteOAuth2App):
    """Authlib's client, which asks for the discovery document anew from time to time and believes little of it."""

    server_metadata: dict[str, Any]
    _server_metadata_url: str

    async def load_server_metadata(self) -> dict[str, Any]:
        if self.server_metadata.get("_loaded_at", 0) < time.time() - _DISCOVERED_SECONDS:
            self.server_metadata = {}
            found, self.server_metadata = await super().load_server_metadata(), {}
            self.server_metadata = self._believed(found)
        return self.server_metadata

    def _believed(self, found: dict[str, Any]) -> dict[str, Any]:
        """Raises `ValueError` for another issuer's document (Discovery 1.0, 4.3)."""
        if self._server_metadata_url != str(found["issuer"]).rstrip("/") + _DISCOVERY:
            raise ValueError("the discovery document is of another issuer")
        if not str(found["authorization_endpoint"]).startswith(("https://", "http://")):
            raise ValueError("the authorization endpoint is no web address")
        # RS256 is what every provider signs with unless a client asked for something else (Core 1.0, 2). Whatever a
        # document lists besides, `none` above all, is nothing that was agreed on.
        agreed = {"id_token_signing_alg_values_supported": ["RS256"], "_loaded_at": found["_loaded_at"]}
        return {name: found[name] for name in _BELIEVED if name in found} | agreed


class OpenIdClient(ProviderClient):
    """An OpenID provider: its signed identity token says who somebody is."""

    async def _check_answer(self, answer: Answer) -> None:
        """The answer names its issuer where the provider promises to (RFC 9207)."""
        metadata = await self._app.load_server_metadata()
        promised = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if promised else metadata["issuer"]) != metadata["issuer"]:
            raise ValueError("the answer is of another issuer")

    async def _identity(self, token: Answer, nonce: str) -> ProvenIdentity:
        claims = await self._claims(token, nonce)
        if claims.get("email_verified") is not True:
            raise ProviderEmailUnverified
        name = claims.get("preferred_username") or claims.get("name")
        return self._proven(claims["sub"], claims.get("email"), name)

    async def _claims(self, token: Answer, nonce: str) -> Answer:
        """The identity token's claims, with those of the userinfo endpoint where the address is only there."""
        issuer = (await self._app.load_server_metadata())["issuer"]
        if not nonce or "id_token" not in token:
            raise ValueError("there is no identity token, or no nonce to check it by")
        expected = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": self._app.client_id},
        }
        claims: Answer = await self._app.parse_id_token(
            token, nonce, claims_options=expected, leeway=_CLOCK_SKEW_SECONDS
        )
        if "email" in claims:
            return claims
        told = await self._app.userinfo(token=token)
        if not same_secret(str(told["sub"]), str(claims["sub"])):
            raise ValueError("the userinfo is somebody else's")
        return {**claims, **told}


class GitHubClient(ProviderClient):
    """GitHub: its API says who somebody is, and which of their addresses is the primary one and verified."""

    async def _check_answer(self, answer: Answer) -> None:
        """GitHub's answers do not say whose they are."""

    async def _identity(self, token: Answer, nonce: str) -> ProvenIdentity:
        person = await self._get("user", token)
        addresses = await self._get("user/emails?per_page=100", token)
        if isinstance(person["id"], bool) or not isinstance(person["id"], int):
            raise ProviderFailed
        proven = (one["email"] for one in addresses if one["primary"] is True and one["verified"] is True)
        return self._proven(str(person["id"]), next(proven, None), person.get("login"))

    async def _get(self, path: str, token: Answer) -> Any:
        answer = await self._app.get(path, token=token, headers=_GITHUB_HEADERS)  # type: ignore[no-untyped-call] # As above.
        answer.raise_for_status()
        return answer.json()


def provider_clients(settings: Settings) -> Mapping[Provider, ProviderClient]:
    """The clients of the providers that are set up."""
    made: dict[Provider, ProviderClient] = {}
    if settings.google_client_id:
        made[Provider.GOOGLE] = OpenIdClient(Provider.GOOGLE, _google(settings), settings.provider_seconds)
    if settings.github_client_id:
        made[Provider.GITHUB] = GitHubClient(Provider.GITHUB, _github(settings), settings.provider_seconds)
    return made


def _google(settings: Settings) -> StarletteOAuth2App:
    return _registered(
        Provider.GOOGLE,
        client_cls=OpenIdApp,
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret.get_secret_value(),
        server_metadata_url=settings.google_discovery_url,
        client_kwargs=_options(settings, scope="openid email profile"),
    )


def _github(settings: Settings) -> StarletteOAuth2App:
    site, api = settings.github_url.rstrip("/"), settings.github_api_url.rstrip("/")
    return _registered(
        Provider.GITHUB,
        client_id=settings.github_client_id,
        client_secret=settings.github_client_secret.get_secret_value(),
        authorize_url=f"{site}/login/oauth/authorize",
        access_token_url=f"{site}/login/oauth/access_token",
        api_base_url=f"{api}/",
        # GitHub documents the secret as a parameter, not as HTTP Basic.
        client_kwargs=_options(settings, scope="user:email", token_endpoint_auth_method=_SECRET_AS_PARAMETER),
    )


def _registered(provider: Provider, **options: Any) -> StarletteOAuth2App:
    app: StarletteOAuth2App = OAuth().register(provider, **options)
    return app


def _options(settings: Settings, **options: str) -> dict[str, Any]:
    return {"code_challenge_method": "S256", "timeout": settings.provider_seconds, **options}
