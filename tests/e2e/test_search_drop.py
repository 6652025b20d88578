"""Files that are dragged over the gallery: a picture is searched with wherever it falls, and the page is never left."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.searching import box, chips, picture_bytes, tiles
from tests.e2e.site import Site
from tests.e2e.years import MANY, open_gallery

pytestmark = pytest.mark.e2e

_OVER = re.compile("is-over")

Drag = Callable[[str, int, int], Awaitable[None]]


async def _dragged(page: Page, *files: Path) -> Drag:
    """A hand of the system that holds `files`: the browser does with them what it would do."""
    devtools = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}

    async def drag(kind: str, x: int, y: int) -> None:
        await devtools.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})

    return drag


def _file(folder: Path, name: str, data: bytes) -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("place", [(300, 90), (300, 400), (640, 20), (640, 780)], ids=["box", "grid", "bar", "below"])
async def test_a_picture_can_be_dropped_anywhere(
    gallery: Site, page: Page, tmp_path: Path, place: tuple[int, int]
) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    drag = await _dragged(page, _file(tmp_path, "dropped.jpg", picture_bytes(0)))
    form = page.locator(".cg-find-box")
    await drag("dragEnter", *place)
    await drag("dragOver", *place)
    await expect(form).to_have_class(_OVER)
    await page.locator("main").dispatch_event("dragleave")
    await expect(form).not_to_have_class(_OVER)
    await drag("dragEnter", *place)
    await drag("dragOver", *place)
    await drag("drop", *place)
    await expect(chips(page)).to_have_text(["looks like dropped.jpg"])
    await expect(form).not_to_have_class(_OVER)
    await expect(tiles(page).first.get_by_role("link")).to_have_accessible_name(re.compile("Evening at the lake"))
    assert page.url == f"{gallery.url}/"


async def test_deep_in_the_list_the_box_shows_that_it_takes_a_picture_and_says_why_it_did_not(
    years: Site, page: Page, tmp_path: Path
) -> None:
    await open_gallery(page, years)
    await expect(page.get_by_role("link", name=f"Picture {MANY - 1}", exact=True)).to_be_visible()
    await page.evaluate("scrollTo(0, 3000)")
    await expect(box(page)).not_to_be_in_viewport()
    drag = await _dragged(page, _file(tmp_path, "broken.jpg", b"no picture"))
    await drag("dragEnter", 300, 400)
    await drag("dragOver", 300, 400)
    await expect(box(page)).to_be_in_viewport(ratio=1)
    assert await page.evaluate("scrollY") == 3000
    await drag("drop", 300, 400)
    await expect(page.locator("#search-reason p")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("notes.txt", "notes.txt is not an image"), ("folder", "folder cannot be read as an image")],
)
async def test_what_is_no_picture_is_refused_in_words_and_the_page_stays(
    gallery: Site, page: Page, tmp_path: Path, name: str, reason: str
) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    if name == "folder":
        (tmp_path / name).mkdir()
    else:
        _file(tmp_path, name, b"words")
    drag = await _dragged(page, tmp_path / name)
    for kind in ("dragEnter", "dragOver", "drop"):
        await drag(kind, 300, 400)
    await expect(box(page)).to_have_accessible_description(re.compile(reason))
    await expect(tiles(page)).to_have_count(4)
    assert page.url == f"{gallery.url}/"


async def test_of_what_is_dropped_the_picture_is_taken_even_one_that_does_not_say_so(
    gallery: Site, page: Page, tmp_path: Path
) -> None:
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    notes = _file(tmp_path, "notes.txt", b"words")
    drag = await _dragged(page, notes, _file(tmp_path, "no extension", picture_bytes(0)))
    for kind in ("dragEnter", "dragOver", "drop"):
        await drag(kind, 300, 400)
    await expect(chips(page)).to_have_text(["looks like no extension"])


async def test_behind_a_modal_dialog_nothing_is_searched_with_and_the_page_stays(
    gallery: Site, page: Page, tmp_path: Path
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(gallery.url)
    await expect(tiles(page)).to_have_count(4)
    await page.get_by_role("button", name="Filters").click()
    await expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "by-image" in request.url else None)
    drag = await _dragged(page, _file(tmp_path, "dropped.jpg", picture_bytes(0)))
    await page.evaluate("addEventListener('dragover', (event) => { document.body.title = event.defaultPrevented; })")
    await drag("dragEnter", 195, 700)
    async with asyncio.timeout(60):
        # A hand tells of itself again and again; a page that opens a dialog may miss it once.
        while await page.evaluate("document.body.title") != "true":
            await drag("dragOver", 195, 700)
            await page.wait_for_timeout(50)
    await drag("drop", 195, 700)
    await page.get_by_role("button", name="Show 4 pictures").click()
    await expect(tiles(page)).to_have_count(4)
    await expect(page.locator(".cg-find-box")).not_to_have_class(_OVER)
    assert asked == []
    assert page.url == f"{gallery.url}/"
