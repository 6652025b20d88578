"""The timeline beside the grid: one click, drag or key, and the gallery begins at another month."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, expect

from tests.e2e.site import Site
from tests.e2e.visits import sign_in
from tests.e2e.years import (
    MANY,
    at_rest,
    drawn,
    expect_first,
    jump,
    month_in,
    newest_of,
    open_gallery,
    rail,
    told,
)

pytestmark = pytest.mark.e2e

# Eight presses of a key, each drawn, and none so late that the page would take the one before for the last.
_HURRY = """async (rail) => {
  for (let turn = 0; turn < 8; turn++) {
    rail.dispatchEvent(new KeyboardEvent('keydown', {key: 'PageDown', bubbles: true, cancelable: true}));
    await new Promise((done) => setTimeout(done));
  }
}"""


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield await context.new_page()
    await context.close()


async def test_a_click_jumps_to_the_month_that_the_bubble_names(years: Site, page: Page) -> None:
    await open_gallery(page, years)
    box = await rail(page).bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    bubble = page.locator(".cg-timeline-bubble")
    await expect(bubble).to_be_visible()
    month = month_in(await bubble.inner_text())
    await page.mouse.down()
    await page.mouse.up()
    await page.wait_for_url(f"{years.url}/?start={month}")
    await expect_first(page, newest_of(month))
    await expect(rail(page)).to_have_attribute("aria-valuetext", told(month))


async def test_a_mouse_that_let_go_reads_the_month_at_which_it_did(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?sort=taken")
    box = await rail(page).bounding_box()
    assert box is not None
    x, top = box["x"] + 8, box["y"] + 12
    bubble = page.locator(".cg-timeline-bubble")
    await page.mouse.move(x, top)
    await expect(bubble).to_be_visible()
    began = await bubble.inner_text()
    await page.mouse.down()
    await page.mouse.move(x, top + 370, steps=8)
    await drawn(page)
    reached = await bubble.inner_text()
    assert reached != began
    await page.mouse.up()
    await page.wait_for_url(f"{years.url}/?sort=taken&start={month_in(reached)}")
    await expect(rail(page)).not_to_have_class(re.compile("is-dragging"))
    await expect(bubble).to_have_text(reached)
    await page.mouse.move(x - 200, top)
    await expect(bubble).not_to_have_class(re.compile("is-shown"))


async def test_the_keys_walk_by_month_and_by_year(years: Site, page: Page) -> None:
    await open_gallery(page, years)
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
    await page.wait_for_url(f"{years.url}/?start=2020-04")
    await expect_first(page, newest_of("2020-04"))
    await page.keyboard.press("Home")
    await page.wait_for_url(f"{years.url}/")
    await expect_first(page, f"Picture {MANY - 1}")
    assert await page.evaluate("scrollY") == 0


async def test_a_month_near_the_beginning_is_reached_and_stays(years: Site, page: Page) -> None:
    await open_gallery(page, years)
    await rail(page).focus()
    await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{years.url}/?start=2025-12")
    await expect(page.get_by_role("link", name=f"Picture {MANY - 1}", exact=True)).to_be_attached()
    await at_rest(page)
    await expect_first(page, newest_of("2025-12"))
    assert await page.evaluate("scrollY") > 0
    assert page.url == f"{years.url}/?start=2025-12"


async def test_only_the_last_place_is_asked_for(years: Site, page: Page) -> None:
    await open_gallery(page, years)
    asked: list[Request] = []
    page.on(
        "request",
        lambda request: asked.append(request) if "&start=" in request.url or "?start=" in request.url else None,
    )
    await rail(page).focus()
    await rail(page).evaluate(_HURRY)
    await page.wait_for_url(f"{years.url}/?start=2019-03")
    await expect_first(page, newest_of("2019-03"))
    assert len(asked) == 1


async def test_what_nobody_waits_for_any_more_is_asked_for_no_longer(years: Site, page: Page) -> None:
    await open_gallery(page, years)
    failed: list[str] = []
    # Pictures of tiles that leave the page are given up as well.
    page.on("requestfailed", lambda request: failed.append(request.url) if "/api/v1/images?" in request.url else None)
    await page.route("**/api/v1/images?start=2025-12*", lambda route: None)
    await rail(page).focus()
    await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{years.url}/?start=2025-12")
    await expect(page.locator(".cg-grid-list")).to_have_class("cg-grid-list is-stale")
    await page.keyboard.press("ArrowDown")
    await page.wait_for_url(f"{years.url}/?start=2025-11")
    await expect_first(page, newest_of("2025-11"))
    assert len(failed) == 1
    assert "start=2025-12" in failed[0]


async def test_orders_that_are_none_in_time_have_no_timeline(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?start=2022-06")
    await page.evaluate("window.scrollTo(0, 0)")
    await page.get_by_role("link", name="Popular").click()
    await page.wait_for_url(f"{years.url}/?sort=popular")
    await expect(rail(page)).to_have_count(0)
    await page.goto(f"{years.url}/?sort=popular&start=2022-06")
    await page.wait_for_selector(".cg-grid [role=listitem]")
    await page.wait_for_load_state("networkidle")
    await expect(rail(page)).to_have_count(0)


async def test_the_timeline_follows_the_filters(years: Site, page: Page) -> None:
    await open_gallery(page, years, f"/?owner={years.admin_username}")
    await page.goto(f"{years.url}/?owner=nobody")
    await expect(page.get_by_text("for by nobody")).to_be_visible()
    await expect(rail(page)).to_have_count(0)


async def test_what_is_chosen_stays_chosen_over_a_jump(years: Site, page: Page) -> None:
    await sign_in(page, years)
    await expect(rail(page)).to_be_attached()
    await page.get_by_role("checkbox", name=f"Select Picture {MANY - 1}", exact=True).click()
    await expect(page.get_by_text("1 chosen")).to_be_visible()
    await rail(page).focus()
    await page.keyboard.press("End")
    await page.wait_for_url(f"{years.url}/?start=2019-03")
    await page.get_by_role("checkbox", name=f"Select {newest_of('2019-03')}", exact=True).click()
    await expect(page.get_by_text("2 chosen")).to_be_visible()


async def test_a_thumb_drags_the_handle(years: Site, phone: Page) -> None:
    await open_gallery(phone, years)
    touch = await _finger(phone)
    x, y = await _take_handle(phone, touch)
    for step in range(20):
        await touch("touchMove", x, y + 15 * step)
    await drawn(phone)
    month = month_in(await phone.locator(".cg-timeline-bubble").inner_text())
    await touch("touchEnd")
    await expect(phone.locator(".cg-timeline-bubble")).not_to_have_class(re.compile("is-shown"))
    await phone.wait_for_url(f"{years.url}/?start={month}")
    await expect_first(phone, newest_of(month))
    await expect(rail(phone)).to_have_css("opacity", "0")


async def _take_handle(page: Page, touch: Any) -> tuple[float, float]:
    """Scroll with a finger, which brings the handle, and put it on that; once more where it had gone by then."""
    while True:
        await touch("touchStart", 190, 700)
        for step in range(10):
            await touch("touchMove", 190, 700 - 40 * step)
        await touch("touchEnd")
        await expect(rail(page)).to_have_class(re.compile("is-awake"))
        box = await page.locator(".cg-timeline-handle").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        x, y = box["x"] + 20, box["y"] + box["height"] / 2
        await touch("touchStart", x, y)
        await drawn(page)
        if "is-dragging" in (await rail(page).get_attribute("class") or ""):
            return x, y
        await touch("touchEnd")


async def _finger(page: Page) -> Any:
    devtools = await page.context.new_cdp_session(page)

    async def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        await page.wait_for_timeout(20)

    return touch


async def test_axe_finds_nothing(years: Site, browser: Browser) -> None:
    for scheme in ("light", "dark"):
        for width in (1440, 1200, 390):
            context = await browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = await context.new_page()
            await open_gallery(page, years)
            await jump(page, years, "2025-07")
            await page.wait_for_load_state("networkidle")
            found = await Axe().run(page)
            assert found.response["violations"] == [], (scheme, width)
            await context.close()
