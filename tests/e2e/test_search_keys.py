"""The search of the gallery by the keyboard: where the focus goes, and that nothing is lost on its way."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.searching import box, chips, look_with, picture_bytes, search, tiles
from tests.e2e.site import Site
from tests.e2e.years import MANY, at_rest, expect_first, first_seen, newest_of, open_gallery

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


async def test_where_a_chip_is_taken_away_the_others_do_not_come_into_the_box(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=iso:100..800+tag:lake+-dog")
    await expect(chips(page)).to_have_count(4)
    written = await page.evaluate("""async () => {
      const written = new Set();
      document.querySelector('[aria-label="Remove tagged lake"]').click();
      for (let frame = 0; frame < 60; frame++) {
        await new Promise(requestAnimationFrame);
        written.add(document.querySelector('#search').value);
      }
      return [location.search, ...written];
    }""")
    assert written == ["?q=iso:100..800+-dog", ""]
    await expect(chips(page)).to_contain_text(["ISO 100\N{EN DASH}800", "not dog"])


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


async def test_deep_in_the_list_the_box_comes_to_where_one_is_and_nothing_moves(years: Site, page: Page) -> None:
    await open_gallery(page, years, "/?start=2022-06")
    await expect_first(page, newest_of("2022-06"))
    await at_rest(page)
    tile = page.get_by_role("link", name=newest_of("2022-06"), exact=True)
    await tile.focus()
    await at_rest(page)
    before = await page.evaluate("scrollY"), await first_seen(page)
    await page.keyboard.press("/")
    await expect(box(page)).to_be_focused()
    await expect(box(page)).to_be_in_viewport(ratio=1)
    await page.keyboard.type("pic")
    await at_rest(page)
    await expect(box(page)).to_be_in_viewport(ratio=1)
    assert (await page.evaluate("scrollY"), await first_seen(page)) == before
    assert page.url == f"{years.url}/?start=2022-06"
    await page.keyboard.press("Escape")
    await expect(tile).to_be_focused()
    await at_rest(page)
    assert (await page.evaluate("scrollY"), await first_seen(page)) == before
    await expect(box(page)).not_to_be_in_viewport()

    await page.keyboard.press("/")
    await search(page, f"by:{years.admin_username}")
    await page.wait_for_url("**/?q=by:*")
    await expect_first(page, f"Picture {MANY - 1}")
    assert await page.evaluate("scrollY") == 0
    await page.mouse.wheel(0, 2000)
    await at_rest(page)
    await expect(box(page)).not_to_be_in_viewport()


async def test_the_keys_are_listed_in_an_empty_box_and_not_after_every_word(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    options = page.get_by_role("option")
    await box(page).click()
    await expect(options.filter(has_text="camera:")).to_have_count(1)
    await page.keyboard.type("lake")
    await expect(options.filter(has_text="lake")).to_have_count(1)
    await page.keyboard.type(" ")
    await expect(options).to_have_count(0)
    await page.keyboard.type("bo")
    await expect(options.filter(has_text="boat")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await expect(box(page)).to_have_value("lake tag:boat ")
    await page.wait_for_timeout(400)
    await expect(options).to_have_count(0)
