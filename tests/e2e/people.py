"""Other people for the browser tests: made by the Admin, signed in as a person does."""

from playwright.async_api import Browser, BrowserContext, Page

from tests.e2e.site import Site
from tests.factories import PASSWORD


async def make_person(browser: Browser, site: Site, username: str, role: str = "Visitor") -> None:
    """An account with `PASSWORD`, made by the Admin over the API."""
    context = await browser.new_context()
    tokens = await context.request.post(
        f"{site.url}/api/v1/auth/token", form={"username": site.admin_username, "password": site.admin_password}
    )
    made = await context.request.post(
        f"{site.url}/api/v1/admin/users",
        data={"email": f"{username}@example.org", "username": username, "password": PASSWORD, "role": role},
        headers={"Authorization": f"Bearer {(await tokens.json())['access_token']}"},
    )
    assert made.status == 201, await made.text()
    await context.close()


async def sign_in_as(page: Page, site: Site, username: str, password: str = PASSWORD, *, to: str = "/settings") -> None:
    """Fill the sign-in form as `username` and arrive at `to`."""
    await page.goto(f"{site.url}/login?next={to}")
    await page.get_by_label("Username or e-mail").fill(username)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{site.url}{to}")


async def second_browser(
    browser: Browser, site: Site, username: str, *, to: str = "/settings"
) -> tuple[BrowserContext, Page]:
    """Another browser of the same person, at `to`; its caller closes it."""
    context = await browser.new_context()
    page = await context.new_page()
    await sign_in_as(page, site, username, to=to)
    return context, page
