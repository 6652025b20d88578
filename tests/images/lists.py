"""Lists of everybody, as they are shown and as the database has them; and pictures in every state to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from clonegallery.accounts.schemas import ANONYMOUS, NOWHERE, SignInMethod, Viewer
from clonegallery.accounts.sign_in import open_browser_session
from clonegallery.db import unit_of_work
from clonegallery.errors import NotSignedIn
from clonegallery.images import feed, service
from clonegallery.images.schemas import FeedQuery, ImageUpdate
from clonegallery.models.account import Role, User
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of

QUERIES = [
    FeedQuery(),
    FeedQuery(sort="popular", limit=2),
    FeedQuery(count=True, rating="general", owner="bob"),
    FeedQuery(tag=["sea"], sort="taken"),
    FeedQuery(liked=True),
    FeedQuery(trashed=True),
    FeedQuery(status="failed"),
]
Lists = Mapping[tuple[str, int], Any]
"""By the viewer's name and the number of the query; the last number is the timeline's."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Alice is Admin, Bob has pictures in every state, of which Charlie likes the public one, and so does a stranger
    whose name is empty."""

    alice: Viewer
    bob: Viewer
    charlie: Viewer
    public: UUID
    private: UUID
    trashed: UUID
    waiting: UUID

    @property
    def viewers(self) -> list[Viewer]:
        return [ANONYMOUS, self.alice, self.bob, self.charlie]

    @property
    def owner(self) -> TestPerson:
        return person(self.bob)


async def stage() -> Stage:
    alice, bob, charlie = [
        await somebody(name, role)
        for name, role in (("alice", Role.ADMIN), ("bob", Role.EDITOR), ("charlie", Role.VISITOR))
    ]
    owner = person(bob)
    made = Stage(
        alice, bob, charlie, await picture_of(owner), await picture_of(owner, visibility="private"),
        await picture_of(owner), await picture_of(owner, status="processing", visibility="public"),
    )  # fmt: skip
    await service.update(bob, made.public, ImageUpdate(tags=("sea",)))
    await service.trash(bob, made.trashed)
    await service.like(charlie, made.public)
    return made


async def somebody(name: str, role: Role = Role.EDITOR) -> Viewer:
    """Signed in, without a password: hashing one takes longer than all else here."""
    user = User(email=f"{name}@example.org", username=name, role=role)
    async with unit_of_work() as work:
        work.session.add(user)
        await work.session.flush()
        return (await open_browser_session(work, user, SignInMethod.PASSWORD, NOWHERE)).viewer


def person(viewer: Viewer) -> TestPerson:
    assert viewer.id is not None
    assert viewer.role is not None
    return TestPerson(viewer.id, viewer.username, viewer.role)


async def shown(viewer: Viewer) -> Lists:
    """What the viewer is shown of every list."""
    found: dict[tuple[str, int], Any] = {}
    for number, query in enumerate(QUERIES):
        found[viewer.username, number] = await _page(service.feed, viewer, query)
    months = await service.timeline(viewer, QUERIES[0])
    return found | {(viewer.username, len(QUERIES)): [(month.month, month.count) for month in months]}


async def true(viewer: Viewer) -> Lists:
    """What it is by the database."""
    found: dict[tuple[str, int], Any] = {}
    for number, query in enumerate(QUERIES):
        found[viewer.username, number] = await _page(feed.fresh_page, viewer, query)
    months = orjson.loads(await feed._fresh_months(viewer, QUERIES[0]))
    return found | {(viewer.username, len(QUERIES)): [(month["month"], month["count"]) for month in months]}


async def all_shown(viewers: list[Viewer]) -> Lists:
    return {key: found for viewer in viewers for key, found in (await shown(viewer)).items()}


async def all_true(viewers: list[Viewer]) -> Lists:
    return {key: found for viewer in viewers for key, found in (await true(viewer)).items()}


async def _page(page: Any, viewer: Viewer, query: FeedQuery) -> Any:
    try:
        found = orjson.loads(await page(viewer, query))
    except NotSignedIn:
        return None
    for card in found["items"]:  # A signature may be a new one by now, which is no change of the list.
        card["urls"] = {name: url and url.split("?")[0] for name, url in card["urls"].items()}
    return found
