"""Lists narrowed by any conditions: whichever way is taken, the same pictures come in the same order, all of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import pytest

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.db import unit_of_work
from clonegallery.images import service
from clonegallery.images.conditions import Asked, Circle, Condition, ConditionName, Range, Sought
from clonegallery.images.repository import documents, sifting, writes
from clonegallery.images.repository.sifting import _gather, _walk
from clonegallery.images.schemas import FeedQuery, Sort
from clonegallery.models import Image, ImageStatus, Role, Visibility
from clonegallery.storage.keys import original_key
from tests.conftest import Services, both_databases
from tests.factories import alice, bob

pytestmark = both_databases

_COUNT = 400
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_MAKES = (("NIKON CORPORATION", "NIKON D750"), ("Nikon", "D750"), ("Canon", "EOS R5"), (None, None))
_WORDS = ("Sunset over the lake", "Café in the rain", "Morning fog", "Kathedrale von Köln")

Rows = list[Image]


@pytest.fixture
async def crowd(database: Services) -> Rows:
    """Pictures of Alice's and Bob's whose properties follow from a seed, some of them private."""
    owners, chance = (await alice(), await bob()), np.random.default_rng(7)
    rows = [_row(owners[int(chance.integers(2))].id, number, chance) for number in range(_COUNT)]
    async with unit_of_work() as work:
        for image in rows:
            work.session.add(image)
        await work.session.flush()
        for image in rows[::3]:
            await writes.set_tags(work.session, image.id, ["blue hour", "it's"] if image.iso == 100 else ["blue"])
        await documents.keep_words(work.session, [image.id for image in rows])
    return rows


def _row(owner_id: UUID, number: int, chance: np.random.Generator) -> Image:
    make, model = _MAKES[int(chance.integers(len(_MAKES)))]
    taken = _FIRST + timedelta(hours=int(chance.integers(50_000))) if number % 7 else None
    created = _FIRST + timedelta(minutes=int(chance.integers(200)))
    located = bool(chance.integers(2))
    image = Image(
        owner_id=owner_id,
        title=_WORDS[number % len(_WORDS)],
        sha256=number.to_bytes(32),
        storage_key="",
        mime="image/jpeg",
        byte_size=1,
        width=3,
        height=2,
        status=ImageStatus.READY,
        visibility=Visibility.PUBLIC if chance.integers(4) else Visibility.PRIVATE,
        camera_make=make,
        camera_model=model,
        iso=int(chance.choice([100, 200, 400, 3200])) if make else None,
        aperture=float(chance.choice([1.8, 2.8, 5.6])) if make else None,
        taken_at=taken,
        sort_at=taken or created,
        created_at=created,
        likes=int(chance.integers(5)),
        gps_latitude=float(chance.uniform(-90, 90)) if located else None,
        gps_longitude=float(chance.uniform(-180, 180)) if located else None,
    )
    image.storage_key = original_key(image.id, image.sha256.hex(), "jpg")
    return image


@pytest.fixture(params=["walked", "gathered", "walked in vain"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each of the ways that a page can be found by."""
    walked, step = {"walked": (10_000, 1e-9), "gathered": (10, 1e9), "walked in vain": (10, 1e-9)}[request.param]
    monkeypatch.setattr(sifting, "WALKED", walked)
    monkeypatch.setattr(sifting, "STEP", step)
    monkeypatch.setattr(sifting, "LEAP", step)
    _forget()
    yield request.param
    _forget()


def _forget() -> None:
    _walk.forget()
    _gather.forget()


def _is_nikon(image: Image) -> bool:
    return (image.camera_make or "").lower().startswith("nikon")


def _taken(first: int | None, end: int | None, *, negated: bool = False) -> Condition:
    """From the beginning of one year to that of another."""
    low, high = (None if year is None else datetime(year, 1, 1, tzinfo=UTC) for year in (first, end))
    return Condition(ConditionName.TAKEN, Range(low, high, high_open=True), negated=negated)


def _year(image: Image) -> int | None:
    return image.taken_at.year if image.taken_at else None


_CASES: list[tuple[list[Condition], list[Sought], Callable[[Image], bool]]] = [
    ([Condition(ConditionName.CAMERA, "nikon d75")], [], _is_nikon),
    ([Condition(ConditionName.CAMERA, "nikon", negated=True)], [], lambda one: not _is_nikon(one)),
    ([Condition(ConditionName.CAMERA, "leica")], [], lambda _: False),
    ([Condition(ConditionName.ISO, Range(200, 400))], [], lambda one: one.iso in (200, 400)),
    ([Condition(ConditionName.ISO, Range(200, 400, low_open=True, high_open=True))], [], lambda _: False),
    ([Condition(ConditionName.ISO, Range(100, 100), negated=True)], [], lambda one: one.iso != 100),
    ([Condition(ConditionName.APERTURE, Range(None, 2.8))], [], lambda one: (one.aperture or 9) <= 2.8),
    # In 2020 there are also some whose moment nobody knows: they came in that year.
    ([_taken(2020, 2021)], [], lambda one: _year(one) == 2020),
    ([_taken(2021, 2022)], [], lambda one: _year(one) == 2021),
    ([_taken(None, 2022)], [], lambda one: _year(one) in (2020, 2021)),
    ([_taken(2022, None)], [], lambda one: (_year(one) or 0) >= 2022),
    ([_taken(2021, 2023), _taken(2022, 2024)], [], lambda one: _year(one) == 2022),
    ([_taken(2021, 2022, negated=True)], [], lambda one: _year(one) != 2021),
    ([_taken(2020, 2021, negated=True)], [], lambda one: _year(one) != 2020),
    ([_taken(2021, 2023), _taken(2021, 2022, negated=True)], [], lambda one: _year(one) == 2022),
    ([Condition(ConditionName.TAG, "blue hour")], [], lambda one: _number(one) % 3 == 0 and one.iso == 100),
    ([Condition(ConditionName.TAG, "it's")], [], lambda one: _number(one) % 3 == 0 and one.iso == 100),
    ([Condition(ConditionName.TAG, "blue", negated=True)], [], lambda one: _number(one) % 3 > 0 or one.iso == 100),
    ([], [Sought("sunsets")], lambda one: "Sunset" in one.title),
    ([], [Sought("CAFE")], lambda one: "Café" in one.title),
    ([], [Sought("koln cathed", prefix=True)], lambda _: False),
    ([], [Sought("Kathed", prefix=True)], lambda one: "Köln" in one.title),
    ([], [Sought("von koln")], lambda one: "Köln" in one.title),
    ([], [Sought("koln von")], lambda _: False),
    ([], [Sought("fog", negated=True)], lambda one: "fog" not in one.title),
    ([], [Sought("rain"), Sought("fog")], lambda _: False),
    (
        [Condition(ConditionName.CAMERA, "nikon"), Condition(ConditionName.ISO, Range(100, 100))],
        [Sought("lake")],
        lambda one: _is_nikon(one) and one.iso == 100 and "lake" in one.title,
    ),
]


def _number(image: Image) -> int:
    return int.from_bytes(image.sha256)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.TAKEN, Sort.POPULAR])
async def test_every_way_finds_the_same_in_the_same_order(crowd: Rows, way: str, sort: Sort) -> None:
    me = Viewer(id=crowd[0].owner_id, username="x", role=Role.EDITOR)
    for asker in (me, ANONYMOUS):
        for conditions, words, matches in _CASES:
            expected = [one for one in crowd if _seen(asker, one) and matches(one)]
            expected.sort(key=lambda one: _key(one, sort), reverse=sort is not Sort.OLDEST)
            found = await _all(asker, sort, Asked(tuple(conditions), tuple(words)))
            assert found == [one.id for one in expected], (way, conditions, words)


async def test_by_place_one_finds_ones_own_and_admins_find_all(crowd: Rows, way: str) -> None:
    owner = Viewer(id=crowd[0].owner_id, username="x", role=Role.EDITOR)
    admin = Viewer(id=owner.id, username="x", role=Role.ADMIN)
    around = Condition(ConditionName.PLACE, Circle(40.0, 170.0, 4_000_000))
    near = [one for one in crowd if one.gps_latitude is not None and _kilometers(one, 40.0, 170.0) <= 4_000]
    mine = {one.id for one in near if one.owner_id == owner.id}
    assert near
    assert any(one.gps_longitude is not None and one.gps_longitude < 0 for one in near), "across the antimeridian"
    assert set(await _all(owner, Sort.NEWEST, Asked((around,)))) == mine
    assert set(await _all(admin, Sort.NEWEST, Asked((around,)))) == mine | {
        one.id for one in near if one.visibility == Visibility.PUBLIC
    }
    assert await _all(ANONYMOUS, Sort.NEWEST, Asked((around,))) == []
    placed = Condition(ConditionName.GPS, value=True)
    assert await _all(ANONYMOUS, Sort.NEWEST, Asked((placed,))) == []
    everything = {one.id for one in crowd if one.visibility == Visibility.PUBLIC}
    nowhere = Condition(ConditionName.GPS, value=True, negated=True)
    assert set(await _all(ANONYMOUS, Sort.NEWEST, Asked((nowhere,)))) == everything, "it tells nothing either way"


async def test_what_is_meant_is_found_beside_the_words_under_the_same_conditions(crowd: Rows, way: str) -> None:
    me = Viewer(id=crowd[0].owner_id, username="x", role=Role.EDITOR)
    also = tuple(one.id for one in crowd[:40])
    asked = Asked((Condition(ConditionName.ISO, Range(100, 100)),), (Sought("fog"),), also)
    expected = {one.id for one in crowd if _seen(me, one) and one.iso == 100 and (one.id in also or "fog" in one.title)}
    assert set(await _all(me, Sort.NEWEST, asked)) == expected
    unwanted = Asked((), (Sought("fog"), Sought("morning", negated=True)), also)
    assert set(await _all(me, Sort.NEWEST, unwanted)) == {
        one.id for one in crowd[:40] if _seen(me, one) and "fog" not in one.title
    }


async def _all(asker: Viewer, sort: Sort, asked: Asked) -> list[UUID]:
    found: list[UUID] = []
    totals: list[int] = []
    query = FeedQuery(sort=sort, limit=37, count=True)
    while True:
        page: dict[str, Any] = orjson.loads(await service.feed(asker, query, asked))
        totals += [page["total"]] if "total" in page else []
        found += [UUID(card["id"]) for card in page["items"]]
        if page["next_cursor"] is None:
            assert totals == [len(found)]
            return found
        query = FeedQuery(sort=sort, limit=37, cursor=page["next_cursor"])


def _seen(asker: Viewer, image: Image) -> bool:
    return image.visibility == Visibility.PUBLIC or image.owner_id == asker.id


def _key(image: Image, sort: Sort) -> tuple[Any, ...]:
    lead = {Sort.TAKEN: (image.sort_at,), Sort.POPULAR: (image.likes, image.views)}.get(sort, (image.created_at,))
    return (*lead, image.id)


def _kilometers(image: Image, latitude: float, longitude: float) -> float:
    """By the angle between two vectors: another formula than the gallery's."""
    assert image.gps_latitude is not None
    assert image.gps_longitude is not None
    places = np.radians([(image.gps_latitude, image.gps_longitude), (latitude, longitude)])
    points = [np.array([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)]) for a, b in places]
    return float(np.arccos(np.clip(points[0] @ points[1], -1, 1)) * 6371.0088)
