"""What completes a search: what the asker finds pictures by, and nothing that would tell of others' pictures."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.changes import versions_for
from clonegallery.clock import utcnow
from clonegallery.db import reading, unit_of_work
from clonegallery.events import get_redis
from clonegallery.ids import new_id
from clonegallery.images.labelling import count_names, keep_missing_labels
from clonegallery.images.repository import naming, writes
from clonegallery.images.schemas import FeedQuery, ImageStatus, Visibility
from clonegallery.search import service
from clonegallery.search.schemas import Suggestion
from tests.conftest import Services, both_databases
from tests.factories import TestPerson, alice, bob, charlie
from tests.images.test_feed import picture, viewer
from tests.search.test_finding import found, worded

pytestmark = both_databases

NAMED = {"camera_make": "Canon", "camera_model": "Canon EOS R5", "lens": "RF 50mm F1.2L"}


async def suggested(asker: Viewer, typed: str, limit: int = 8) -> list[Suggestion]:
    return await service.suggest(asker, typed, limit)


async def terms(asker: Viewer, typed: str, limit: int = 8) -> list[str]:
    return [one.term for one in await suggested(asker, typed, limit)]


async def tagged(owner: TestPerson, tags: Sequence[str], **columns: Any) -> UUID:
    return await worded(owner, "A", tags=tags, **columns)


async def test_a_word_and_a_key_are_completed_by_what_pictures_have(database: Services) -> None:
    owner = await bob()
    for tags in (["beach", "bear"], ["beach"], ["beacon", "sea"]):
        await tagged(owner, tags)
    (first, *others) = await suggested(ANONYMOUS, "sunset bea")
    assert (first.kind, first.term, first.label, first.count) == ("tag", "tag:beach", "beach", 2)
    assert first.replaces == (7, 10)
    assert [(one.term, one.count) for one in others] == [("tag:beacon", 1), ("tag:bear", 1)]
    assert await terms(ANONYMOUS, "tag:bea") == ["tag:beach", "tag:beacon", "tag:bear"]
    assert await terms(ANONYMOUS, "-tag:beac") == ["-tag:beach", "-tag:beacon"]
    assert await terms(ANONYMOUS, "-beac") == ["-tag:beach", "-tag:beacon"]
    assert await terms(ANONYMOUS, "tag:bea", 1) == ["tag:beach"]
    assert await terms(ANONYMOUS, "tag:") == ["tag:beach", "tag:beacon", "tag:bear", "tag:sea"]
    assert await terms(ANONYMOUS, "tag:each") == []


async def test_the_last_words_together_are_completed_too(database: Services) -> None:
    owner = await bob()
    await tagged(owner, ["blue hour", "hill", "at blue hour"], camera_make="Canon", camera_model="EOS Hello")
    shown = [(one.term, one.replaces) for one in await suggested(ANONYMOUS, "sea at blue h")]
    assert shown == [
        ('tag:"at blue hour"', (4, 13)),
        ('tag:"blue hour"', (7, 13)),
        ("tag:hill", (12, 13)),
        ('camera:="canon eos hello"', (12, 13)),
    ]
    shown = [(one.term, one.replaces) for one in await suggested(ANONYMOUS, "sea canon hel")]
    assert shown == [('camera:="canon eos hello"', (4, 13))]


async def test_cameras_lenses_and_models_are_found_by_any_of_their_words(database: Services) -> None:
    owner = await bob()
    await picture(owner, visibility=Visibility.PUBLIC, **NAMED)
    await picture(owner, visibility=Visibility.PUBLIC, camera_make="NIKON CORPORATION", camera_model="NIKON D750")
    (camera,) = await suggested(ANONYMOUS, "camera:r5")
    assert (camera.kind, camera.term, camera.label) == ("camera", 'camera:="canon eos r5"', "Canon EOS R5")
    assert (camera.count, camera.replaces) == (1, (0, 9))
    assert await terms(ANONYMOUS, 'camera:="eos can') == ['camera:="canon eos r5"']
    assert await terms(ANONYMOUS, 'camera:"eos can') == ['camera:="canon eos r5"']
    assert await terms(ANONYMOUS, "lens:50") == ['lens:="rf 50mm f1 2l"']
    assert await terms(ANONYMOUS, "nik") == ['camera:="nikon d750"']
    assert await terms(ANONYMOUS, "model:") == []
    for typed in ("camera:r5", "lens:50", "nik"):
        (term,) = await terms(ANONYMOUS, typed)
        assert len(await found(ANONYMOUS, term)) == 1, term


async def test_every_name_finds_as_many_pictures_as_it_says(database: Services) -> None:
    owner, other = await bob(), await alice()
    for number, tags in enumerate((["it's", "blue hour"], ['say "hi"', "blue hour"], ["100%"], ["a_b"], ["c++"])):
        mine, hidden = (owner, Visibility.PUBLIC) if number % 2 else (other, Visibility.PRIVATE)
        await tagged(mine, tags, visibility=hidden, **NAMED)
    for asker in (ANONYMOUS, viewer(owner), viewer(other)):
        names = [*await suggested(asker, "tag:"), *await suggested(asker, "camera:"), *await suggested(asker, "by:")]
        assert names
        for name in names:
            page = FeedQuery(q=name.term, count=True)
            assert f'"total":{name.count}' in (await service.find(asker, page)).decode(), name


async def test_case_and_accents_do_not_matter_but_what_is_written_so_comes_first(database: Services) -> None:
    owner = await bob()
    for tags in (["café"], ["café"], ["cafe latte"], ["Straße"]):
        await tagged(owner, [tag.lower() for tag in tags])
    assert await terms(ANONYMOUS, "tag:cafe") == ['tag:"cafe latte"', "tag:café"]
    assert await terms(ANONYMOUS, "tag:CAFÉ") == ["tag:café", 'tag:"cafe latte"']
    assert await terms(ANONYMOUS, "tag:strass") == ["tag:straße"]


async def test_signs_of_patterns_are_themselves(database: Services) -> None:
    owner = await bob()
    await tagged(owner, ["100%", "a_b", "axb", "back\\slash", "🌅", "it's"], **NAMED)
    for typed, expected in {
        "tag:%": [],
        "tag:_": [],
        "tag:1%": [],
        "tag:100%": ["tag:100%"],
        "tag:a_": ["tag:a_b"],
        "tag:back\\": ["tag:back\\slash"],
        "tag:\\": [],
        "tag:🌅": ["tag:🌅"],
        "tag:it'": ["tag:it's"],
        "camera:%": [],
        "camera:_": [],
        "lens:%50": ['lens:="rf 50mm f1 2l"'],
        "by:%": [],
        "by:b_b": [],
        "by:bo\\": [],
    }.items():
        assert await terms(ANONYMOUS, typed) == expected, typed


async def test_what_one_does_not_find_is_not_suggested(database: Services) -> None:
    owner, others = await bob(), (await charlie(), await alice())
    hidden: dict[str, dict[str, Any]] = {
        "private": {"visibility": Visibility.PRIVATE},
        "unlisted": {"visibility": Visibility.UNLISTED},
        "processing": {"status": ImageStatus.PROCESSING},
        "failed": {"status": ImageStatus.FAILED},
        "trashed": {"deleted_at": utcnow()},
    }
    for name, columns in hidden.items():
        await tagged(owner, [f"secret {name}"], camera_model=f"Secret {name}", lens=f"Secret {name}", **columns)
    mine = {f'tag:"secret {name}"' for name in ("private", "unlisted", "processing")}
    for typed in ("tag:secret", "camera:secret", "lens:secret", "secret", "model:secret", "by:bob", "by:"):
        for asker in (ANONYMOUS, *map(viewer, others)):
            assert await terms(asker, typed) == [], (typed, asker)
    assert set(await terms(viewer(owner), "tag:secret")) == mine
    assert len(await terms(viewer(owner), "camera:secret")) == len(await terms(viewer(owner), "lens:secret")) == 3
    assert await terms(viewer(owner), "by:b") == ["by:bob"]


async def test_a_name_goes_and_comes_with_what_happens_to_its_pictures(database: Services) -> None:
    owner = await bob()
    image_id = await tagged(owner, ["harbour"], **NAMED)
    shown = [["tag:harbour"], ['camera:="canon eos r5"'], ["by:bob"]]

    async def seen(asker: Viewer) -> list[list[str]]:
        return [await terms(asker, typed) for typed in ("tag:harb", "camera:r5", "by:bo")]

    for columns, strangers, owners in (
        ({}, shown, shown),
        ({"visibility": Visibility.PRIVATE}, [[], [], []], shown),
        ({"visibility": Visibility.PUBLIC}, shown, shown),
        ({"deleted_at": utcnow()}, [[], [], []], [[], [], []]),
        ({"deleted_at": None}, shown, shown),
        ({"status": ImageStatus.FAILED}, [[], [], []], [[], [], []]),
        ({"status": ImageStatus.READY}, shown, shown),
    ):
        if columns:
            async with unit_of_work() as work:
                await writes.change(work.session, image_id, columns)
        assert (await seen(ANONYMOUS), await seen(viewer(owner))) == (strangers, owners), columns
    async with unit_of_work() as work:
        await writes.set_tags(work.session, image_id, ["harbor"])
    assert await terms(ANONYMOUS, "tag:harb") == ["tag:harbor"]
    async with unit_of_work() as work:
        await writes.remove(work.session, [image_id])
    assert await seen(viewer(owner)) == [[], [], []]


async def test_very_many_are_not_counted_out(database: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await bob()
    monkeypatch.setattr(naming, "COUNTED", 2)
    monkeypatch.setattr("clonegallery.images.names.COUNTED", 2)
    naming._counted.cache_clear()
    for tags in (["many", "many too"], ["many", "many too"], ["many"]):
        await tagged(owner, tags)
    counts = {one.label: one.count for one in await suggested(ANONYMOUS, "tag:many")}
    naming._counted.cache_clear()
    assert counts == {"many": None, "many too": 2}


async def test_of_very_many_tags_the_common_ones_and_ones_own_are_suggested(
    database: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, other = await bob(), await charlie()
    for name, number in (("CHECKED", 5), ("POPULAR", 8), ("OWN", 3)):
        monkeypatch.setattr(naming, name, number)
    naming._some_tags.cache_clear()
    naming._common_tags.cache_clear()
    await tagged(owner, [f"t{number:02}" for number in range(30)], visibility=Visibility.PRIVATE)
    for _ in range(2):
        await tagged(owner, ["t17", "t23"])
    await tagged(owner, ["t23"])
    await tagged(other, ["t my own"], visibility=Visibility.PRIVATE)
    await count_names()
    common, own = await terms(ANONYMOUS, "tag:t"), await terms(viewer(other), "tag:t")
    narrow = await terms(viewer(owner), "tag:t0")
    naming._some_tags.cache_clear()
    naming._common_tags.cache_clear()
    assert (common, own) == (["tag:t23", "tag:t17"], ["tag:t23", "tag:t17", 'tag:"t my own"'])
    assert len(narrow) == 3, "as many of one's own as are looked through"


async def test_keys_and_values_are_completed_too(database: Services) -> None:
    person = viewer(await bob())
    (first, *_) = await suggested(person, "sunset ca")
    assert (first.kind, first.term, first.label, first.count) == ("key", "camera:", "the name of a camera", None)
    assert first.replaces == (7, 9)
    assert await terms(person, "-source:g") == ["-source:generation"]
    assert await terms(person, "visibility:pr") == ["visibility:private"]
    assert await terms(ANONYMOUS, "visibility:pr") == []
    assert "tag:" in await terms(ANONYMOUS, "sunset ", 20)
    assert await terms(ANONYMOUS, "iso:1") == await terms(ANONYMOUS, "colour:red") == []


async def test_a_key_keeps_its_place_beside_many_tags(database: Services) -> None:
    await tagged(await bob(), [f"camel {number}" for number in range(12)])
    assert (await terms(ANONYMOUS, "came"))[:3] == ["camera:", "camera_model:", 'tag:"camel 0"']
    assert len(await terms(ANONYMOUS, "came")) == 8


async def test_ones_own_searches_come_first_and_replace_the_whole_text(database: Services) -> None:
    person, other = viewer(await bob()), viewer(await charlie())
    for q in ("sunset tag:beach", "sunrise", "Boats iso:<=800"):
        await service.note(person, q)
    (first, second) = await suggested(person, "sun")
    assert (first.kind, first.term, first.label, first.replaces) == ("recent", "sunrise", "sunrise", (0, 3))
    assert (second.term, second.count) == ("sunset tag:beach", None)
    assert (await suggested(person, "boats is"))[0].replaces == (0, 8)
    assert (await terms(person, ""))[:3] == ["Boats iso:<=800", "sunrise", "sunset tag:beach"]
    assert await terms(person, "sunrise") == []
    assert [one.kind for one in await suggested(other, "sun")] == []
    assert [one.kind for one in await suggested(ANONYMOUS, "sun")] == []


async def test_a_search_by_a_picture_says_which_and_is_gone_with_it(database: Services) -> None:
    owner, person = await bob(), viewer(await charlie())
    image_id = await worded(owner, "Red barn")
    for q in (f"like:{image_id} iso:<=800 -sea", f"like:{image_id}", f"like:{new_id()}"):
        await service.note(person, q)
    shown = {one.term: one.label for one in await suggested(person, "like:")}
    assert shown == {
        f"like:{image_id}": "looks like Red barn",
        f"like:{image_id} iso:<=800 -sea": "iso:<=800 -sea, looks like Red barn",
    }
    async with unit_of_work() as work:
        await writes.change(work.session, image_id, {"visibility": Visibility.PRIVATE})
    assert await terms(person, "like:") == []


async def test_tags_of_before_are_suggested_once_the_sweep_has_labelled_them(database: Services) -> None:
    owner = await bob()
    await tagged(owner, ["café", "sea"])
    async with unit_of_work() as work:
        await work.session.execute(text("UPDATE tags SET folded = NULL, listed = 7"))
    assert await terms(ANONYMOUS, "tag:") == []
    assert (await keep_missing_labels(), await keep_missing_labels()) == (2, 0)
    assert await terms(ANONYMOUS, "tag:cafe") == ["tag:café"]


async def test_how_common_names_are_is_counted(database: Services) -> None:
    owner = await bob()
    for visibility in (Visibility.PUBLIC, Visibility.PUBLIC, Visibility.PRIVATE):
        await tagged(owner, ["sea"], visibility=visibility, **NAMED)
    versions = await get_redis().mget(versions_for(owner.id))
    assert (await count_names(), await count_names()) == (3, 0)
    assert await get_redis().mget(versions_for(owner.id)) == versions, "no list is made anew for it"
    async with reading() as connection:
        counted = text("SELECT name, listed FROM tags UNION SELECT name, listed FROM instruments")
        rows = (await connection.execute(counted)).all()
    assert {tuple(row) for row in rows} == {("sea", 2), ("Canon EOS R5", 2), ("RF 50mm F1.2L", 2)}
    async with unit_of_work() as work:
        await work.session.execute(text("DELETE FROM images"))
    assert await count_names() == 3
