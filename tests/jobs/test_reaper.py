"""Taking over from the dead: each queue by workers that know its kinds of work."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.jobs import service
from clonegallery.jobs.reaper import reap
from clonegallery.jobs.run import JobRun
from clonegallery.jobs.runner import Kind, Runner
from tests.conftest import Services

pytestmark = pytest.mark.usefixtures("database")


async def _nothing(_run: JobRun) -> None:
    """What the worker died of is not done here."""


class Told:
    """A kind of work that notes what its slice is told of failures for good."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    async def failed(self, _work: UnitOfWork, _run: JobRun, reason: str) -> None:
        self.reasons.append(reason)


async def _dead(queue: str, *, attempts: int) -> UUID:
    """A job whose worker died in this attempt."""
    async with unit_of_work() as work:
        job_id = await service.enqueue(work, kind="work", queue=queue)
    assert await service.claim(queue) is not None
    async with unit_of_work() as work:
        await work.session.execute(
            text("UPDATE jobs SET leased_until = :then, attempts = :attempts WHERE id = :id"),
            {"then": utcnow() - timedelta(seconds=1), "attempts": attempts, "id": job_id},
        )
    return job_id


async def _status(job_id: UUID) -> str:
    async with reading() as connection:
        found = await connection.execute(text("SELECT status FROM jobs WHERE id = :id"), {"id": job_id})
        return str(found.scalar_one())


async def test_a_job_goes_back_and_one_that_kills_workers_ends_with_a_reason(database: Services) -> None:
    told = Told()
    once, always = await _dead("media", attempts=1), await _dead("media", attempts=3)
    await reap(Runner("media", {"work": Kind(_nothing, told.failed)}))
    assert (await _status(once), await _status(always)) == ("queued", "failed")
    assert told.reasons == ["poison: the worker died 3 times while doing this"]


async def test_a_queue_is_left_to_those_who_know_its_work() -> None:
    """A worker of another queue could not tell the slice that its work has failed."""
    told = Told()
    job_id = await _dead("gpu", attempts=3)
    await reap(Runner("media", {}))
    assert await _status(job_id) == "running"
    await reap(Runner("gpu", {"work": Kind(_nothing, told.failed)}))
    assert await _status(job_id) == "failed"
    assert len(told.reasons) == 1
