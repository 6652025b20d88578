"""The search of the gallery by the keyboard: where the focus goes, and that nothing is lost on its way."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.searching import box, chips, look_with, picture_bytes, tiles
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e


async def test_the_focus_goes_on_to_the_next_chip_and_at_last_to_the_box(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=iso:100..800+-dog+tag:lake+lake")
    await expect(chips(page)).to_have_count(4)
    for gone, focused in (("not dog", "tagged lake"), ("tagged lake", "ISO 100\N{EN DASH}800")):
        await page.get_by_role("button", name=f"Remove {gone}").press("Enter")
        await expect(page.get_by_role("button", name=f"Remove {focused}")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(chips(page)).to_have_count(0)
    await expect(box(page)).to_be_focused()
    await page.wait_for_url("**/?q=lake*")
    await page.wait_for_load_state("networkidle")
    await expect(box(page)).to_be_focused()


async def test_after_all_chips_or_the_picture_the_focus_is_in_the_box(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=iso:100..800+-dog")
    await page.get_by_role("button", name="Clear all").press("Enter")
    await expect(chips(page)).to_have_count(0)
    await expect(box(page)).to_be_focused()
    await look_with(page, picture_bytes(3))
    await page.get_by_role("button", name="Remove looks like mine.jpg").press("Enter")
    await expect(chips(page)).to_have_count(0)
    await expect(box(page)).to_be_focused()
    await expect(tiles(page)).to_have_count(4)
