"""Watching pictures form on a page."""

import asyncio

from playwright.async_api import Page

MADE_MS = 120_000
"""How long a picture may take on a busy machine."""

# Notes every picture that the preview showed.
WATCH = """() => { window.seen = []; new MutationObserver(() => { for (const img of
document.querySelectorAll('.cg-preview')) if (!seen.includes(img.src)) seen.push(img.src) })
.observe(document, {subtree: true, childList: true, attributes: true}) }"""


async def previews(page: Page, number: int) -> None:
    """Once so many different previews were shown; the page's own policy lets no condition be evaluated in it."""
    async with asyncio.timeout(MADE_MS / 1000):
        while len(await page.evaluate("window.seen")) < number:
            await page.wait_for_timeout(50)
