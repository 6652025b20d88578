"""Waiting until a hub hears what is published: whatever is said before that is lost."""

import asyncio

from clonegallery.events import Hub, publish


async def until_heard(hub: Hub) -> None:
    """Return once Redis has the subscription of `hub`, which was started; the limit only ends a test that hangs."""
    async with asyncio.timeout(60), hub.listen("ready") as ready:
        while ready.empty():
            await publish("ready", {"n": 0})
            await asyncio.sleep(0.02)
