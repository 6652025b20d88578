"""Filters that stand in the address beside the text of the search: seen, taken away, and refused in words."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.searching import box, chips, search, tiles
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e


async def test_filters_of_the_address_are_chips_that_can_be_taken_away(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?camera_make=Canon&tag=lake&sort=oldest")
    await expect(chips(page)).to_have_text(["camera by Canon", "tagged lake", "Clear all"])
    await expect(tiles(page)).to_have_count(2)
    await page.get_by_role("button", name="Remove camera by Canon").press("Enter")
    await page.wait_for_url(f"{gallery.url}/?tag=lake&sort=oldest")
    await expect(chips(page)).to_have_text(["tagged lake"])
    await expect(page.get_by_role("button", name="Remove tagged lake")).to_be_focused()
    await expect(tiles(page)).to_have_count(3)
    await search(page, "iso:100")
    await expect(chips(page)).to_have_text(["ISO 100", "tagged lake", "Clear all"])
    await expect(tiles(page)).to_have_count(1)
    await page.get_by_role("button", name="Clear all").click()
    await expect(chips(page)).to_have_count(0)
    await expect(tiles(page)).to_have_count(4)
    await page.go_back()
    await expect(chips(page)).to_have_text(["ISO 100", "tagged lake", "Clear all"])


async def test_where_a_filter_leaves_nothing_the_page_says_which(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?camera_make=Canon&iso_min=64000")
    await expect(page.get_by_text("for camera by Canon, ISO from 64000")).to_be_visible()
    main = page.get_by_role("main")
    await expect(main.get_by_text("Sign in")).to_have_count(0)
    offers = main.get_by_role("link", name=re.compile("^without"))
    await expect(offers).to_have_text([re.compile("without ISO from 64000 *2 pictures")])
    await offers.click()
    await page.wait_for_url(f"{gallery.url}/?camera_make=Canon")
    await expect(tiles(page)).to_have_count(2)


async def test_until_the_address_is_read_nobody_says_why_there_is_nothing(gallery: Site, page: Page) -> None:
    await page.route_web_socket("**/_event/**", lambda socket: None)
    async with page.expect_response("**/api/v1/images?*") as answered:
        await page.goto(f"{gallery.url}/?iso_min=64000")
    assert (await (await answered.value).json())["items"] == []
    await expect(page.locator(".cg-find-count")).to_have_text("0 pictures")
    await expect(page.get_by_role("main").get_by_role("heading")).to_have_text(["Gallery"])


@pytest.mark.parametrize(
    ("asked", "fault"), [("iso_min=abc", "iso_min=abc"), ("sort=foo", "the order “foo”"), ("colour=red", "“colour”")]
)
async def test_what_the_address_cannot_ask_for_is_said(gallery: Site, page: Page, asked: str, fault: str) -> None:
    await page.goto(f"{gallery.url}/?{asked}")
    await expect(page.get_by_role("heading", name="Nothing was searched for")).to_be_visible()
    await expect(page.get_by_text(fault)).to_be_visible()
    await expect(page.get_by_text("Try again")).to_have_count(0)
    await expect(page.get_by_text("No pictures yet")).to_have_count(0)
    await page.get_by_role("link", name="Search everything").click()
    await expect(tiles(page)).to_have_count(4)
    await expect(box(page)).to_have_value("")
