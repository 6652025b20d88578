"""The page of one picture: what links unfold to, editing, stepping, the trash and back."""

import re
import zlib
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.site import Site
from tests.e2e.visits import detail, own_pictures, sign_in, upload
from tests.factories import jpeg_bytes

pytestmark = pytest.mark.e2e


async def _uploaded(page: Page, site: Site, folder: Path, *names: str, visibility: str = "public") -> list[str]:
    files = []
    for number, name in enumerate(names):
        files.append(folder / f"{name}.jpg")
        files[-1].write_bytes(jpeg_bytes((900, 600), seed=zlib.crc32(f"{name} {number}".encode()) % 100_000))
    await sign_in(page, site, to="/upload")
    await upload(page, files, visibility=visibility)
    ids = {card["title"]: card["id"] for card in await own_pictures(page, site)}
    return [ids[name] for name in names]


async def test_links_unfold_to_title_and_picture(site: Site, page: Page, tmp_path: Path) -> None:
    (image_id,) = await _uploaded(page, site, tmp_path, "Evening at the sea")
    token = (await (await page.request.get(f"{site.url}/api/v1/me")).json())["csrf_token"]
    changes = {"title": 'Evening "at" the sea & <more>'}
    address = f"{site.url}/api/v1/images/{image_id}"
    assert (await page.request.patch(address, data=changes, headers={"X-CSRF-Token": token})).status == 200
    served = await (await page.request.get(f"{site.url}/image/{image_id}")).text()
    assert "<title>Evening &quot;at&quot; the sea &amp; &lt;more&gt; · CloneGallery</title>" in served
    (shared,) = re.findall(r'<meta property="og:image" content="([^"]+)"', served)
    picture = await page.request.get(shared)
    assert (picture.status, picture.headers["content-type"]) == (200, "image/webp")


async def test_a_private_picture_tells_a_stranger_nothing(
    site: Site, page: Page, browser: Browser, tmp_path: Path
) -> None:
    (image_id,) = await _uploaded(page, site, tmp_path, "Secret garden", visibility="private")
    mine = await detail(page, site, image_id)
    context = await browser.new_context()
    for address in (f"/image/{image_id}", f"/api/v1/images/{image_id}", f"/api/v1/images/{image_id}/file/thumb_600"):
        answer = await context.request.get(site.url + address)
        assert answer.status == 404
        assert "Secret garden" not in await answer.text()
    unsigned = mine["urls"]["thumb_600"].split("?")[0]
    assert (await context.request.get(site.url + unsigned)).status == 404
    await context.close()


async def test_editing_shows_at_once_and_lasts(site: Site, page: Page, tmp_path: Path) -> None:
    (image_id,) = await _uploaded(page, site, tmp_path, "Before")
    await page.goto(f"{site.url}/image/{image_id}")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Title").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#title")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Title").fill("After")
    await page.get_by_label("Caption").fill("Two lines\nof words")
    await page.get_by_label("Tags").fill("Sea, evening")
    await page.get_by_label("Who may see it").select_option("unlisted")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="After")).to_be_visible()
    saved = await detail(page, site, image_id)
    assert (saved["title"], saved["caption"], saved["visibility"]) == ("After", "Two lines\nof words", "unlisted")
    assert sorted(saved["tags"]) == ["evening", "sea"]


async def test_arrow_keys_step_and_escape_leads_back(site: Site, page: Page, tmp_path: Path) -> None:
    await _uploaded(page, site, tmp_path, "Step one", "Step two", "Step three")
    await page.goto(site.url)
    await page.locator(".cg-grid [role=listitem] a").nth(1).click()
    await page.wait_for_url("**/image/**")
    start = page.url
    await expect(page.locator("img.cg-picture")).to_be_visible()
    shown = await page.get_by_role("heading", level=1).inner_text()
    await page.keyboard.press("ArrowRight")
    await expect(page).not_to_have_url(start)
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(shown)
    await page.keyboard.press("ArrowLeft")
    await expect(page).to_have_url(start)
    await expect(page.get_by_role("heading", level=1)).to_have_text(shown)
    await page.keyboard.press("Escape")
    await expect(page).to_have_url(f"{site.url}/")


async def test_zoom_shows_the_originals_pixels_and_ends_with_the_picture(
    site: Site, page: Page, tmp_path: Path
) -> None:
    (image_id,) = await _uploaded(page, site, tmp_path, "Worth a closer look")
    await page.goto(f"{site.url}/image/{image_id}")
    picture = page.locator("img.cg-picture")
    await expect(picture).to_be_visible()
    fits = await picture.evaluate("(shown) => shown.getBoundingClientRect().width")
    async with page.expect_response(f"**/{image_id}/file/original"):
        await page.keyboard.press("z")
    await expect(page.get_by_role("checkbox", name="Zoom")).to_be_checked()
    assert await picture.evaluate("(shown) => shown.getBoundingClientRect().width") == pytest.approx(2 * fits, rel=0.01)
    await page.locator(".cg-frame").click()
    await expect(page.get_by_role("checkbox", name="Zoom")).not_to_be_checked()


async def test_to_the_trash_and_back_and_gone_for_good(site: Site, page: Page, tmp_path: Path) -> None:
    kept, lost = await _uploaded(page, site, tmp_path, "Kept after all", "Lost for good")
    for image_id in (kept, lost):
        await page.goto(f"{site.url}/image/{image_id}")
        await page.get_by_role("button", name="Move to trash").click()
        await expect(page.get_by_text("In the trash")).to_be_visible()
    await page.goto(f"{site.url}/trash")
    await _choose(page, "Kept after all")
    await page.get_by_role("button", name="Take back").click()
    await expect(page.get_by_role("checkbox", name="Select Kept after all")).to_have_count(0)
    await _choose(page, "Lost for good")
    await page.get_by_role("button", name="Delete for good").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    await expect(page.get_by_role("checkbox", name="Select Lost for good")).to_have_count(0)
    assert (await detail(page, site, kept))["deleted_at"] is None
    assert (await page.request.get(f"{site.url}/api/v1/images/{lost}")).status == 404


async def _choose(page: Page, title: str) -> None:
    await page.get_by_alt_text(title, exact=True).hover()
    await page.get_by_role("checkbox", name=f"Select {title}", exact=True).click()


async def test_many_are_chosen_with_shift_and_changed_at_once(site: Site, page: Page, tmp_path: Path) -> None:
    ids = await _uploaded(page, site, tmp_path, "Choice one", "Choice two", "Choice three")
    await page.goto(site.url)
    # Uploads overlap, so their order is not that of the files: the three stand first, in some order.
    first, middle, last = [
        str(await page.locator(f'.cg-grid [data-index="{index}"] img').get_attribute("alt")) for index in range(3)
    ]
    await _choose(page, first)
    await page.get_by_alt_text(last, exact=True).click(modifiers=["Shift"])
    await expect(page.get_by_text("3 chosen")).to_be_visible()
    await page.get_by_label("Add tags").fill("together")
    await page.get_by_label("Add tags").press("Enter")
    await expect(page.get_by_text("3 pictures tagged.")).to_be_visible()
    assert [(await detail(page, site, image_id))["tags"] for image_id in ids] == [["together"]] * 3
    # The list is fetched anew, and begins with nothing chosen.
    await expect(page.locator(".cg-grid-list")).not_to_have_class(re.compile("is-selecting|is-stale"))
    await _choose(page, middle)
    await expect(page.get_by_text("1 chosen")).to_be_visible()
    await page.get_by_role("button", name="Move to trash").click()
    await expect(page.get_by_alt_text(middle, exact=True)).to_have_count(0)
    await expect(page.get_by_alt_text(first, exact=True)).to_have_count(1)
