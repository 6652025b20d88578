"""The whole product starts and a browser can use it."""

import pytest
from playwright.async_api import Page

from tests.e2e.site import Site

pytestmark = pytest.mark.e2e


async def test_the_admin_signs_in_on_a_port_that_the_pages_were_not_built_for(site: Site, page: Page) -> None:
    """Decision 004: the compiled pages talk to the port that they were loaded from, websocket included."""
    async with page.expect_websocket() as opened:
        await page.goto(f"{site.url}/login")
    assert (await opened.value).url.startswith(site.url.replace("http", "ws"))
    await page.get_by_label("Username or e-mail").fill(site.admin_username)
    await page.get_by_label("Password").fill(site.admin_password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}/")
    assert (await (await page.request.get(f"{site.url}/api/v1/me")).json())["username"] == site.admin_username
