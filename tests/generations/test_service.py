"""Asking for pictures: who may, how much, in which order, and who learns of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from clonegallery.accounts.schemas import ANONYMOUS, Credential, Scope, Viewer
from clonegallery.db import reading, unit_of_work
from clonegallery.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, TooManyRequests, Unavailable
from clonegallery.generations import news, service
from clonegallery.generations.schemas import GenerationQuery, GenerationRequest
from clonegallery.images import service as images
from clonegallery.images.schemas import ImageUpdate, Visibility
from clonegallery.jobs import service as jobs
from clonegallery.models.job import JobStatus
from tests import factories
from tests.conftest import Services
from tests.generations.conftest import Configure
from tests.ui.pages.pictures import picture_of, viewer_of_person

pytestmark = pytest.mark.usefixtures("database", "set_up")

SEA = GenerationRequest(prompt="a sea")


async def _bob() -> Viewer:
    return await viewer_of_person(await factories.bob())


async def _change(statement: str, **values: Any) -> None:
    async with unit_of_work() as work:
        await work.session.execute(text(statement), values)


async def _count(table: str) -> int:
    async with reading() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_what_is_asked_for_waits_with_all_that_it_needs() -> None:
    bob = await _bob()
    made = await service.request(bob, GenerationRequest(prompt=" a sea ", count=3, visibility=Visibility.PUBLIC))
    assert (made.status, made.prompt, made.count, made.visibility) == ("queued", "a sea", 3, "public")
    assert made.waiting is not None
    assert (made.waiting.position, made.progress, made.error, made.images) == (1, None, None, [])
    run = await jobs.claim("gpu")
    assert run is not None
    assert (run.subject_id, run.owner_id, run.kind) == (made.id, bob.id, "generate")
    assert (await service.detail(bob, made.id)).status == "running"


async def test_it_is_private_unless_the_operator_or_the_asker_says_otherwise(configure: Configure) -> None:
    bob = await _bob()
    assert (await service.request(bob, SEA)).visibility == "private"
    configure(GENERATION_VISIBILITY="unlisted")
    assert (await service.request(bob, SEA)).visibility == "unlisted"


async def test_strangers_visitors_and_narrow_keys_may_not() -> None:
    visitor, bob = await viewer_of_person(await factories.charlie()), await _bob()
    key = Viewer(id=bob.id, role=bob.role, credential=Credential.API_KEY, scopes=frozenset({Scope.WRITE}))
    for viewer, error in ((ANONYMOUS, NotSignedIn), (visitor, NotAllowed), (key, NotAllowed)):
        with pytest.raises(error):
            await service.request(viewer, SEA)
    assert await _count("jobs") == await _count("generations") == 0


@pytest.mark.parametrize(
    ("wanted", "field"),
    [({"model": "no-such-model"}, "model"), ({"provider": "replicate"}, "provider"),
     ({"provider": "stability", "model": "dall-e-2"}, "model"), ({"prompt": ""}, "prompt"),
     ({"init_image_id": UUID(int=7), "provider": "stability", "model": "ultra"}, "init_image_id")],
)  # fmt: skip
async def test_what_will_not_do_is_named_and_leaves_nothing(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await service.request(await _bob(), GenerationRequest.model_validate({"prompt": "a sea"} | wanted))
    assert [error.field for error in refused.value.errors] == [field]
    assert await _count("jobs") == await _count("generations") == 0


async def test_a_picture_to_begin_from_is_one_that_the_asker_may_see() -> None:
    bob, alice = await factories.bob(), await factories.alice()
    hidden, shown = await picture_of(alice), await picture_of(alice)
    await images.update(await viewer_of_person(alice), hidden, ImageUpdate(visibility=Visibility.PRIVATE))
    viewer = await viewer_of_person(bob)
    wanted = {"prompt": "a sea", "provider": "stability", "model": "ultra"}
    with pytest.raises(Invalid) as refused:
        await service.request(viewer, GenerationRequest.model_validate(wanted | {"init_image_id": hidden}))
    assert [error.field for error in refused.value.errors] == ["init_image_id"]
    made = await service.request(viewer, GenerationRequest.model_validate(wanted | {"init_image_id": shown}))
    assert (made.init_image_id, made.strength) == (shown, 0.6)


async def test_where_nothing_is_set_up_it_is_said(configure: Configure) -> None:
    configure(AI_PROVIDER="none")
    with pytest.raises(Unavailable, match="not set up"):
        await service.request(await _bob(), SEA)


async def test_only_so_many_wait_also_when_asked_at_once(configure: Configure) -> None:
    configure(GENERATION_QUEUED_MAX='{"Editor": 3}')
    bob = await _bob()
    answers = await asyncio.gather(*(service.request(bob, SEA) for _ in range(10)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, TooManyRequests)]
    assert len(refused) == 7
    assert refused[0].headers()["Retry-After"]
    assert await _count("generations") == 3
    await _change("UPDATE users SET generations_queued_max = 4")
    assert await service.request(bob, SEA)
    with pytest.raises(TooManyRequests):
        await service.request(bob, SEA)


async def test_only_so_many_pictures_a_day_and_what_was_not_made_does_not_count(configure: Configure) -> None:
    configure(GENERATION_IMAGES_PER_DAY='{"Editor": 5}')
    bob = await _bob()
    four = await service.request(bob, GenerationRequest(prompt="a sea", count=4))
    with pytest.raises(TooManyRequests, match="1 are left") as refused:
        await service.request(bob, GenerationRequest(prompt="a sea", count=2))
    assert 86_000 < (refused.value.retry_after or 0) <= 86_400
    await service.cancel(bob, four.id)
    five = await service.request(bob, GenerationRequest(prompt="a sea", count=5))
    with pytest.raises(TooManyRequests):
        await service.retry(bob, four.id)
    await _change("UPDATE generations SET created_at = created_at - interval '25 hours' WHERE id = :id", id=five.id)
    assert (await service.retry(bob, four.id)).status == "queued"


async def test_only_so_many_of_one_person_run_at_once(configure: Configure) -> None:
    configure(GENERATION_RUNNING_MAX='{"Editor": 2, "Admin": 1}')
    bob, alice = await _bob(), await viewer_of_person(await factories.alice())
    for viewer in (bob, bob, bob, alice, alice):
        await service.request(viewer, SEA)
    runs = []
    while (run := await jobs.claim("gpu")) is not None:
        runs.append(run)
    assert sorted(str(run.owner_id) for run in runs) == sorted(map(str, (bob.id, bob.id, alice.id)))
    async with unit_of_work() as work:
        await jobs.finish(work, runs[0])
    following = await jobs.claim("gpu")
    assert following is not None
    assert following.owner_id == runs[0].owner_id


async def test_nobody_but_owner_and_admins_hears_of_it() -> None:
    bob, alice = await _bob(), await viewer_of_person(await factories.alice())
    other = await viewer_of_person(await factories.charlie())
    await _change("UPDATE users SET role = 'Editor' WHERE username = 'charlie'")
    other = Viewer(id=other.id, username="charlie", role=bob.role)
    made = await service.request(bob, SEA)
    assert (await service.detail(alice, made.id)).id == made.id
    acts: list[Callable[[Viewer, UUID], Awaitable[object]]] = [service.detail, service.cancel, service.retry]
    for act in acts:
        with pytest.raises(NotFound):
            await act(other, made.id)
    with pytest.raises(NotSignedIn):
        await service.detail(ANONYMOUS, made.id)
    assert (await service.listing(other, GenerationQuery())).items == []
    assert (await service.listing(alice, GenerationQuery())).items == []
    assert [one.id for one in (await service.listing(bob, GenerationQuery())).items] == [made.id]


async def test_what_waits_is_cancelled_at_once_and_can_be_tried_again() -> None:
    bob = await _bob()
    made = await service.request(bob, SEA)
    assert (await service.cancel(bob, made.id)).status == "cancelled"
    assert [told.kind for told in await news.since(made.id, None)] == ["done"]
    assert await jobs.claim("gpu") is None
    with pytest.raises(Conflict, match="cancelled already"):
        await service.cancel(bob, made.id)
    again = await service.retry(bob, made.id)
    assert (again.id, again.status, again.seed) == (made.id, "queued", made.seed)
    assert await news.since(made.id, None) == []
    with pytest.raises(Conflict, match="still waits"):
        await service.retry(bob, made.id)


async def test_of_many_retries_at_once_one_is_done_and_the_others_are_told() -> None:
    bob = await _bob()
    made = await service.request(bob, SEA)
    await service.cancel(bob, made.id)
    answers = await asyncio.gather(*(service.retry(bob, made.id) for _ in range(6)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(refused) == 5
    assert all(isinstance(answer, Conflict) for answer in refused), refused
    assert await _count("jobs") == 2


async def test_what_runs_is_asked_to_stop() -> None:
    bob = await _bob()
    made = await service.request(bob, SEA)
    run = await jobs.claim("gpu")
    assert run is not None
    assert (await service.cancel(bob, made.id)).status == "running"
    assert await run.is_cancelled()


async def test_pages_of_the_list_hold_everything_once() -> None:
    bob = await _bob()
    asked = [(await service.request(bob, SEA)).id for _ in range(7)]
    await service.cancel(bob, asked[3])
    found: list[UUID] = []
    cursor = None
    while True:
        page = await service.listing(bob, GenerationQuery(limit=3, cursor=cursor))
        found += [one.id for one in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == asked[::-1]
    only = await service.listing(bob, GenerationQuery(status=JobStatus.CANCELLED))
    assert [one.id for one in only.items] == [asked[3]]
    with pytest.raises(Invalid):
        await service.listing(bob, GenerationQuery(cursor="made up"))


async def test_places_are_those_of_the_fair_round(database: Services) -> None:
    bob, alice = await _bob(), await viewer_of_person(await factories.alice())
    greedy = [await service.request(bob, SEA) for _ in range(5)]
    late = await service.request(alice, SEA)
    places = {
        one.id: one.waiting and one.waiting.position for one in (await service.listing(bob, GenerationQuery())).items
    }
    assert late.waiting is not None
    assert late.waiting.position == 1
    assert [places[one.id] for one in greedy] == [2, 3, 4, 5, 6]
