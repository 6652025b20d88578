"""Somebody comes to the gallery, becomes somebody in it and loses that again, as they and others see it in browsers."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.letters import last_link
from tests.e2e.people import make_person, set_role, sign_in_as
from tests.e2e.site import Site
from tests.e2e.visits import READY_MS, own_pictures, summary, upload
from tests.factories import PASSWORD, jpeg_bytes

pytestmark = pytest.mark.e2e

_UPLOADER = "window.seen = 0; new MutationObserver(() => { if (document.querySelector('.cg-up')) seen += 1 })"
_SEEN_SINCE = _UPLOADER + ".observe(document, {subtree: true, childList: true})"


async def test_a_newcomer_verifies_is_made_editor_hides_a_picture_and_is_demoted(
    site: Site, browser: Browser, page: Page, tmp_path: Path
) -> None:
    await _register(page, site, "vera")
    await _verify(page, site, "vera")
    await _is_refused_the_upload_page(page, site)

    await set_role(browser, site, "vera", "Editor")
    await page.reload()
    picture = await _upload_private(page, site, _jpeg(tmp_path / "vera hidden.jpg", 4101))
    await _nobody_else_sees(browser, site, picture)

    await set_role(browser, site, "vera", "Visitor")
    await page.locator("input[type=file]").first.set_input_files([_jpeg(tmp_path / "vera late.jpg", 4102)])
    await expect(page.get_by_role("heading", name="Not with this account")).to_be_visible()
    await expect(page.locator("input[type=file]")).to_have_count(0)
    await expect(page.get_by_role("link", name="Upload", exact=True)).to_have_count(0)

    await set_role(browser, site, "vera", "Editor")
    await page.reload()
    row = page.get_by_role("listitem").filter(has_text="vera late.jpg")
    await expect(row).to_contain_text("Your role (Visitor) does not allow this")
    await row.get_by_role("button", name="Retry").click()
    await expect(row).to_contain_text("Ready", timeout=READY_MS)


async def test_on_another_device_the_letter_s_link_asks_for_the_password(
    site: Site, browser: Browser, page: Page
) -> None:
    """Whoever reads the address may not be the one who made the account with it."""
    await _register(page, site, "viktor")
    link = await last_link(site, "viktor@example.org", "Confirm your e-mail address")
    context = await browser.new_context()
    elsewhere = await context.new_page()
    await elsewhere.goto(site.url + link)
    await expect(elsewhere.get_by_role("link", name="Choose a new password")).to_be_visible()
    field = elsewhere.get_by_label("Password", exact=True)
    await field.fill("not the password")
    await elsewhere.get_by_role("button", name="Verify my address").click()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile("password of the account viktor"))
    assert not await _is_verified(page, site)
    await field.fill(PASSWORD)
    await elsewhere.get_by_role("button", name="Verify my address").click()
    await expect(elsewhere.get_by_role("heading", name="Your address is verified")).to_be_visible()
    assert await _is_verified(page, site)
    await context.close()


async def test_a_link_that_leads_to_a_page_one_may_see_no_longer_flashes_nothing(
    site: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, site, "wim", "Editor")
    await sign_in_as(page, site, "wim", to="/upload")
    await expect(page.locator("input[type=file]").first).to_be_attached()
    await page.get_by_role("link", name="Gallery", exact=True).click()
    await expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    await set_role(browser, site, "wim", "Visitor")
    await page.evaluate(_SEEN_SINCE)
    await page.get_by_role("link", name="Upload", exact=True).click()
    await expect(page.get_by_role("heading", name="Not with this account")).to_be_visible()
    assert await page.evaluate("seen") == 0
    await page.go_back()
    await expect(page.get_by_role("link", name="Upload", exact=True)).to_have_count(0)


async def test_whoever_is_led_to_sign_in_comes_back_to_where_they_wanted(
    site: Site, browser: Browser, page: Page
) -> None:
    await make_person(browser, site, "xaver")
    await page.goto(f"{site.url}/favourites")
    await page.wait_for_url(f"{site.url}/login?next=%2Ffavourites")
    await page.get_by_label("Username or e-mail").fill("xaver")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").first).to_have_text("The username or the password is not right.")
    await expect(page.get_by_label("Username or e-mail")).to_have_value("xaver")
    await expect(page.get_by_label("Password")).to_be_focused()
    await expect(page.get_by_label("Password")).to_have_value("")

    await page.keyboard.type(PASSWORD)
    await page.get_by_role("button", name="Show what is typed").click()
    await expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    await page.get_by_label("Password").press("Enter")
    await page.wait_for_url(f"{site.url}/favourites")
    await page.goto(f"{site.url}/login?next=%2Fsettings")
    await page.wait_for_url(f"{site.url}/settings")


async def test_what_a_quick_hand_types_stays_and_an_old_refusal_does_not(site: Site, page: Page) -> None:
    """The server still has the state of the last try when the page comes back to it in the same tab."""
    await page.goto(f"{site.url}/login")
    await page.get_by_label("Username or e-mail").fill("somebody")
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Username or e-mail")).to_have_value("somebody")

    await page.goto(f"{site.url}/login?next=%2Fsettings", wait_until="domcontentloaded")
    await page.get_by_label("Username or e-mail").fill(site.admin_username)
    await page.get_by_label("Password").fill(site.admin_password)
    await expect(page.get_by_role("link", name="Create an account")).to_be_visible()
    await expect(page.get_by_label("Username or e-mail")).to_have_value(site.admin_username)
    await expect(page.get_by_label("Password")).to_have_value(site.admin_password)
    await expect(page.get_by_text("The username or the password is not right.")).to_have_count(0)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}/settings")


async def test_signing_in_needs_no_script(site: Site, browser: Browser) -> None:
    await make_person(browser, site, "yara")
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{site.url}/login?next=%2Fsettings")
    await page.get_by_label("Username or e-mail").fill("yara")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}/settings")
    assert (await (await page.request.get(f"{site.url}/api/v1/me")).json())["username"] == "yara"
    await context.close()


async def test_a_lost_password_is_replaced_by_a_link_that_works_once(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "zita")
    await page.goto(f"{site.url}/login")
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("E-mail", exact=True).fill("zita@example.org")
    await page.get_by_role("button", name="Ask for the link").click()
    await expect(page.get_by_role("heading", name="Ask the operator")).to_be_visible()
    link = await last_link(site, "zita@example.org", "Choose a new password")

    await page.goto(site.url + link)
    await page.wait_for_url(f"{site.url}/reset-password?link=taken")
    await _choose(page, "password1")
    await expect(page.get_by_text("one of the first that anybody would try")).to_be_visible()
    await expect(page.get_by_label("New password")).to_be_focused()
    assert "token" not in page.url
    await _choose(page, "a longer battery")
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()
    await sign_in_as(page, site, "zita", "a longer battery")

    await page.goto(site.url + link)
    await _choose(page, "another battery")
    await expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()


@pytest.mark.parametrize("role", ["Visitor", "Editor", "Admin"])
async def test_the_bar_fits_a_phone(site: Site, browser: Browser, role: str) -> None:
    username = f"ada-{role.lower()}"
    await make_person(browser, site, username, role)
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await sign_in_as(page, site, username, to="/favourites")
    await expect(page.get_by_role("heading", name="Favourites", exact=True)).to_be_attached()
    links = page.locator(".cg-nav-links")
    assert await links.evaluate("element => element.scrollWidth - element.clientWidth") == 0
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await page.get_by_role("button", name=f"Account of {username}").click()
    found = [await item.inner_text() for item in await page.locator("#account-menu .cg-menu-item:visible").all()]
    more = {"Visitor": [], "Editor": ["Queue", "Trash"], "Admin": ["Queue", "Trash", "Admin"]}[role]
    assert found == ["Your pictures", *more, "Settings", "Sign out"]
    await page.get_by_role("link", name="Your pictures").click()
    await page.wait_for_url(f"{site.url}/u/{username}")
    await expect(page.locator("#account-menu")).to_be_hidden()
    await context.close()


async def _register(page: Page, site: Site, username: str) -> None:
    """Through the form, with a name that is none at first."""
    await page.goto(f"{site.url}/upload")
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("E-mail", exact=True).fill(f"{username}@example.org")
    await page.get_by_label("Username").fill("v")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_label("Username")).to_be_focused()
    await expect(page.get_by_label("Username")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Username")).to_have_accessible_description(re.compile("3 to 50 letters"))
    await expect(page.get_by_label("E-mail", exact=True)).to_have_value(f"{username}@example.org")
    await page.get_by_label("Username").fill(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name=f"Welcome, {username}")).to_be_visible()
    await expect(page.get_by_text("This gallery sends no mail")).to_be_visible()


async def _verify(page: Page, site: Site, username: str) -> None:
    """By the link in the operator's log; opening it, as mail scanners do, is not enough."""
    link = await last_link(site, f"{username}@example.org", "Confirm your e-mail address")
    assert (await page.request.get(site.url + link)).status == 200
    assert not await _is_verified(page, site)
    await page.goto(site.url + link)
    await page.get_by_role("button", name="Verify my address").click()
    await expect(page.get_by_role("heading", name="Your address is verified")).to_be_visible()
    assert await _is_verified(page, site)
    assert "token" not in page.url


async def _is_verified(page: Page, site: Site) -> bool:
    return bool((await (await page.request.get(f"{site.url}/api/v1/me")).json())["email_verified"])


async def _is_refused_the_upload_page(page: Page, site: Site) -> None:
    await page.goto(f"{site.url}/upload")
    await expect(page.get_by_role("heading", name="Not with this account")).to_be_visible()
    assert await page.locator("input[type=file]").count() == 0
    assert "type=file" not in await (await page.request.get(f"{site.url}/upload")).text()


async def _upload_private(page: Page, site: Site, path: Path) -> dict[str, Any]:
    await upload(page, [path], visibility="private")
    await expect(summary(page)).to_have_text("1 of 1 done")
    return next(card for card in await own_pictures(page, site) if card["title"] == path.stem)


async def _nobody_else_sees(browser: Browser, site: Site, picture: dict[str, Any]) -> None:
    """Not a stranger, and not another person who is signed in: by page, JSON, bytes, lists or the owner's page."""
    await make_person(browser, site, "bystander", "Editor")
    for username in ("", "bystander"):
        context = await browser.new_context()
        page = await context.new_page()
        if username:
            await sign_in_as(page, site, username, to="/")
        api, image_id = f"{site.url}/api/v1/images", picture["id"]
        media = [site.url + url.split("?")[0] for url in picture["urls"].values() if url]
        copies = [f"{api}/{image_id}/file/{name}" for name in ("original", "thumb_300", "thumb_600", "thumb_1200")]
        assert media
        for address in (f"{api}/{image_id}", f"{site.url}/image/{image_id}", *media, *copies):
            assert (await page.request.get(address)).status == 404, address
        for address in (api, f"{api}?owner=vera", f"{api}?q=vera", f"{site.url}/u/vera"):
            assert image_id not in await (await page.request.get(address)).text(), address
        await page.goto(f"{site.url}/u/vera")
        await expect(page.get_by_role("heading", name="No pictures to see here")).to_be_visible()
        await page.goto(f"{site.url}/image/{image_id}")
        await expect(page.get_by_role("heading", name="There is no such picture")).to_be_visible()
        await context.close()


def _jpeg(path: Path, seed: int) -> Path:
    path.write_bytes(jpeg_bytes(seed=seed))
    return path


async def _choose(page: Page, password: str) -> None:
    await page.get_by_label("New password").fill(password)
    await page.get_by_role("button", name="Change password").click()
