"""What is found is made anew for whom the newly placed pictures concern."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest

from clonegallery import events
from clonegallery.changes import EVERYBODY, of_person
from clonegallery.search import spaces
from clonegallery.search.repository import vectors
from tests.factories import bob, sign_in
from tests.search.conftest import UseModel
from tests.search.gallery import pictures, searched, work


async def _versions(person_id: UUID) -> list[bytes | None]:
    found: list[bytes | None] = await events.get_redis().mget([EVERYBODY, of_person(person_id)])
    return found


async def test_placing_what_only_its_owner_sees_renews_their_lists_only(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("clip")
    person, place = await bob(), vectors.place
    write = await sign_in(client, person)
    seen: list[list[bytes | None]] = []

    async def noted(*asked: Any) -> Sequence[Any]:
        seen.append(await _versions(person.id))
        return await place(*asked)

    monkeypatch.setattr(vectors, "place", noted)
    await spaces.look_after()
    await work()
    renewed = []
    for number, visibility in enumerate(("private", "public")):
        await pictures(client, write, 1, first=number, visibility=visibility)
        await work()
        before, after = seen[-1], await _versions(person.id)
        renewed.append([old != new for old, new in zip(before, after, strict=True)])
    assert renewed == [[False, True], [True, False]]
    assert len(seen) == 2


async def test_another_space_to_search_concerns_everybody(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    await searched(client, 1)
    person = UUID(int=1)
    before = await _versions(person)
    use_model("siglip")
    await spaces.look_after()
    await work()
    assert (await _versions(person))[0] != before[0]
