"""The settings in a browser: a key that works, a browser that is signed out from another one, a new password."""

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import make_person, second_browser, sign_in_as
from tests.e2e.site import Site
from tests.factories import PASSWORD

pytestmark = pytest.mark.e2e


def _as_program(site: Site, key: str) -> int:
    return httpx.get(f"{site.url}/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code


async def test_a_key_is_shown_once_works_and_is_revoked(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "kim", "Editor")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await sign_in_as(page, site, "kim")
    await page.get_by_label("Name", exact=True).fill("Backup script")
    await expect(page.get_by_role("checkbox", name="Admin")).to_have_count(0)
    await page.get_by_role("button", name="Make key").click()
    field = page.get_by_label("Your new key")
    await expect(field).to_be_focused()
    key = await field.input_value()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_text("Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == key
    assert _as_program(site, key) == 200

    await page.reload()
    await expect(page.get_by_text("Backup script")).to_be_visible()
    await expect(page.get_by_label("Your new key")).to_be_hidden()
    assert key not in await page.content()
    await page.get_by_role("button", name="Revoke Backup script").click()
    await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Revoke Backup script")).to_be_focused()
    await page.get_by_role("button", name="Revoke Backup script").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("You have no keys.")).to_be_visible()
    assert _as_program(site, key) == 401


async def test_a_browser_that_is_signed_out_from_another_one_knows_at_its_next_event(
    site: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, site, "noa")
    await sign_in_as(page, site, "noa")
    context, other = await second_browser(browser, site, "noa")
    await page.reload()
    await expect(page.get_by_text("This device")).to_have_count(1)
    await page.get_by_role("button", name="Sign out Chrome on Linux").click()
    await expect(page.get_by_text("Signed out there.")).to_be_visible()
    await expect(page.get_by_role("button", name="Sign out Chrome on Linux")).to_have_count(0)

    await other.get_by_label("Username").fill("somebody")
    await other.get_by_role("button", name="Save").click()
    await expect(other.get_by_role("heading", name="Sign in to see this page")).to_be_visible()
    await expect(page.get_by_label("Username")).to_have_value("noa")
    await context.close()


async def test_a_new_password_ends_every_other_sign_in(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "ola")
    await sign_in_as(page, site, "ola")
    context, other = await second_browser(browser, site, "ola")
    fields = {"Current password": "not this one", "New password": "a longer battery", "again": "a longer battery"}
    await _change_password(page, fields)
    await expect(page.get_by_label("Current password")).to_be_focused()
    await expect(page.get_by_text("This is not your current password.")).to_be_visible()
    await _change_password(page, fields | {"Current password": PASSWORD, "again": "another battery"})
    await expect(page.get_by_text("The two are not the same.")).to_be_visible()
    await _change_password(page, fields | {"Current password": PASSWORD})
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()
    await expect(page.get_by_text("This device")).to_be_visible()

    await other.get_by_role("button", name="Save").click()
    await expect(other.get_by_role("heading", name="Sign in to see this page")).to_be_visible()
    await sign_in_as(other, site, "ola", "a longer battery")
    await context.close()


async def test_signing_out_everywhere_ends_this_browser_too(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "pia")
    await sign_in_as(page, site, "pia")
    context, other = await second_browser(browser, site, "pia")
    await page.get_by_role("button", name="Sign out everywhere, here too").click()
    await page.wait_for_url(f"{site.url}/")
    for opened in (page, other):
        assert (await opened.request.get(f"{site.url}/api/v1/me")).status == 401
    await context.close()


async def _change_password(page: Page, fields: dict[str, str]) -> None:
    await page.get_by_label("Current password").fill(fields["Current password"])
    await page.get_by_label("New password", exact=True).fill(fields["New password"])
    await page.get_by_label("New password again").fill(fields["again"])
    await page.get_by_role("button", name="Change password").click()
    await page.wait_for_load_state("networkidle")
