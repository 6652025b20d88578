"""News reaches those who listen to that channel, in order, and nobody else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from clonegallery.events import Hub, publish
from tests.hearing import until_heard

pytestmark = pytest.mark.usefixtures("services")


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub()
    await hub.start()
    await until_heard(hub)
    yield hub
    await hub.stop()


async def test_a_listener_gets_its_channel_in_order(hub: Hub) -> None:
    async with hub.listen("alice") as alice, hub.listen("bob") as bob:
        for n in range(20):
            await publish("alice", {"n": n})
        await publish("bob", {"n": 99})
        assert [(await asyncio.wait_for(alice.get(), 5))["n"] for _ in range(20)] == list(range(20))
        assert (await asyncio.wait_for(bob.get(), 5))["n"] == 99
        assert alice.empty()


async def test_a_listener_that_never_reads_loses_the_oldest_and_harms_nobody(hub: Hub) -> None:
    async with hub.listen("slow") as slow, hub.listen("quick") as quick:
        for n in range(400):
            hub._deliver("slow", {"n": n})
        await publish("quick", {"n": 1})
        assert (await asyncio.wait_for(quick.get(), 5))["n"] == 1
        assert slow.get_nowait()["n"] == 400 - slow.maxsize


async def test_nothing_is_kept_for_those_who_left(hub: Hub) -> None:
    async with hub.listen("gone"):
        pass
    assert "gone" not in hub._listeners
