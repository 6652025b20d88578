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
from clonegallery.images import service as images
from clonegallery.images.schemas import FeedQuery, Filters, ImageUpdate, Sort
from clonegallery.models.account import Role, User
from clonegallery.search import counts, finding, service
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of

QUERIES = [
    FeedQuery(),
    FeedQuery(sort="popular", limit=2),
    FeedQuery(count=True, rating="general", owner="bob"),
    FeedQuery(tag=["sea"], sort="taken"),
    FeedQuery(q="picture"),
    FeedQuery(q="-tag:sky", sort="oldest"),
    FeedQuery(liked=True),
    FeedQuery(trashed=True),
    FeedQuery(status="failed"),
]
Lists = Mapping[tuple[str, str], Any]
"""By the viewer's name and what is asked."""


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
    await images.update(bob, made.public, ImageUpdate(tags=("sea",)))
    await images.trash(bob, made.trashed)
    await images.like(charlie, made.public)
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
    return await _all(viewer, service.find, service.facets, service.timeline)


async def true(viewer: Viewer) -> Lists:
    """What it is by the database."""

    async def facets(*asked: Any) -> Any:
        return (await counts.facets(*asked))[0]

    async def timeline(*asked: Any) -> Any:
        return (await counts.timeline(*asked))[0]

    return await _all(viewer, finding.find, facets, timeline)


async def all_shown(viewers: list[Viewer]) -> Lists:
    return {key: found for viewer in viewers for key, found in (await shown(viewer)).items()}


async def all_true(viewers: list[Viewer]) -> Lists:
    return {key: found for viewer in viewers for key, found in (await true(viewer)).items()}


async def _all(viewer: Viewer, find: Any, facets: Any, timeline: Any) -> Lists:
    found: dict[str, Any] = {str(query): await _page(find, viewer, query) for query in QUERIES}
    found["facets"] = await facets(viewer, Filters(), None)
    found["facets of a search"] = await facets(viewer, Filters(), "tag:sea")
    found["months"] = await timeline(viewer, Filters(), "picture", Sort.NEWEST)
    return {(viewer.username, what): answer for what, answer in found.items()}


async def _page(find: Any, viewer: Viewer, query: FeedQuery) -> Any:
    try:
        found = orjson.loads(await find(viewer, query))
    except NotSignedIn:
        return None
    for card in found["items"]:  # A signature may be a new one by now, which is no change of the list.
        card["urls"] = {name: url and url.split("?")[0] for name, url in card["urls"].items()}
    return found
