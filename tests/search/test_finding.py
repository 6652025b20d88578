"""What a search finds by its words, in which order, and how one goes on through it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import pytest

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.db import unit_of_work
from clonegallery.errors import Invalid
from clonegallery.events import get_redis
from clonegallery.images.repository import documents, ranking, writes
from clonegallery.images.schemas import FeedQuery, Visibility
from clonegallery.search import finding, service
from tests.conftest import Services, both_databases
from tests.factories import TestPerson, alice, bob
from tests.images.test_feed import picture, viewer

pytestmark = both_databases


async def worded(owner: TestPerson, title: str, caption: str = "", tags: Sequence[str] = (), **columns: Any) -> UUID:
    """A picture that has these words."""
    image_id = await picture(owner, title=title, caption=caption, **{"visibility": "public", **columns})
    async with unit_of_work() as work:
        await writes.set_tags(work.session, image_id, tags)
        await documents.keep_words(work.session, [image_id])
    return image_id


async def found(asker: Viewer, q: str, **more: Any) -> list[UUID]:
    return [UUID(card["id"]) for card in (await page(asker, q, **more))["items"]]


async def page(asker: Viewer, q: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(await service.find(asker, FeedQuery(q=q, **more)))
    return answer


async def everything(asker: Viewer, q: str, limit: int, **more: Any) -> list[UUID]:
    """All pages, one after the other."""
    first = await page(asker, q, limit=limit, **more)
    ids = [UUID(card["id"]) for card in first["items"]]
    cursor = first["next_cursor"]
    while cursor:
        following = await page(asker, q, limit=limit, cursor=cursor, **more)
        ids += [UUID(card["id"]) for card in following["items"]]
        cursor = following["next_cursor"]
    return ids


async def test_words_in_a_title_count_more_than_in_a_caption_than_in_tags(database: Services) -> None:
    owner = await bob()
    by_tag = await worded(owner, "Something", tags=["lighthouse"])
    by_caption = await worded(owner, "Something", "A lighthouse")
    by_title = await worded(owner, "Lighthouse")
    await worded(owner, "A light house")
    assert await found(ANONYMOUS, "lighthouses") == [by_title, by_caption, by_tag]
    assert (await page(ANONYMOUS, "lighthouse"))["items"][0]["why"] == [{"by": "words", "score": None}]


async def test_all_words_must_be_there_phrases_in_order_and_the_last_word_may_go_on(database: Services) -> None:
    owner = await bob()
    first = await worded(owner, "Red sun over a blue sea")
    second = await worded(owner, "Blue sun over a red sea")
    for q, expected in {
        "red sea": {first, second},
        '"red sun"': {first},
        'sea -"red sun"': {second},
        "sea -blue": set(),
        "su": set(),
        "blu": {first, second},
        "blu red ": set(),
        "sun*  blue": {first, second},
        "RÉD süN": {first, second},
        "the": set(),
        "🎉": set(),
        "🎉 -sea": set(),
        "🎉 red sun": {first, second},
        "prompt:🎉": set(),
        "!!! (( sea": {first, second},
    }.items():
        assert set(await found(ANONYMOUS, q)) == expected, q


async def test_who_types_a_word_finds_it_all_the_way(database: Services) -> None:
    """Languages keep the stems of words alone, which need not begin as the words do."""
    owner = await bob()
    text = "Happiness: a beautiful mountaineer was running and swimming among flies and herons"
    one = await worded(owner, "Untitled", text, ["sailing boats"])
    for word in ("happiness", "beautiful", "mountaineer", "running", "swimming", "flies", "herons", "sailing", "boats"):
        for end in range(3, len(word) + 1):
            assert await found(ANONYMOUS, word[:end]) == [one], word[:end]
    for q in ("beautiful swimm", "runn* swimm", "runn* -moun* beautif* happin"):
        assert await found(ANONYMOUS, q) == ([] if "-" in q else [one]), q
    for q in ("runn ", "runn swimming", "bea-swimm", "untitled -swimm*", "-happin*", "runn* -her* beaut"):
        assert await found(ANONYMOUS, q) == [], q
    for q in ("-swimm untitled", "-zzz*", "untitled -zzz* runn"):
        assert await found(ANONYMOUS, q) == [one], q


async def test_phrases_reach_across_no_gap_between_texts_and_between_tags(database: Services) -> None:
    owner = await bob()
    one = await worded(owner, "Bright red", "sun over the quay", ["beach", "blue hour", "sun"])
    for q in ('"bright red"', '"sun over the quay"', '"blue hour"', "bright sun", 'red -"red sun"'):
        assert await found(ANONYMOUS, q) == [one], q
    for q in ('"red sun"', '"beach blue"', '"hour sun"', '"quay beach"'):
        assert await found(ANONYMOUS, q) == [], q


async def test_what_cannot_be_looked_for_is_missing_everywhere(database: Services) -> None:
    one = await worded(await bob(), "Red sea", "sun")
    for q in ("-🎉", "-prompt:🎉", "-🎉 -sky", "-sky", "sea -🎉", "-tag:none -🎉", "-the", "-prompt:the", "sea -the"):
        assert await found(ANONYMOUS, q) == [one], q
    for q in ("-sea", "-🎉 -sea"):
        assert await found(ANONYMOUS, q) == [], q


async def test_conditions_and_words_and_parameters_must_all_hold(database: Services) -> None:
    owner, other = await bob(), await alice()
    mine = await worded(owner, "Harbour", tags=["boats"], camera_make="NIKON CORPORATION", iso=100)
    private = await worded(owner, "Harbour", camera_make="Nikon", iso=200, visibility=Visibility.PRIVATE)
    await worded(other, "Harbour", camera_make="Canon", iso=100)
    assert await found(ANONYMOUS, "harbour camera:nikon") == [mine]
    assert set(await found(viewer(owner), "harbour camera:nikon")) == {mine, private}
    assert await found(viewer(owner), "harbour camera:nikon", iso_max=150) == [mine]
    assert await found(viewer(owner), "iso:200") == [private]
    assert await found(viewer(owner), "harbour tag:boats") == [mine]
    assert await found(viewer(owner), "harbour -tag:boats by:bob") == [private]
    assert await found(ANONYMOUS, "harbour", owner="bob") == [mine]


async def test_every_order_holds_the_same_pictures(database: Services) -> None:
    owner = await bob()
    ids = {await worded(owner, f"Harbour {n}", likes=n % 3) for n in range(5)}
    for sort in ("newest", "oldest", "taken", "popular", "relevance"):
        assert set(await everything(ANONYMOUS, "harbour", 2, sort=sort)) == ids, sort
    assert (await found(ANONYMOUS, "harbour", sort="oldest"))[::-1] == await found(ANONYMOUS, "harbour", sort="newest")


async def test_pages_go_through_the_ranking_and_on_behind_it_without_gap_or_repetition(
    database: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await bob()
    ids = [await worded(owner, "Harbour", "harbour " * (n % 4)) for n in range(23)]
    ranked = await found(ANONYMOUS, "harbour", limit=100)
    assert set(ranked) == set(ids)
    monkeypatch.setattr(finding, "RANKED", 10)
    for limit in (3, 5, 10, 7):
        paged = await everything(ANONYMOUS, "harbour", limit)
        assert paged[:10] == ranked[:10], limit
        assert paged[10:] == [one for one in ids[::-1] if one not in ranked[:10]], limit
    first = await page(ANONYMOUS, "harbour", count=True, limit=3)
    assert (first["total"], first["total_is_estimate"]) == (23, False)


async def test_a_page_goes_on_where_the_last_one_ended_whatever_came_meanwhile(database: Services) -> None:
    owner = await bob()
    ids = [await worded(owner, "Harbour") for _ in range(6)]
    first = await page(ANONYMOUS, "harbour", limit=3)
    shown = [UUID(card["id"]) for card in first["items"]]
    await worded(owner, "Harbour harbour", "harbour harbour")
    left = [one for one in ids if one not in shown]
    second = await found(ANONYMOUS, "harbour", limit=10, cursor=first["next_cursor"])
    assert sorted(second) == sorted(left)
    await get_redis().flushdb()
    forgotten = await found(ANONYMOUS, "harbour", limit=10, cursor=first["next_cursor"])
    assert set(forgotten) >= set(left), "found anew, nothing is missed"


async def test_what_became_private_meanwhile_is_not_on_the_next_page(database: Services) -> None:
    owner = await bob()
    ids = [await worded(owner, "Harbour") for _ in range(6)]
    first = await page(ANONYMOUS, "harbour", limit=3)
    hidden = next(one for one in ids if str(one) not in {card["id"] for card in first["items"]})
    async with unit_of_work() as work:
        await writes.change(work.session, hidden, {"visibility": Visibility.PRIVATE})
    assert hidden not in await found(ANONYMOUS, "harbour", limit=10, cursor=first["next_cursor"])


async def test_an_answer_is_never_continued_by_somebody_else(database: Services) -> None:
    owner = await bob()
    for n in range(6):
        await worded(owner, "Harbour", visibility=Visibility.PUBLIC if n % 2 else Visibility.PRIVATE)
    first = await page(viewer(owner), "harbour", limit=2)
    others = await page(ANONYMOUS, "harbour", limit=10, cursor=first["next_cursor"])
    assert all(card["visibility"] == "public" for card in others["items"])


@pytest.mark.parametrize("few", [0, 10**9])
async def test_a_common_word_is_ranked_among_the_newest(
    database: Services, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    owner = await bob()
    ids = [await worded(owner, "Harbour" if n % 2 else "A boat", "In the harbour") for n in range(12)]
    monkeypatch.setattr(ranking, "ALL_RANKED", few)
    monkeypatch.setattr(finding, "RANKED", 6)
    ranked = await found(ANONYMOUS, "harbour", limit=6)
    assert ranked == ids[::-1][0::2], "those with the word in their title, the newest first"


@pytest.mark.parametrize(
    ("q", "position", "token"),
    [
        ("iso:abc", 0, "iso:abc"),
        ("sea f:9..1", 4, "f:9..1"),
        ('sun "blue sea', 4, '"blue sea'),
        ("a colour:red", 2, "colour:red"),
        ("a\x00b", 1, "\x00"),
    ],
)
async def test_a_query_that_cannot_be_read_is_refused_with_its_place(
    database: Services, q: str, position: int, token: str
) -> None:
    for sort in (None, "newest"):
        with pytest.raises(Invalid) as refused:
            await page(ANONYMOUS, q, sort=sort)
        (error,) = refused.value.errors
        assert (error.field, error.position, error.token) == ("q", position, token)


async def test_cursors_of_other_lists_are_refused(database: Services) -> None:
    owner = await bob()
    for _ in range(4):
        await worded(owner, "Harbour")
    newest = (await page(ANONYMOUS, "", limit=2))["next_cursor"]
    best = (await page(ANONYMOUS, "harbour", limit=2))["next_cursor"]
    for cursor, q in ((newest, "harbour"), (best, ""), ("AAAA", "harbour"), ("x" * 400, "harbour")):
        with pytest.raises(Invalid, match="cursor"):
            await page(ANONYMOUS, q, cursor=cursor)
