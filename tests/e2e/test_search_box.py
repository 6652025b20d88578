"""The search box in a browser: with a picture, with suggestions, by keys alone, and under axe."""

import re
from collections.abc import Awaitable, Callable
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.e2e.axe import violations
from tests.e2e.searching import box, chips, look_with, picture_bytes, search, tiles
from tests.e2e.site import Site
from tests.e2e.visits import sign_in

pytestmark = pytest.mark.e2e


async def test_pictures_like_one_are_found_from_its_page(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=lighthouse")
    await page.get_by_role("link", name="The old lighthouse").click()
    await page.get_by_role("link", name="More like this").click()
    await page.wait_for_url("**/?q=like:*")
    await expect(chips(page)).to_have_text(["looks like The old lighthouse"])
    await expect(chips(page).locator("img")).to_have_js_property("complete", True)
    await expect(tiles(page)).to_have_count(3)
    await expect(tiles(page).get_by_role("link", name=re.compile(r"found by look \d+ %"))).to_have_count(3)


async def test_a_picture_that_one_cannot_see_is_not_named(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=like:0198c0de-7a11-7000-8000-00000000beef")
    await expect(chips(page)).to_have_text(["looks like a picture that you cannot see"])
    await expect(page.get_by_role("heading", name="There is no such picture")).to_be_visible()
    await expect(page.get_by_text("Try again")).to_have_count(0)


@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_picture_is_searched_with_and_is_no_address(gallery: Site, page: Page, signed_in: bool) -> None:
    if signed_in:
        await sign_in(page, gallery)
    await page.goto(f"{gallery.url}/?q=lake")
    await expect(box(page)).to_have_value("lake")
    await expect(tiles(page)).not_to_have_count(4)
    await look_with(page, picture_bytes(3))
    await expect(chips(page)).to_have_text(["looks like mine.jpg"])
    await expect(tiles(page)).to_have_count(4)
    await expect(tiles(page).first.get_by_role("link")).to_have_accessible_name(
        re.compile(r"The old lighthouse, found by look (99|100) %")
    )
    assert page.url == f"{gallery.url}/"
    await page.go_back()
    await expect(box(page)).to_have_value("lake")
    await expect(chips(page)).to_have_count(0)
    await page.go_forward()
    await expect(chips(page)).to_have_count(1)
    await tiles(page).first.get_by_role("link").click()
    await page.wait_for_url("**/image/**")
    await page.go_back()
    await expect(chips(page)).to_have_text(["looks like mine.jpg"])
    await page.get_by_role("button", name="Remove looks like mine.jpg").click()
    await expect(chips(page)).to_have_count(0)
    await expect(page.get_by_role("link", name=re.compile("found by"))).to_have_count(0)


async def test_of_what_the_chips_leave_those_that_look_like_a_picture_are_found(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=boat+tag:lake")
    await expect(chips(page)).to_have_text(["tagged lake"])
    await look_with(page, picture_bytes(3))
    await expect(chips(page)).to_have_text(["looks like mine.jpg", "tagged lake", "Clear all"])
    await expect(box(page)).to_have_value("")
    await expect(tiles(page)).to_have_count(3)
    assert page.url == f"{gallery.url}/?q=tag:lake"
    await page.get_by_role("button", name="Remove tagged lake").click()
    await expect(chips(page)).to_have_text(["looks like mine.jpg"])
    await expect(tiles(page)).to_have_count(4)
    await page.go_back()
    await expect(tiles(page)).to_have_count(3)
    await page.get_by_role("button", name="Remove looks like mine.jpg").click()
    await expect(chips(page)).to_have_text(["tagged lake"])
    await expect(page.get_by_role("link", name=re.compile("found by"))).to_have_count(0)
    await expect(tiles(page)).to_have_count(3)


async def test_why_a_picture_cannot_be_searched_with_is_said_at_the_box(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await look_with(page, b"no picture")
    await expect(box(page)).to_have_accessible_description(re.compile("image"))
    await expect(tiles(page)).to_have_count(4)
    await search(page, "lighthouse")
    await expect(tiles(page)).to_have_count(1)
    await expect(box(page)).to_have_accessible_description("")


async def test_suggestions_are_walked_and_taken_by_keys_alone(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await page.keyboard.press("/")
    await page.keyboard.type("ta")
    options = page.get_by_role("option")
    await expect(options).to_contain_text(["taken:", "tag:"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(box(page)).to_have_attribute("aria-activedescendant", "search-suggestions-1")
    await page.keyboard.press("Tab")
    await expect(box(page)).to_have_value("tag:")
    await expect(box(page)).to_be_focused()
    await page.keyboard.type("la")
    await expect(options).to_have_text(["laketag:lake3"])
    await page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await expect(box(page)).to_have_value("tag:la")
    await page.keyboard.press("ArrowDown")
    await expect(options).to_have_count(1)
    await page.keyboard.press("ArrowUp")
    await expect(options).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(chips(page)).to_have_text(["tagged lake"])
    await expect(tiles(page)).to_have_count(3)
    await expect(options).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(box(page)).not_to_be_focused()


async def test_what_one_searched_for_is_offered_again(gallery: Site, page: Page) -> None:
    await sign_in(page, gallery)
    await search(page, "iso:200 -boat")
    await expect(chips(page)).to_have_count(3)
    await page.get_by_role("button", name="Clear all").click()
    await expect(chips(page)).to_have_count(0)
    await box(page).click()
    await page.get_by_role("option", name="iso:200 -boat, searched before").click()
    await expect(chips(page)).to_have_text(["ISO 200", "not boat", "Clear all"])
    await expect(tiles(page)).to_have_count(1)


async def test_what_one_searched_for_is_forgotten_where_it_is_offered(gallery: Site, page: Page) -> None:
    await sign_in(page, gallery)
    await search(page, "lighthouse")
    await expect(tiles(page)).to_have_count(1)
    await page.get_by_role("button", name="Empty the search").click()
    await expect(tiles(page)).to_have_count(4)
    await box(page).click()
    before = page.get_by_role("option", name=re.compile("searched before"))
    await expect(before.first).to_be_visible()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("option", name="Forget my searches")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(before).to_have_count(0)
    await expect(page.get_by_role("option", name="Forget my searches")).to_have_count(0)
    await expect(page.get_by_role("option").first).to_be_visible()
    await expect(box(page)).to_be_focused()
    answer = await page.request.get(f"{gallery.url}/api/v1/search/recent")
    assert (await answer.json())["items"] == []


def _suggestion(kind: str, term: str, label: str, end: int) -> dict[str, object]:
    return {"kind": kind, "term": term, "label": label, "count": None, "replaces": [0, end]}


async def test_an_older_answer_never_comes_over_a_newer_one(gallery: Site, page: Page) -> None:
    held: list[Route] = []

    async def suggest(route: Route) -> None:
        if route.request.url.endswith("q=a"):
            held.append(route)
            return
        await route.fulfill(json={"items": [_suggestion("tag", "tag:new", "new", 2)]})

    await page.route("**/api/v1/search/suggestions*", suggest)
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    async with page.expect_request("**/suggestions?q=a"):
        await box(page).press_sequentially("a")
    await box(page).press_sequentially("b")
    await expect(page.get_by_role("option", name="new")).to_be_visible()
    await held[0].fulfill(json={"items": [_suggestion("tag", "tag:old", "old", 1)]})
    await page.wait_for_timeout(300)
    await expect(page.get_by_role("option")).to_have_text(["newtag:new"])


async def _press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).click()


async def _suggested(page: Page) -> None:
    items = [_suggestion("key", "tag:", "a tag", 2), _suggestion("camera", "camera:x", "X", 2)]
    await page.route("**/api/v1/search/suggestions*", lambda route: route.fulfill(json={"items": items}))
    await box(page).press_sequentially("ta")
    await expect(page.get_by_role("option")).to_have_count(2)
    await page.keyboard.press("ArrowDown")


_LOOKS: dict[str, tuple[str, Callable[[Page], Awaitable[None]]]] = {
    "chips": ("/?q=lake+iso:%3C%3D800+-morning", lambda page: expect(chips(page)).to_have_count(3)),
    "panel": ("/?q=tag:lake", lambda page: _press(page, "Filters")),
    "help": ("/", lambda page: _press(page, "How to search")),
    "refused": ("/?q=lake+camra:canon", lambda page: expect(page.locator("mark")).to_be_visible()),
    "nothing": ("/?q=camera:canon+iso:%3E6400", lambda page: expect(page.get_by_text("2 pictures")).to_be_visible()),
    "suggestions": ("/", _suggested),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
async def test_axe_finds_nothing_in_any_state_of_the_search(
    gallery: Site, browser: Browser, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    viewport: ViewportSize = {"width": size[0], "height": size[1]}
    context = await browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for name, (path, reach) in _LOOKS.items():
        page = await context.new_page()
        await page.goto(gallery.url + path)
        await page.wait_for_load_state("networkidle")
        await reach(page)
        await page.wait_for_timeout(300)
        found[name] = await violations(page)
        await page.close()
    await context.close()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


async def test_a_picture_stays_when_a_filter_is_chosen_and_nothing_says_what_is_not_shown(
    gallery: Site, page: Page
) -> None:
    await page.goto(f"{gallery.url}/?q=tag:lake")
    await expect(chips(page)).to_have_text(["tagged lake"])
    order = page.get_by_role("navigation", name="Order")
    await expect(order.get_by_text("Newest")).to_have_attribute("aria-current", "true")
    await page.get_by_role("button", name="Filters").click()
    panel = page.get_by_role("dialog", name="Filters")
    await expect(panel.get_by_role("button", name="Canon EOS R5 2")).to_be_visible()
    await look_with(page, picture_bytes(3))
    await expect(tiles(page)).to_have_count(3)
    await expect(order).to_have_text("Nearest first")
    canon = panel.get_by_role("button", name="Canon EOS R5", exact=True)
    await canon.click()
    await expect(tiles(page)).to_have_count(2)
    await expect(canon).to_have_attribute("aria-pressed", "true")
    await expect(chips(page)).to_contain_text(["looks like mine.jpg", "tagged lake", "camera Canon EOS R5"])
    await expect(page.get_by_role("link", name=re.compile("found by look"))).to_have_count(2)
    await expect(panel.locator(".cg-sheet-done")).to_have_text(re.compile("Show"))
    await expect(panel.locator(".cg-sheet-total")).to_be_hidden()
    await page.get_by_role("button", name="Remove looks like mine.jpg").click()
    await expect(order.get_by_text("Newest")).to_have_attribute("aria-current", "true")
    await expect(panel.get_by_role("button", name="Canon EOS R5 2")).to_be_visible()
