"""What becomes of what one asked for, on the page to create."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col

from clonegallery.accounts import service as accounts
from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.generations import news, service
from clonegallery.generations.schemas import GenerationRead, JobStatus
from clonegallery.models.job import Job
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.making.following import StepView, Told
from clonegallery.ui.pages.create.jobs_state import JobsState
from clonegallery.ui.session import viewer_of
from tests import factories
from tests.conftest import Services
from tests.factories import TestPerson
from tests.ui.conftest import Configure
from tests.ui.pages.generating import bring, generation_of, picture_made
from tests.ui.pages.pictures import viewer_of_person
from tests.ui.tab import Tab, tab_of


@pytest.fixture(autouse=True)
def _models(configure: Configure) -> None:
    configure(AI_MODEL="/somewhere/a-model")


async def _look(tab: Tab, told: Told | None = None) -> JobsState:
    """The page after a bundle of news, as the follower takes it."""
    state = await tab.state(JobsState)
    await state._take(await viewer_of(state), told or Told(rows_changed=True))
    return state


async def test_what_runs_comes_before_what_waits_and_has_its_places(database: Services) -> None:
    bob = await factories.bob()
    first = await generation_of(bob, JobStatus.RUNNING, count=3)
    waiting = [await generation_of(bob) for _ in range(2)]
    state = await _look(await tab_of(bob))

    assert [job.id for job in state.jobs] == [str(first.id), *(str(one.id) for one in waiting)]
    assert [(len(job.cells), job.stage) for job in state.jobs] == [(3, True), (1, False), (1, False)]
    assert [cell.live for cell in state.jobs[0].cells] == [True, False, False]
    assert state.jobs[1].waiting.startswith("Next in the queue")
    assert (state.waits, state.more) == (True, 0)


async def test_what_finds_no_room_is_counted(database: Services) -> None:
    bob = await factories.bob()
    for _ in range(10):
        await generation_of(bob)
    state = await _look(await tab_of(bob))
    assert (len(state.jobs), state.more) == (8, 2)


async def test_nothing_of_anybody_else_is_shown(database: Services) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    await picture_made(bob, await generation_of(bob, JobStatus.SUCCEEDED))
    await generation_of(bob, JobStatus.RUNNING)
    state = await _look(await tab_of(alice))
    assert (list(state.jobs), list(state.past), state.problem) == ([], [], "")


async def test_a_step_goes_to_the_browser_alone(database: Services) -> None:
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING)
    tab = await tab_of(bob)
    await _look(tab)
    step = StepView(str(running.id), "2-0", 3, 20, "Step 3 of 20", "data:,")
    before = list((await tab.state(JobsState)).jobs)
    state = await _look(tab, Told({step.job: step}))
    assert (list(state.told), list(state.jobs)) == ([step], before)


async def test_a_step_of_one_that_is_not_known_reads_the_rows(database: Services) -> None:
    """As on a second device: nobody tells it that something was asked for."""
    bob = await factories.bob()
    tab = await tab_of(bob)
    await _look(tab)
    running = await generation_of(bob, JobStatus.RUNNING)
    step = StepView(str(running.id), "2-0", 1, 20, "Step 1 of 20")
    state = await _look(tab, Told({step.job: step}))
    assert [job.id for job in state.jobs] == [str(running.id)]
    assert list(state.told) == [step]


async def test_whoever_comes_in_the_middle_gets_the_latest_preview(database: Services) -> None:
    """Also where the step after it had none, and also a tab that knew the row already."""
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING)
    await news.tell(bob.id, running.id, "progress", {"step": 1, "steps": 20, "preview": "data:,old"})
    await news.tell(bob.id, running.id, "progress", {"step": 2, "steps": 20, "preview": "data:,new"})
    await news.tell(bob.id, running.id, "progress", {"step": 3, "steps": 20, "eta_s": 8.2})
    tab = await tab_of(bob)
    for _ in range(2):
        state = await _look(tab, Told(rows_changed=True, first=True))
        (told,) = state.told
        assert (told.preview, told.text) == ("data:,new", "Step 3 of 20 · about 8 s left")
    await news.forget(running.id)


async def test_its_end_is_told_once_and_it_stays_to_be_seen(database: Services) -> None:
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING, prompt="a fox")
    tab = await tab_of(bob)
    assert (await _look(tab)).said == ""
    image_id = await picture_made(bob, running)
    await bring(running.id, JobStatus.SUCCEEDED)
    state = await _look(tab)

    assert state.said == "“a fox” is done."
    assert [(job.status, [cell.href for cell in job.cells]) for job in state.jobs] == [
        ("succeeded", [f"/image/{image_id}"])
    ]
    assert [past.id for past in state.past] == [str(image_id)]
    state = await tab.send(JobsState, "dismiss", str(running.id))
    assert list((await _look(tab)).jobs) == list(state.jobs) == []


async def test_what_ended_before_one_came_is_only_in_the_strip(database: Services) -> None:
    bob = await factories.bob()
    await picture_made(bob, await generation_of(bob, JobStatus.SUCCEEDED))
    state = await _look(await tab_of(bob))
    assert (len(state.jobs), len(state.past), state.said) == (0, 1, "")


async def test_what_ended_long_ago_goes_by_itself(database: Services) -> None:
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING)
    tab = await tab_of(bob)
    await _look(tab)
    await bring(running.id, JobStatus.SUCCEEDED)
    async with unit_of_work() as work:
        ended = update(Job).where(col(Job.subject_id) == running.id).values(finished_at=utcnow() - timedelta(hours=1))
        await work.session.execute(ended)
    assert list((await _look(tab)).jobs) == []


async def test_one_that_failed_says_why_and_is_tried_again(database: Services) -> None:
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING)
    tab = await tab_of(bob)
    await _look(tab)
    await bring(running.id, JobStatus.FAILED, error="The device has not enough memory.")
    (job,) = (await _look(tab)).jobs
    assert (job.error, job.can_retry, job.can_cancel) == ("The device has not enough memory.", True, False)
    state = await tab.send(JobsState, "retry", str(running.id))
    assert [(job.status, job.can_retry) for job in state.jobs] == [("queued", False)]


async def test_what_waits_is_cancelled_at_once_and_what_runs_soon(database: Services) -> None:
    bob = await factories.bob()
    running, waiting = await generation_of(bob, JobStatus.RUNNING), await generation_of(bob)
    tab = await tab_of(bob)
    await _look(tab)
    await tab.send(JobsState, "cancel", str(waiting.id))
    state = await tab.send(JobsState, "cancel", str(running.id))
    assert [(job.status, job.cancelling) for job in state.jobs] == [("running", True), ("cancelled", False)]


@pytest.mark.parametrize("who", ["nobody", "visitor", "editor", "ended"])
async def test_nobody_else_cancels_or_tries_again(database: Services, who: str) -> None:
    alice, bob = await factories.alice(), await factories.bob()
    failed, waiting = await generation_of(alice, JobStatus.FAILED), await generation_of(alice)
    person = {"nobody": None, "editor": bob, "ended": alice}.get(who) or (
        who == "visitor" and await factories.charlie()
    )
    tab = await tab_of(person or None)
    if who == "ended":
        await accounts.end_other_sessions(await viewer_of_person(alice))
    for event, generation in (("cancel", waiting), ("retry", failed)):
        await tab.send(JobsState, event, str(generation.id))
        assert (await tab.state(NoticeState)).failed
    assert list((await tab.state(JobsState)).jobs) == []
    assert await _statuses(alice, failed, waiting) == [JobStatus.FAILED, JobStatus.QUEUED]


async def _statuses(person: TestPerson, *made: GenerationRead) -> list[JobStatus]:
    viewer = await viewer_of_person(person)
    return [(await service.detail(viewer, one.id)).status for one in made]


@pytest.mark.parametrize("job_id", ["", "x", str(uuid4())])
async def test_nonsense_is_refused(database: Services, job_id: str) -> None:
    tab = await tab_of(await factories.bob())
    for event in ("cancel", "retry"):
        await tab.send(JobsState, event, job_id)
        assert (await tab.state(NoticeState)).failed
    await tab.send(JobsState, "dismiss", job_id)
