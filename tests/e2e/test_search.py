"""The search of the gallery in a browser: typed, chosen, removed, refused, loosened."""

import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.searching import box, chips, search, tiles
from tests.e2e.site import Site

pytestmark = pytest.mark.e2e

_SHIFTS = """
window.__shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


async def test_what_is_typed_is_in_the_address_and_the_rest_are_chips(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await expect(page.locator(".cg-find-count")).to_have_text("4 pictures")
    await page.keyboard.press("/")
    await expect(box(page)).to_be_focused()
    await page.keyboard.type("lake iso:<=400 -morning")
    assert page.url == f"{gallery.url}/"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/?q=lake+iso:*")
    await expect(page).to_have_title("lake iso:<=400 -morning · CloneGallery")
    await expect(chips(page)).to_have_text(["ISO up to 400", "not morning", "Clear all"])
    await expect(box(page)).to_have_value("lake ")
    await expect(page.get_by_role("link", name="Evening at the lake, found by words")).to_be_visible()
    await expect(page.get_by_role("link", name="The old lighthouse")).to_have_count(0)
    order = page.get_by_role("navigation", name="Order")
    await expect(order.get_by_role("link", name="Best match")).to_have_attribute("aria-current", "true")
    await order.get_by_role("link", name="Oldest").click()
    await page.wait_for_url("**/?q=lake+iso:*&sort=oldest")

    await page.get_by_role("button", name="Remove not morning").click()
    await expect(chips(page)).to_have_text(["ISO up to 400"])
    assert page.url.endswith("?q=iso:%3C%3D400+lake+&sort=oldest")
    await page.get_by_role("button", name="Empty the search").click()
    await expect(box(page)).to_have_value("")
    await expect(box(page)).to_be_focused()
    await expect(tiles(page)).to_have_count(3)
    await page.get_by_role("button", name="Remove ISO up to 400").click()
    await page.wait_for_url(f"{gallery.url}/?sort=oldest")
    await expect(tiles(page)).to_have_count(4)
    await expect(page).to_have_title("CloneGallery")


async def test_back_and_forward_go_through_the_searches(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await search(page, "iso:100")
    await expect(chips(page)).to_have_text(["ISO 100"])
    await search(page, "lake")
    await expect(chips(page)).to_have_text(["ISO 100"])
    await page.get_by_role("button", name="Remove ISO 100").click()
    await expect(chips(page)).to_have_count(0)
    await page.go_back()
    await expect(chips(page)).to_have_text(["ISO 100"])
    await expect(box(page)).to_have_value("lake")
    await page.go_back()
    await expect(box(page)).to_have_value("")
    await expect(tiles(page)).to_have_count(1)
    await page.go_back()
    await expect(chips(page)).to_have_count(0)
    await expect(tiles(page)).to_have_count(4)
    await page.go_forward()
    await expect(chips(page)).to_have_text(["ISO 100"])
    await page.reload()
    await expect(chips(page)).to_have_text(["ISO 100"])
    await expect(tiles(page)).to_have_count(1)


async def test_filters_are_chosen_and_taken_back(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=tag:lake")
    await expect(tiles(page)).to_have_count(3)
    button = page.get_by_role("button", name="Filters")
    await button.click()
    panel = page.get_by_role("dialog", name="Filters")
    canon = panel.get_by_role("button", name="Canon EOS R5 2")
    await canon.click()
    await expect(tiles(page)).to_have_count(2)
    await expect(canon).to_have_attribute("aria-pressed", "true")
    await expect(chips(page)).to_contain_text(["tagged lake", "camera Canon EOS R5"])
    await expect(panel.get_by_role("button", name=re.compile("Nikon"))).to_have_count(0)
    await canon.click()
    await expect(panel.get_by_role("button", name="Nikon Z 6_2 1")).to_be_visible()
    await expect(tiles(page)).to_have_count(3)

    await panel.get_by_text("Exposure and date").click()
    await panel.get_by_label("ISO: from").fill("many")
    await panel.get_by_role("button", name="Apply").click()
    await expect(panel.get_by_text("This is no number.")).to_be_visible()
    await panel.get_by_label("ISO: from").fill("200")
    await panel.get_by_label("ISO: to").fill("800")
    await page.keyboard.press("Enter")
    await expect(chips(page)).to_contain_text(["tagged lake", "ISO 200\N{EN DASH}800"])
    await expect(tiles(page)).to_have_count(1)
    await expect(panel.get_by_label("ISO: to")).to_have_value("800")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(button).to_be_focused()


async def test_words_that_were_not_sent_go_along_with_what_is_chosen(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=boat+iso:100..3200&sort=oldest")
    await expect(tiles(page)).to_have_count(1)
    await page.get_by_role("button", name="Filters").click()
    panel = page.get_by_role("dialog", name="Filters")
    await box(page).fill("lake -morning")
    await panel.get_by_role("button", name=re.compile("^Canon")).click()
    await expect(chips(page)).to_contain_text(["ISO 100", "camera Canon EOS R5", "not morning"])
    await expect(tiles(page)).to_have_count(2)
    assert page.url.endswith("+lake+-morning&sort=oldest")
    await box(page).fill("evening")
    await panel.get_by_label("ISO: to").fill("200")
    await panel.get_by_role("button", name="Apply").click()
    await expect(tiles(page)).to_have_count(1)
    await expect(box(page)).to_have_value("evening")
    await expect(chips(page)).to_contain_text(["camera Canon EOS R5", "not morning", "ISO 100\N{EN DASH}200"])


async def test_on_a_phone_the_filters_are_a_sheet_in_front(gallery: Site, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = await context.new_page()
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await page.get_by_role("button", name="Filters").click()
    panel = page.get_by_role("dialog", name="Filters")
    await panel.get_by_role("button", name="Canon EOS R5 2").click()
    for _ in range(60):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('dialog, body').id") in ("filters", "")
    done = panel.get_by_role("button", name="Show 2 pictures")
    # Nothing of the list is seen below the button, however far one has scrolled it.
    assert await page.evaluate("document.elementFromPoint(195, 841).className") == "cg-sheet-foot"
    await done.click()
    await expect(panel).to_be_hidden()
    await expect(tiles(page)).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await context.close()


async def test_a_text_that_cannot_be_read_is_refused_once_and_in_its_place(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await search(page, "lake camra:canon iso:100")
    reason = page.get_by_role("alert").filter(has_text="camra is not a key")
    await expect(reason).to_have_count(1)
    await expect(reason.locator("mark")).to_have_text("camra:canon")
    await expect(box(page)).to_have_attribute("aria-invalid", "true")
    await expect(box(page)).to_have_accessible_description(re.compile("camra is not a key"))
    await expect(box(page)).to_have_value("lake camra:canon iso:100")
    await expect(page.get_by_role("heading", name="Nothing was searched for")).to_be_visible()
    await expect(page.get_by_text("Try again")).to_have_count(0)
    await expect(page.get_by_text("is not a key")).to_have_count(1)

    await search(page, "lake camera:canon iso:100")
    await expect(tiles(page)).to_have_count(1)
    await expect(reason).to_have_count(0)
    assert await box(page).get_attribute("aria-invalid") is None


@pytest.mark.parametrize("text", ["lake+camra:canon+iso:100", f"lake+camra:{'canon' * 200}+iso:100"], ids=len)
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
async def test_a_text_that_cannot_be_read_moves_nothing_when_it_is_opened(
    gallery: Site, page: Page, size: tuple[int, int], text: str
) -> None:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.add_init_script(_SHIFTS)
    await page.goto(f"{gallery.url}/?q={text}")
    await expect(page.get_by_role("heading", name="Nothing was searched for")).to_be_visible()
    await expect(page.locator("mark")).to_be_in_viewport()
    await page.wait_for_timeout(500)
    assert await page.evaluate("window.__shift") == pytest.approx(0, abs=1e-4)
    assert await page.evaluate("document.documentElement.scrollWidth") == size[0]


async def test_where_nothing_is_found_a_part_can_be_left_out(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=camera:canon+iso:%3E6400")
    await expect(page.get_by_text("for camera canon, ISO over 6400")).to_be_visible()
    offers = page.get_by_role("main").get_by_role("link", name=re.compile("^without"))
    await expect(offers).to_have_text([re.compile("without ISO over 6400 *2 pictures")])
    await offers.click()
    await expect(tiles(page)).to_have_count(2)
    await page.go_back()
    await page.get_by_role("link", name="Search everything").click()
    await expect(tiles(page)).to_have_count(4)
    await page.wait_for_url(f"{gallery.url}/")


async def test_what_can_be_left_out_is_there_again_after_back(gallery: Site, page: Page) -> None:
    await page.goto(f"{gallery.url}/?q=tag:nosuch+boats")
    offers = page.get_by_role("main").get_by_role("link", name=re.compile("^(without|only)"))
    await expect(offers).to_have_text([re.compile("without tagged nosuch")])
    await search(page, "castle -lake iso:64000")
    await expect(page.get_by_text("for “castle”, tagged nosuch, not lake")).to_be_visible()
    await expect(offers).not_to_have_text([re.compile("without tagged nosuch")])
    await page.go_back()
    await expect(offers).to_have_text([re.compile("without tagged nosuch")])


async def test_where_two_parts_are_too_much_each_that_finds_something_is_offered_alone(
    gallery: Site, page: Page
) -> None:
    await page.goto(f"{gallery.url}/?q=lighthouse+iso:64000+tag:nosuch+camera:canon")
    offers = page.get_by_role("main").get_by_role("link", name=re.compile("^only"))
    await expect(offers).to_have_text(
        [re.compile("only “lighthouse” *1 picture"), re.compile("only camera canon *2 pictures")]
    )
    await offers.first.click()
    await expect(tiles(page)).to_have_count(1)


async def test_an_example_of_the_help_is_taken_into_the_box(gallery: Site, page: Page) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await page.keyboard.press("?")
    await page.get_by_role("dialog", name="How to search").get_by_role("button", name="iso:100..800").click()
    await expect(box(page)).to_have_value("iso:100..800")
    await expect(box(page)).to_be_focused()
    assert page.url == f"{gallery.url}/"


async def test_that_nobody_said_what_words_mean_is_told(gallery: Site, page: Page) -> None:
    async def answer(route: Route) -> None:
        response = await route.fetch()
        await route.fulfill(response=response, json={**await response.json(), "understood": False})

    await page.route("**/api/v1/images?*", answer)
    await page.goto(f"{gallery.url}/?q=lighthouse")
    await expect(page.locator(".cg-find-count")).to_have_text(re.compile(r"^\d+ pictures?, by their words alone$"))
