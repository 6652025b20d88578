"""Texts that are longer than what is searched for: said whole in the box, refused below it, and nothing breaks."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.searching import box, chips, search, tiles
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e

_WORD = "lighthouse "


def _text(length: int) -> str:
    return (_WORD * (length // len(_WORD) + 1))[: length - 1] + "."


async def _paste(page: Page, text: str) -> None:
    await box(page).focus()
    await page.keyboard.insert_text(text)


def _reason(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="A search has at most 2,000 characters")


@pytest.mark.parametrize(
    "text", [_text(2_001), _text(10_000), _text(31_000), "海" * 2_001], ids=["just", "10 KB", "31 KB", "wide"]
)
async def test_a_text_that_is_too_long_is_refused_whole_and_where_it_is_too_long(
    gallery: Site, page: Page, text: str
) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await _paste(page, text)
    await box(page).press("Enter")
    for opened_anew in (False, True):
        await expect(_reason(page).locator("mark")).to_have_text(text[2_000:2_030].rstrip())
        await expect(page.get_by_role("heading", name="Nothing was searched for")).to_be_visible()
        await expect(box(page)).to_have_value(text)
        await expect(box(page)).to_have_attribute("aria-invalid", "true")
        assert await page.evaluate("document.documentElement.scrollWidth") == 1280
        if not opened_anew:
            await page.reload()
    await search(page, "lighthouse")
    await expect(tiles(page)).to_have_count(1)
    await expect(_reason(page)).to_have_count(0)


async def test_a_text_that_no_address_can_hold_is_refused_before_one_goes_there(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=iso:100")
    await expect(chips(page)).to_have_text(["ISO 100"])
    text = _text(100_000)
    await _paste(page, text)
    await box(page).press("Enter")
    await expect(_reason(page)).to_contain_text("this text has 100,008.")
    await expect(_reason(page).locator("mark")).to_have_text(f"iso:100 {text}"[2_000:2_029])
    await page.get_by_role("button", name="Remove ISO 100").click()
    await expect(chips(page)).to_have_text(["ISO 100"])
    await expect(_reason(page)).to_be_visible()
    await expect(box(page)).to_have_value(text)
    await expect(box(page)).to_have_accessible_description(re.compile("at most 2,000 characters"))
    await expect(tiles(page)).to_have_count(1)
    assert page.url == f"{gallery.url}/?q=iso:100"
    await search(page, "evening")
    await expect(_reason(page)).to_have_count(0)
    await expect(chips(page)).to_have_text(["ISO 100"])


async def test_nothing_completes_a_text_that_is_too_long(gallery: Site, page: Page) -> None:
    asked: list[int] = []
    page.on("request", lambda request: asked.append(len(request.url)) if "/suggestions?" in request.url else None)
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await _paste(page, _text(2_001))
    await box(page).press("ArrowDown")
    await page.wait_for_timeout(300)
    await box(page).fill("")
    await box(page).press_sequentially("ta")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert asked
    assert max(asked) < 2_000
