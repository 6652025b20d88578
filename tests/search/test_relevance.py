"""One answer of words, meaning and looks, over painted scenes that the gallery's own model has placed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.db import autocommitting, unit_of_work
from clonegallery.errors import Invalid
from clonegallery.events import get_redis
from clonegallery.images.repository import documents, writes
from clonegallery.images.schemas import Filters, Visibility
from clonegallery.inference.clip import Clip
from clonegallery.inference.embedders import embedding_model, forget_embedders
from clonegallery.inference.own_models import CLIP, located
from clonegallery.search import counts, everyday, finding, meaning, service
from clonegallery.search.answering import answer_questions
from clonegallery.search.questions import HERE
from clonegallery.search.repository import spaces, vectors
from clonegallery.search.searched import searched_space
from clonegallery.settings import get_settings
from tests.conftest import both_databases
from tests.factories import TestPerson, alice, bob
from tests.images.test_feed import picture, viewer
from tests.search.gallery import be_patient
from tests.search.painted import PaintedGallery
from tests.search.test_finding import everything, found, page

pytestmark = both_databases

_COUNT = 120
_TEXT = "a starry sky"


@dataclass(frozen=True, slots=True)
class Painted:
    """Pictures by the place of their scene, and what each text means of them by the model alone."""

    owner: TestPerson
    scenes: PaintedGallery
    ids: list[UUID]

    def means(self, text: str) -> list[UUID]:
        return [self.ids[place] for place in self.scenes.found([text])[text]]


@pytest.fixture(scope="module")
def scenes() -> PaintedGallery:
    return PaintedGallery(Clip(located(CLIP)), 99, _COUNT)


@pytest.fixture
async def painted(no_index: None, scenes: PaintedGallery, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Painted]:
    """A gallery of scenes without a word about them, and a worker that knows what words mean."""
    monkeypatch.setenv("EMBEDDING_MODEL", "")
    get_settings.cache_clear()
    await be_patient(monkeypatch)
    meaning._remembered.clear()
    if known := [key async for key in get_redis().scan_iter("cg:meaning:*")]:
        await get_redis().delete(*known)
    owner = await bob()
    ids = [await picture(owner, title="Untitled", visibility="public", iso=100 + n) for n in range(_COUNT)]
    await _placed(ids, scenes)
    worker = asyncio.create_task(answer_questions())
    while not await get_redis().exists(HERE):  # noqa: ASYNC110 Redis sets no event here.
        await asyncio.sleep(0.02)
    space = await searched_space()
    assert space is not None
    assert await meaning.vector_of_text(space, "once its model is loaded") is not None
    yield Painted(owner, scenes, ids)
    worker.cancel()
    await asyncio.wait({worker})
    monkeypatch.undo()
    get_settings.cache_clear()
    forget_embedders()


async def _placed(ids: list[UUID], scenes: PaintedGallery) -> None:
    model = embedding_model(get_settings())
    assert model is not None
    async with unit_of_work() as work:
        dimensions = int(scenes.vectors.shape[1])
        space = await spaces.make(work.session, model, dimensions=dimensions, yardstick=everyday.DIGEST)
        rows = zip(ids, scenes.vectors, scenes.usual, scenes.spread, strict=True)
        places = {one: vectors.Place(at, float(usual), float(spread)) for one, at, usual, spread in rows}
        await vectors.place(work.session, space.id, places)
        await spaces.activate(work.session, space.id)
    async with autocommitting() as connection:
        await spaces.build_index(connection, space)


async def _write(image_id: UUID, title: str) -> None:
    async with unit_of_work() as work:
        await writes.change(work.session, image_id, {"title": title})
        await documents.keep_words(work.session, [image_id])


async def test_what_nobody_wrote_about_is_found_by_what_it_shows(painted: Painted) -> None:
    expected = painted.means(_TEXT)
    assert 3 < len(expected) < _COUNT / 2
    answer = await page(ANONYMOUS, _TEXT, limit=200, count=True)
    assert [UUID(card["id"]) for card in answer["items"]] == expected
    assert (answer["total"], answer["total_is_estimate"]) == (len(expected), False)
    scores = [why["score"] for card in answer["items"] for why in card["why"] if why["by"] == "meaning"]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("text", [_TEXT, "a red sun over a blue sea", "mountains"])
async def test_a_condition_only_takes_away(painted: Painted, text: str) -> None:
    """As many are found as the filters beside the list say."""
    without = await found(ANONYMOUS, text)
    assert without
    iso = {one: 100 + place for place, one in enumerate(painted.ids)}
    for low in range(100, 100 + _COUNT, 12):
        within = await found(ANONYMOUS, f"{text} iso:{low}..{low + 11}")
        assert within == [one for one in without if low <= iso[one] < low + 12]


async def test_facets_say_where_conditions_may_bring_others_in(
    painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    meant = len(await found(ANONYMOUS, _TEXT))
    like = f"like:{painted.ids[0]}"
    for most, is_estimate in ((200, False), (meant // 2, True)):
        monkeypatch.setattr(finding, "MEANT", most)
        for q in (_TEXT, like):
            told, _ = await counts.facets(ANONYMOUS, Filters(), q)
            assert told.is_estimate is is_estimate, (q, most)
            assert told.total == min(most, _COUNT - 1 if q == like else meant)


@pytest.mark.parametrize("text", ["invoice spreadsheet quarterly tax", "qwrtz plmk", "1234567"])
async def test_what_nothing_shows_finds_nothing(painted: Painted, text: str) -> None:
    assert await found(ANONYMOUS, text) == []


async def test_what_is_written_and_shown_stands_before_what_is_only_one_of_both(painted: Painted) -> None:
    shown = painted.means(_TEXT)
    written = next(one for one in painted.ids if one not in shown)
    for one in (shown[5], written):
        await _write(one, "A starry sky")
    answer = (await page(ANONYMOUS, _TEXT, limit=200))["items"]
    reasons = {UUID(card["id"]): [why["by"] for why in card["why"]] for card in answer}
    assert UUID(answer[0]["id"]) == shown[5]
    assert reasons[shown[5]] == ["words", "meaning"]
    assert reasons[written] == ["words"]
    assert set(reasons) == {*shown, written}


async def test_conditions_hold_for_what_is_meant_too(painted: Painted) -> None:
    shown = painted.means(_TEXT)
    expected = {one for one in shown if painted.ids.index(one) <= 60}
    assert expected != set(shown)
    assert set(await found(ANONYMOUS, f"{_TEXT} iso:<=160", limit=200)) == expected
    for one in shown[-2:]:
        await _write(one, "Boat")
    assert set(await found(ANONYMOUS, f"{_TEXT} -boat", limit=200)) == set(shown[:-2])


async def test_every_order_holds_what_is_meant(painted: Painted) -> None:
    shown = painted.means(_TEXT)
    for sort in ("newest", "oldest", "taken", "popular"):
        assert set(await everything(ANONYMOUS, _TEXT, 7, sort=sort)) == set(shown), sort
    assert await everything(ANONYMOUS, _TEXT, 4) == shown
    counted = await service.facets(ANONYMOUS, Filters(), _TEXT)
    assert counted.total == len(shown)


async def test_like_finds_what_looks_alike_and_only_for_whoever_may_see_the_picture(painted: Painted) -> None:
    one = painted.ids[0]
    near = [painted.ids[place] for place in (-(painted.scenes.vectors @ painted.scenes.vectors[0])).argsort()[1:6]]
    answer = (await page(ANONYMOUS, f"like:{one}", limit=5))["items"]
    assert [UUID(card["id"]) for card in answer] == near
    assert [why["by"] for card in answer for why in card["why"]] == ["look"] * 5
    narrowed = await found(ANONYMOUS, f"like:{one} iso:<=160", limit=200)
    assert set(narrowed) == set(painted.ids[1:61])
    async with unit_of_work() as work:
        await writes.change(work.session, one, {"visibility": Visibility.PRIVATE})
    for asker, sort in ((ANONYMOUS, None), (viewer(await alice()), "newest")):
        with pytest.raises(Invalid):
            await found(asker, f"like:{one}", sort=sort)
    assert await found(viewer(painted.owner), f"like:{one}", limit=5) == near


async def test_what_is_quoted_must_stand_there(painted: Painted) -> None:
    shown = painted.means(_TEXT)
    for one in (shown[4], painted.ids[3]):
        await _write(one, "A starry sky")
    quoted = {shown[4], painted.ids[3]}
    for sort in (None, "newest", "taken"):
        assert set(await found(ANONYMOUS, f'"{_TEXT}"', sort=sort, limit=200)) == quoted, sort
    assert set(await found(ANONYMOUS, f'{_TEXT} "starry sky"', limit=200)) == quoted
    assert set(await found(ANONYMOUS, f'{_TEXT} -"starry sky"', limit=200)) == set(shown) - quoted


async def test_what_looks_alike_and_is_meant_must_be_both(painted: Painted) -> None:
    one, other = painted.ids[0], next(one for one in painted.ids[1:] if one not in painted.means(_TEXT))
    await _write(other, "A starry sky")
    wanted = {*painted.means(_TEXT), other} - {one}
    for sort in (None, "newest"):
        assert set(await everything(ANONYMOUS, f"like:{one} {_TEXT}", 7, sort=sort)) == wanted, sort
    answer = (await page(ANONYMOUS, f"like:{one} {_TEXT}", limit=200))["items"]
    assert all("look" in {why["by"] for why in card["why"]} for card in answer)
    assert await found(ANONYMOUS, f'like:{one} "{_TEXT}"') == [other]


async def test_without_a_worker_the_words_alone_are_the_answer(
    painted: Painted, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = painted.ids[3]
    await _write(written, "Purple elephants at night")
    with monkeypatch.context() as patch:
        patch.setattr(meaning, "HERE", "cg:meaning:nobody")  # The worker goes on to say under its own that it is here.
        for sort in (None, "newest"):
            answer = await page(ANONYMOUS, "purple elephants", sort=sort)
            assert [UUID(card["id"]) for card in answer["items"]] == [written]
        assert (await page(ANONYMOUS, "purple elephants"))["understood"] is False
    assert (await page(ANONYMOUS, "purple elephants"))["understood"] is True, "what lacked something was not remembered"
