"""The page of everything that one asked to have made."""

from uuid import UUID

import pytest

from clonegallery.accounts import service as accounts
from clonegallery.generations import service
from clonegallery.generations.schemas import JobStatus
from clonegallery.ui import routes
from clonegallery.ui.components.notices import NoticeState
from clonegallery.ui.making.following import Told
from clonegallery.ui.pages.queue import state as queue_state
from clonegallery.ui.pages.queue.state import QueueState
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


async def _opened(person: TestPerson | None, url: str = "/queue") -> Tab:
    tab = await tab_of(person, url)
    await tab.send(QueueState, "load")
    return tab


async def _look(tab: Tab) -> QueueState:
    state = await tab.state(QueueState)
    await state._take(await viewer_of(state), Told(rows_changed=True))
    return state


async def _one_of_each(person: TestPerson) -> dict[str, str]:
    return {status.value: str((await generation_of(person, status)).id) for status in JobStatus}


async def test_all_are_listed_the_newest_first(database: Services) -> None:
    bob = await factories.bob()
    made = await _one_of_each(bob)
    state = await (await _opened(bob)).state(QueueState)
    assert [job.id for job in state.jobs] == list(reversed(made.values()))
    by_status = {job.status: job for job in state.jobs}
    assert {status for status, job in by_status.items() if job.can_cancel} == {"queued", "running"}
    assert {status for status, job in by_status.items() if job.can_retry} == {"failed", "cancelled"}
    assert by_status["queued"].waiting.startswith("Next in the queue")
    assert by_status["failed"].error == "Nobody knows why."
    assert by_status["failed"].again == f"/create?again={made['failed']}"


@pytest.mark.parametrize("status", list(JobStatus))
async def test_the_address_holds_the_filter(database: Services, status: JobStatus) -> None:
    bob = await factories.bob()
    made = await _one_of_each(bob)
    state = await (await _opened(bob, routes.queue(status))).state(QueueState)
    assert [job.id for job in state.jobs] == [made[status]]


@pytest.mark.parametrize("address", ["/queue?status=nonsense", "/queue?status=", "/queue?other=1"])
async def test_an_unknown_filter_is_none(database: Services, address: str) -> None:
    bob = await factories.bob()
    await generation_of(bob)
    state = await (await _opened(bob, address)).state(QueueState)
    assert (state.status, len(state.jobs)) == ("", 1)


async def test_more_are_read_by_the_cursor_and_stay(database: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_state, "_PER_PAGE", 2)
    monkeypatch.setattr(queue_state, "_OPEN", 1)
    bob = await factories.bob()
    made = [str((await generation_of(bob)).id) for _ in range(5)]
    tab = await _opened(bob)
    state = await tab.state(QueueState)
    assert ([job.id for job in state.jobs], state.has_more) == (made[:2:-1], True)
    await tab.send(QueueState, "more")
    state = await tab.send(QueueState, "more")
    assert ([job.id for job in state.jobs], state.has_more) == (made[::-1], False)
    new = str((await generation_of(bob)).id)
    await service.cancel(await viewer_of_person(bob), UUID(made[0]))
    state = await _look(tab)
    assert [job.id for job in state.jobs] == [new, *made[::-1]]
    assert state.jobs[-1].status == "cancelled"
    assert (await tab.send(QueueState, "load")).jobs == state.jobs


async def test_what_no_longer_fits_the_filter_leaves(database: Services) -> None:
    bob = await factories.bob()
    running = await generation_of(bob, JobStatus.RUNNING, prompt="a fox")
    tab = await _opened(bob, "/queue?status=running")
    await bring(running.id, JobStatus.SUCCEEDED)
    state = await _look(tab)
    assert (list(state.jobs), state.said) == ([], "“a fox” is done.")


async def test_its_pictures_lead_to_their_pages(database: Services) -> None:
    bob = await factories.bob()
    made = await generation_of(bob, JobStatus.SUCCEEDED, count=2)
    ids = [await picture_made(bob, made, position) for position in range(2)]
    (job,) = (await (await _opened(bob)).state(QueueState)).jobs
    assert [cell.href for cell in job.cells] == [f"/image/{image_id}" for image_id in ids]
    assert (job.stage, job.columns) == (True, 2)


async def test_cancelled_and_tried_again(database: Services) -> None:
    bob = await factories.bob()
    waiting = await generation_of(bob)
    tab = await _opened(bob)
    state = await tab.send(QueueState, "cancel", str(waiting.id))
    assert [job.status for job in state.jobs] == ["cancelled"]
    state = await tab.send(QueueState, "retry", str(waiting.id))
    assert [(job.status, job.cancelling) for job in state.jobs] == [("queued", False)]
    await tab.send(QueueState, "retry", str(waiting.id))
    assert (await tab.state(NoticeState)).message.startswith("This still waits")


@pytest.mark.parametrize("who", ["nobody", "visitor", "admin", "ended"])
async def test_nobody_sees_or_touches_what_is_anothers(database: Services, who: str) -> None:
    bob = await factories.bob()
    failed = await generation_of(bob, JobStatus.FAILED)
    person = {"nobody": None, "ended": bob}.get(who)
    if who in ("visitor", "admin"):
        person = await (factories.charlie() if who == "visitor" else factories.alice())
    tab = await tab_of(person, "/queue")
    if who == "ended":
        await tab.send(QueueState, "load")
        await accounts.end_other_sessions(await viewer_of_person(bob))
    state = await tab.send(QueueState, "load")
    assert (list(state.jobs), bool(state.problem)) == ([], who != "admin")
    state = await tab.send(QueueState, "retry", str(failed.id))
    await tab.send(QueueState, "more")
    assert (await tab.state(NoticeState)).failed
    assert list(state.jobs) == []
    assert (await service.detail(await viewer_of_person(bob), failed.id)).status is JobStatus.FAILED
