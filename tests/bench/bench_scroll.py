"""Scrolling 5,000 pictures in Chromium: the document's size, jumps, stalls, websocket traffic, first load.

The floor is the same page with an empty gallery: what the pages cost before the first picture.
"""

import asyncio
from statistics import median

from playwright.async_api import async_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from clonegallery.db import async_url
from tests.bench.servers import lone_site
from tests.crowd import add_crowd
from tests.e2e.chromium import ARGUMENTS, system_chromium
from tests.e2e.scrolling import Scrolled, scroll_through, weigh
from tests.e2e.site import Site

PICTURES = 5000
ROUNDS = 3


def main() -> None:
    """Print the figures; takes about two minutes and leaves nothing behind."""
    with lone_site() as site:
        _report(*asyncio.run(_measure(site)))


async def _measure(site: Site) -> tuple[int, list[Scrolled]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        floor = await weigh(await context.new_page(), site.url)
        await context.close()
        with create_engine(async_url(site.database_url), poolclass=NullPool).connect() as connection:
            owner = connection.execute(text("SELECT id FROM users LIMIT 1")).scalar_one()
        add_crowd(site.database_url, site.data_dir / "blobs", owner, PICTURES)
        runs = []
        for _ in range(ROUNDS):
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            runs.append(await scroll_through(await context.new_page(), site.url, PICTURES))
            await context.close()
        await browser.close()
        return floor, runs


def _report(floor: int, runs: list[Scrolled]) -> None:
    first = median(run.first_load_bytes for run in runs)
    print(f"{PICTURES} pictures, 1440x900, medians of {len(runs)} runs")
    print(f"  most tiles in the document        {max(run.tiles for run in runs)} (limit 300)")
    print(f"  cumulative layout shift           {max(run.shift for run in runs):.4f}")
    print(f"  websocket frames while scrolling  {max(run.socket_frames for run in runs)}")
    print(f"  longest main-thread stall         {median(run.longest_stall_ms for run in runs):.0f} ms")
    print(f"  time to first picture             {median(run.first_picture_ms for run in runs):.0f} ms")
    print(f"  first load, compressed            {first / 1000:.0f} kB; empty gallery (floor) {floor / 1000:.0f} kB")
    print(f"  reached the end                   {all(run.reached_end for run in runs)}")


if __name__ == "__main__":
    main()
