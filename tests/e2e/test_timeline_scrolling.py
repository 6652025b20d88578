"""From the month that one jumped to one scrolls in both directions, without a jump, and finds the place again."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.site import Site
from tests.e2e.years import (
    MANY,
    at_rest,
    drawn,
    expect_at,
    expect_first,
    first_seen,
    jump,
    month_in,
    newest_of,
    oldest_of,
    open_gallery,
    rail,
    told,
)

pytestmark = pytest.mark.e2e

# Each frame: how far the tiles that stayed have moved, how far the page was scrolled, and how many tiles there are.
_WATCH = """
window.__moves = []; window.__most = 0; window.__shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
const places = () => new Map([...document.querySelectorAll('.cg-tile')].map((tile) =>
  [tile.querySelector('a').getAttribute('href'), tile.getBoundingClientRect().top]));
let last = new Map();
const look = () => {
  const now = places();
  window.__most = Math.max(window.__most, now.size);
  const moved = [...now].filter(([href]) => last.has(href)).map(([href, top]) => top - last.get(href));
  if (moved.length) window.__moves.push([Math.min(...moved), Math.max(...moved)]);
  last = now;
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


async def test_earlier_pictures_come_above_and_nothing_moves(years: Site, page: Page) -> None:
    await open_gallery(page, years)
    released = asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await page.route("**/api/v1/images?*cursor=*", hold)
    await jump(page, years, "2022-06")
    await expect(page.locator(".cg-grid-head")).to_be_attached()
    name, top = await first_seen(page)
    released.set()
    above = oldest_of("2022-07")
    await expect(page.get_by_role("link", name=above, exact=True)).to_be_attached()
    await expect_at(page, name, top)


async def test_scrolling_up_to_the_beginning_is_smooth_and_the_document_stays_small(years: Site, page: Page) -> None:
    await page.add_init_script(_WATCH)
    await open_gallery(page, years, "/?start=2024-11")
    await expect_first(page, newest_of("2024-11"))
    await page.evaluate("window.__moves = []")
    await page.mouse.move(600, 400)
    for _ in range(300):
        await page.mouse.wheel(0, -300)
        await page.wait_for_timeout(30)
        await drawn(page)  # Or a frame that takes long has many turns of the wheel in it.
        if await page.evaluate("scrollY") == 0:
            break
    await expect_first(page, f"Picture {MANY - 1}")
    moves = await page.evaluate("window.__moves")
    # Within a frame all tiles move alike, downwards and by a few turns of the wheel at most.
    assert max(most - least for least, most in moves) <= 2
    assert max(abs(most) for _, most in moves) <= 1500
    assert await page.evaluate("window.__most") <= 300
    assert await page.evaluate("window.__shift") == pytest.approx(0, abs=1e-5)
    await page.wait_for_url(f"{years.url}/")
    assert await page.locator(".cg-grid-head").count() == 0


async def test_the_handle_and_the_address_follow_the_scrolling(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?start=2023-03")
    await expect(rail(page)).to_have_attribute("aria-valuetext", told("2023-03"))
    await page.mouse.move(600, 400)
    for _ in range(200):
        await page.mouse.wheel(0, 600)
        await page.wait_for_timeout(60)
        if await rail(page).get_attribute("aria-valuetext") != told("2023-03"):
            break
    await at_rest(page)
    await expect(rail(page)).not_to_have_attribute("aria-valuetext", told("2023-03"))
    month = month_in(await rail(page).get_attribute("aria-valuetext") or "")
    await page.wait_for_url(f"{years.url}/?start={month}")


async def test_back_and_a_reload_find_the_place_again(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?sort=oldest")
    await rail(page).focus()
    await page.keyboard.press("PageDown")
    await page.wait_for_url(f"{years.url}/?sort=oldest&start=2020-03")
    await expect_first(page, oldest_of("2020-03"))
    await page.mouse.move(600, 400)
    for _ in range(3):
        await page.mouse.wheel(0, -500)
        await page.wait_for_timeout(200)
    await at_rest(page)
    await page.wait_for_url(f"{years.url}/?sort=oldest&start=2020-02")
    name, top = await first_seen(page)
    await page.get_by_role("link", name=name, exact=True).click()
    await page.wait_for_url("**/image/**")
    await page.go_back()
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await expect_first(page, name)
    await at_rest(page)
    await expect_at(page, name, top)
    await page.go_forward()
    await page.wait_for_url("**/image/**")
    await page.go_back()
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await page.reload()
    await expect_first(page, oldest_of("2020-02"))
    await expect(rail(page)).to_have_attribute("aria-valuetext", told("2020-02"))
    await page.get_by_role("link", name="Gallery", exact=True).click()
    await page.wait_for_url(f"{years.url}/")
    await expect_first(page, newest_of("2026-01"))
    await page.go_back()
    await expect_first(page, oldest_of("2020-02"))
    # Jumping is no visit: before the gallery there is what was before it.
    await page.go_back()
    await page.wait_for_url("about:blank")


async def test_the_top_of_the_page_is_the_beginning_of_the_list(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?start=2022-06")
    await expect_first(page, newest_of("2022-06"))
    await page.evaluate("window.scrollTo(0, 0)")
    await page.wait_for_url(f"{years.url}/")
    await expect_first(page, f"Picture {MANY - 1}")
    await expect(page.get_by_role("link", name="Popular")).to_be_in_viewport()


async def test_pages_above_that_do_not_come_can_be_asked_for_again(years: Site, page: Page) -> None:
    await page.route("**/api/v1/images?*cursor=*", lambda route: route.abort())
    await open_gallery(page, years, "/?start=2022-06")
    await expect_first(page, newest_of("2022-06"))
    await page.mouse.move(600, 400)
    await page.mouse.wheel(0, -200)
    again = page.locator(".cg-grid-head").get_by_role("button", name="Try again")
    await expect(again).to_be_in_viewport()
    await page.unroute("**/api/v1/images?*cursor=*")
    await again.click()
    await expect(page.get_by_role("link", name=oldest_of("2022-07"), exact=True)).to_be_in_viewport()


async def test_a_month_after_which_there_is_nothing_shows_the_end_of_the_list(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?start=1999-12")
    await expect(page.get_by_role("link", name="Picture 0", exact=True)).to_be_in_viewport()
    await expect(rail(page)).to_have_attribute("aria-valuetext", told("2019-03"))
