"""The page for Admins in a browser: find a person, make them Editor, shut them out; and who does not get in."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import make_person, second_browser, sign_in_as
from tests.e2e.site import Site
from tests.e2e.visits import sign_in

pytestmark = pytest.mark.e2e


async def test_a_person_is_found_made_editor_and_shut_out(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "quinn")
    await make_person(browser, site, "rosa")
    context, theirs = await second_browser(browser, site, "quinn", to="/upload")
    await expect(theirs.get_by_role("heading", name="Not with this account")).to_be_visible()
    await sign_in(page, site, to="/admin")
    await page.get_by_label("Search people").press_sequentially("quinn@", delay=20)
    await expect(page.get_by_text("1 person")).to_be_visible()
    await expect(page.get_by_label("Search people")).to_be_focused()
    await expect(page).to_have_url(f"{site.url}/admin?q=quinn%40")
    await page.get_by_label("Role of quinn").select_option("Editor")
    await expect(page.get_by_role("heading", name="Make quinn an Editor?")).to_be_visible()
    await page.get_by_role("button", name="Change role").click()
    await expect(page.get_by_label("Role of quinn")).to_have_value("Editor")
    await theirs.reload()
    await expect(theirs.get_by_role("heading", name="Upload", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Disable quinn").click()
    await page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    await expect(page.get_by_role("button", name="Enable quinn")).to_be_visible()
    assert (await theirs.request.get(f"{site.url}/api/v1/me")).status == 401
    await page.get_by_role("link", name="Audit log").click()
    line = page.get_by_role("row").filter(has_text="Account: role changed").filter(has_text="quinn")
    await expect(line).to_contain_text("Visitor → Editor")
    await expect(line).to_contain_text("Chrome on Linux")
    await context.close()


async def test_back_and_forward_go_through_the_filters(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "sven", "Editor")
    await sign_in(page, site, to="/admin")
    search, roles = page.get_by_label("Search people"), page.get_by_role("navigation", name="Role")
    await search.fill("sven")
    await expect(page.get_by_text("1 person")).to_be_visible()
    await roles.get_by_role("link", name="Visitors").click()
    await expect(page.get_by_text("Nobody fits this search.")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text("sven@example.org")).to_be_visible()
    await expect(search).to_have_value("sven")
    await page.get_by_role("link", name="Gallery", exact=True).click()
    await expect(page.get_by_role("heading", name="Administration")).to_have_count(0)
    await page.go_back()
    await expect(page.get_by_text("sven@example.org")).to_be_visible()
    await expect(search).to_have_value("sven")
    await page.go_forward()
    await expect(page.get_by_role("heading", name="Administration")).to_have_count(0)


@pytest.mark.parametrize("role", ["Visitor", "Editor"])
async def test_nobody_else_gets_in_and_nothing_flashes(site: Site, browser: Browser, page: Page, role: str) -> None:
    await make_person(browser, site, f"tom-{role.lower()}", role)
    await page.add_init_script(
        "window.seen = []; new MutationObserver(() => { if (document.querySelector('.cg-admin')) seen.push(1) })"
        ".observe(document, {subtree: true, childList: true})"
    )
    await sign_in_as(page, site, f"tom-{role.lower()}", to="/admin")
    await expect(page.get_by_role("heading", name="Not with this account")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Not with this account")).to_be_visible()
    assert await page.evaluate("seen") == []


async def test_one_who_was_admin_sees_nobody_after_loading_again(site: Site, browser: Browser, page: Page) -> None:
    await make_person(browser, site, "uma", "Admin")
    await sign_in_as(page, site, "uma", to="/admin")
    await expect(page.get_by_text("uma@example.org")).to_be_visible()
    context, other = await second_browser(browser, site, "uma", to="/settings")
    await other.get_by_role("button", name="Sign out everywhere else").click()
    await other.get_by_role("dialog").get_by_role("button", name="Sign out everywhere else").click()
    await expect(other.get_by_text("1 sign-in ended.")).to_be_visible()
    await page.add_init_script(
        "window.seen = []; new MutationObserver(() => { if (document.querySelector('.cg-admin')) seen.push(1) })"
        ".observe(document, {subtree: true, childList: true})"
    )
    await page.reload()
    await page.wait_for_url(f"{site.url}/login?next=%2Fadmin")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await page.evaluate("seen") == []
    await context.close()
