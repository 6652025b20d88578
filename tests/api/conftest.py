"""Providers to sign in with, and a gallery that knows them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest

from clonegallery.api.app import create_api
from clonegallery.settings import get_settings
from tests.conftest import Services
from tests.providers import gallery, openid
from tests.providers import github as github_stand_in
from tests.providers.github import GitHub
from tests.providers.openid import OpenIdProvider


@dataclass(frozen=True, slots=True)
class Providers:
    """Both stand-ins, as if nobody had touched their knobs."""

    google: OpenIdProvider
    github: GitHub


@pytest.fixture(scope="session")
def both_providers() -> Iterator[Providers]:
    with openid.openid_provider() as google, github_stand_in.github() as github:
        yield Providers(google, github)


@pytest.fixture
def providers(both_providers: Providers, database: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """Both, and the settings of this process pointing at them."""
    both_providers.google.knobs, both_providers.github.knobs = openid.Knobs(), github_stand_in.Knobs()
    both_providers.google.token_requests.clear()
    for name, value in gallery.environment(both_providers.google, both_providers.github).items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    gallery.register(both_providers.google, both_providers.github, get_settings().origin)
    yield both_providers
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
async def visitor(providers: Providers) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger's browser at a gallery with both providers."""
    transport = httpx.ASGITransport(create_api())
    async with httpx.AsyncClient(transport=transport, base_url=get_settings().origin) as http:
        yield http
