"""Thousands of pictures scroll in a document that stays small, without a jump and without the websocket."""

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from clonegallery.models.image import LISTED
from tests.crowd import add_crowd
from tests.e2e.scrolling import scroll_through
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e

MANY = 5000


@pytest.fixture(scope="module")
def crowd(site: Site) -> int:
    """Five thousand public pictures of the Admin, older than whatever other tests add."""
    with create_engine(async_url(site.database_url), poolclass=NullPool).connect() as connection:
        owner = connection.execute(text("SELECT id FROM users ORDER BY id LIMIT 1")).scalar_one()
        add_crowd(site.database_url, site.data_dir / "blobs", owner, MANY)
        return int(connection.execute(text(f"SELECT count(*) FROM images WHERE {LISTED}")).scalar_one())


async def test_five_thousand_pictures_in_a_small_document(site: Site, crowd: int, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    seen = await scroll_through(await context.new_page(), site.url, crowd)
    await context.close()
    assert seen.reached_end
    assert 0 < seen.tiles <= 300
    assert seen.shift == pytest.approx(0, abs=1e-5)
    assert seen.socket_frames == 0


async def test_back_returns_to_the_same_place(site: Site, crowd: int, page: Page) -> None:
    await page.goto(site.url)
    await page.wait_for_selector(".cg-grid [role=listitem]")
    for _ in range(12):
        await page.mouse.wheel(0, 1200)
        await page.wait_for_timeout(60)
    await page.wait_for_timeout(500)
    tile = page.locator(".cg-grid [role=listitem] a").nth(30)
    # Playwright may scroll the tile out from under the bar first: what counts is the place at the click itself.
    await page.evaluate("addEventListener('click', () => sessionStorage.setItem('place', scrollY), true)")
    await tile.click()
    await page.wait_for_url("**/image/**")
    place = float(await page.evaluate("sessionStorage.getItem('place')"))
    await page.go_back()
    await page.wait_for_selector(".cg-grid [role=listitem]")
    for _ in range(50):
        if abs(await page.evaluate("window.scrollY") - place) < 10:
            break
        await page.wait_for_timeout(100)
    await page.wait_for_timeout(800)
    assert abs(await page.evaluate("window.scrollY") - place) < 10


async def test_the_keyboard_walks_the_grid(site: Site, crowd: int, page: Page) -> None:
    await page.goto(site.url)
    first = page.locator('.cg-grid [data-index="0"]')
    await first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator('.cg-grid [data-index="1"]')).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/image/**")


async def test_the_order_is_in_the_address(site: Site, crowd: int, page: Page) -> None:
    await page.goto(site.url)
    await page.get_by_role("link", name="Oldest").click()
    await page.wait_for_url("**/?sort=oldest")
    await expect(page.locator('.cg-grid [data-index="0"] img')).to_have_attribute("alt", "Picture 0")
