"""Paging from the middle: a page that begins at a month, and those before and after it."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from clonegallery.db import unit_of_work
from clonegallery.ids import new_id
from clonegallery.images.schemas import ImageSource, ImageStatus, Rating, Visibility
from clonegallery.models.image import Image
from clonegallery.storage.keys import original_key
from tests.factories import TestPerson, bob, sign_in

IMAGES = "/api/v1/images"
KEYS = {"newest": "created_at", "oldest": "created_at", "taken": "sort_at"}
_MANY = 240
_DICE = Random(20240301)

Row = dict[str, Any]


def _moment() -> datetime:
    """Some time of three years, one in four at the very edge of a month, where several pictures may meet."""
    moment = datetime(2021 + _DICE.randrange(3), 1 + _DICE.randrange(12), 1, tzinfo=UTC)
    if _DICE.random() < 0.25:
        return moment - timedelta(microseconds=_DICE.randrange(2))
    return moment + timedelta(seconds=_DICE.randrange(28 * 86_400))


def _row(owner: TestPerson, number: int) -> Row:
    image_id, digest = new_id(), f"{number:064x}"
    moment = _moment()
    return {
        "id": image_id,
        "owner_id": owner.id,
        "title": str(number),
        "status": ImageStatus.READY,
        "visibility": _DICE.choice((Visibility.PUBLIC, Visibility.PRIVATE)),
        "rating": _DICE.choice((Rating.GENERAL, Rating.SENSITIVE)),
        "source": ImageSource.UPLOAD,
        "exif": {},
        "storage_key": original_key(image_id, digest, "jpg"),
        "sha256": bytes.fromhex(digest),
        "mime": "image/jpeg",
        "byte_size": 1,
        "width": 3,
        "height": 2,
        "created_at": moment,
        "updated_at": moment,
        "sort_at": _moment(),
    }


async def _fill(owner: TestPerson, many: int = _MANY) -> list[Row]:
    rows = [_row(owner, number) for number in range(many)]
    async with unit_of_work() as work:
        await work.session.execute(insert(Image), rows)
    return rows


def _in_order(rows: list[Row], sort: str) -> list[Row]:
    return sorted(rows, key=itemgetter(KEYS[sort], "id"), reverse=sort != "oldest")


def _is_public(row: Row) -> bool:
    return bool(row["visibility"] == Visibility.PUBLIC)


def _month(row: Row, sort: str) -> str:
    return f"{row[KEYS[sort]]:%Y-%m}"


def _ids(page: Mapping[str, Any]) -> list[UUID]:
    return [UUID(card["id"]) for card in page["items"]]


async def _page(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get(IMAGES, params={name: value for name, value in query.items() if value is not None})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def _walk(client: httpx.AsyncClient, sort: str, start: str, **more: Any) -> tuple[list[UUID], list[UUID]]:
    """What lies before the start and after it, each in the order of the list, in pages of any size."""
    first = await _page(client, sort=sort, start=start, limit=_DICE.randrange(1, 60), **more)
    before: list[UUID] = []
    after = _ids(first)
    up, down = first["previous_cursor"], first["next_cursor"]
    while up:
        page = await _page(client, sort=sort, cursor=up, limit=_DICE.randrange(1, 90), **more)
        before[:0] = _ids(page)
        up = page["previous_cursor"]
    while down:
        page = await _page(client, sort=sort, cursor=down, limit=_DICE.randrange(1, 90), **more)
        assert page["previous_cursor"] is None  # Nobody asked.
        after += _ids(page)
        down = page["next_cursor"]
    return before, after


@pytest.mark.parametrize("sort", KEYS)
async def test_both_directions_meet_at_the_month_without_a_gap_or_a_repeat(
    client: httpx.AsyncClient, sort: str
) -> None:
    owner = await bob()
    rows = _in_order(await _fill(owner), sort)
    await sign_in(client, owner)
    for start in [*_DICE.sample(sorted({_month(row, sort) for row in rows}), 12), "2020-01", "2031-07"]:
        before, after = await _walk(client, sort, start)
        assert before + after == [row["id"] for row in rows], start
        there = [
            row["id"]
            for row in rows
            if (_month(row, sort) >= start if sort == "oldest" else _month(row, sort) <= start)
        ]
        assert after == there, start


@pytest.mark.parametrize("asked", [{"rating": "sensitive"}, {"q": "rating:sensitive"}])
async def test_filters_hold_in_both_directions(client: httpx.AsyncClient, asked: dict[str, str]) -> None:
    rows = await _fill(await bob())
    found = [row["id"] for row in _in_order(rows, "taken") if _is_public(row) and row["rating"] == Rating.SENSITIVE]
    before, after = await _walk(client, "taken", "2022-06", **asked)
    assert before
    assert after
    assert before + after == found
    counted = await _page(client, start="2022-06", limit=5, count="true", **asked)
    assert counted["total"] == len(found)


async def test_a_page_before_leads_on_to_the_page_it_came_from(client: httpx.AsyncClient) -> None:
    await _fill(await bob(), 60)
    first = await _page(client, start="2022-06", limit=5)
    before = await _page(client, cursor=first["previous_cursor"], limit=5)
    again = await _page(client, cursor=before["next_cursor"], limit=5)
    assert _ids(again) == _ids(first)


async def test_the_count_is_of_the_whole_list(client: httpx.AsyncClient) -> None:
    rows = await _fill(await bob(), 60)
    public = sum(_is_public(row) for row in rows)
    assert (await _page(client, start="2022-06", limit=5, count="true"))["total"] == public
    assert (await _page(client, limit=5, count="true"))["previous_cursor"] is None


async def test_a_cursor_goes_before_a_start(client: httpx.AsyncClient) -> None:
    """So a program may keep its query as it is while it pages on."""
    await _fill(await bob(), 60)
    cursor = (await _page(client, start="2022-06", limit=5))["next_cursor"]
    assert await _page(client, cursor=cursor, start="2022-06") == await _page(client, cursor=cursor)


@pytest.mark.parametrize(
    "start",
    ["", "2024", "2024-13", "2024-00", "24-01", "2024-1", "2024-01-01", "0000-01", "٢٠٢٤-01", "2024-01\n", "May"],
)
async def test_what_is_no_month_is_refused_by_name(client: httpx.AsyncClient, start: str) -> None:
    answer = await client.get(IMAGES, params={"start": start})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "start", "message": "This should be a month, as in 2026-03."}]


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
@pytest.mark.parametrize("sort", KEYS)
async def test_the_ends_of_time_are_months_too(client: httpx.AsyncClient, sort: str, month: str) -> None:
    rows = await _fill(await bob(), 9)
    before, after = await _walk(client, sort, month)
    public = [row["id"] for row in _in_order(rows, sort) if _is_public(row)]
    assert (before, after) == ((public, []) if (month < "2000") != (sort == "oldest") else ([], public))


@pytest.mark.parametrize("query", [{"sort": "popular"}, {"sort": "relevance"}, {"trashed": "true"}, {"q": "sea"}])
async def test_a_start_needs_an_order_in_time(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    await sign_in(client, await bob())
    answer = await client.get(IMAGES, params={"start": "2024-01", **query})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "start"
    assert "needs an order in time" in answer.json()["detail"]


async def test_each_page_says_its_order(client: httpx.AsyncClient) -> None:
    await sign_in(client, await bob())
    for query, order in (
        ({}, "newest"),
        ({"sort": "taken"}, "taken"),
        ({"q": "rating:general"}, "newest"),
        ({"q": "sea"}, "relevance"),
        ({"q": "sea", "sort": "oldest"}, "oldest"),
        ({"trashed": "true"}, None),
    ):
        assert (await _page(client, **query))["sort"] == order, query


async def test_a_cursor_is_bound_to_its_order_in_both_directions(client: httpx.AsyncClient) -> None:
    await _fill(await bob(), 60)
    first = await _page(client, start="2022-06", limit=5)
    for cursor in (first["previous_cursor"], first["next_cursor"]):
        for sort in ("oldest", "taken", "popular"):
            assert (await client.get(IMAGES, params={"cursor": cursor, "sort": sort})).status_code == 422


@pytest.mark.parametrize("sort", KEYS)
async def test_the_timeline_counts_by_the_time_that_the_order_goes_by(client: httpx.AsyncClient, sort: str) -> None:
    rows = await _fill(await bob())
    months = (await client.get(IMAGES + "/timeline", params={"sort": sort})).json()
    counted = Counter(_month(row, sort) for row in rows if _is_public(row))
    assert [(one["month"], one["count"]) for one in months] == sorted(counted.items(), reverse=True)
