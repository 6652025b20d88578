"""Rows of generations as their owner reads them: with their pictures, their progress, and their place in the queue."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from clonegallery.accounts.schemas import Viewer
from clonegallery.clock import utcnow
from clonegallery.db import reading
from clonegallery.generations import repository
from clonegallery.generations.forecast import Turn, Waiter, order_of_service, seconds_until
from clonegallery.generations.schemas import GenerationRead, Progress, Waiting
from clonegallery.generations.workshop import threads_at_work
from clonegallery.images.generated import cards_of
from clonegallery.images.schemas import ImageCard
from clonegallery.models.job import JobStatus

_LOOKED_AT = 5000


async def read_many(viewer: Viewer, rows: Sequence[Any]) -> list[GenerationRead]:
    """These rows as `viewer` reads them."""
    async with reading() as connection:
        made = await repository.images_of(connection, [row.id for row in rows])
    cards = await cards_of(viewer, [image.image_id for image in made])
    places = await _places() if any(row.status == JobStatus.QUEUED for row in rows) else {}
    return [_read(row, [image for image in made if image.generation_id == row.id], cards, places) for row in rows]


def _read(row: Any, made: Sequence[Any], cards: dict[UUID, Any], places: dict[UUID, Waiting]) -> GenerationRead:
    status = JobStatus(row.status)
    costs = [image.cost for image in made if image.cost is not None]
    return GenerationRead.model_validate(
        {
            **row._mapping,
            "progress": Progress(step=row.step, steps=row.job_steps) if status is JobStatus.RUNNING else None,
            "waiting": places.get(row.job_id) if status is JobStatus.QUEUED else None,
            "cost": sum(costs, Decimal(0)) if costs else None,
            "images": [ImageCard.model_validate(cards[one.image_id]) for one in made if one.image_id in cards],
        }
    )


async def _places() -> dict[UUID, Waiting]:
    """The place and the waiting time of every job that waits, by the rule by which they are claimed."""
    async with reading() as connection:
        rows = await repository.waiting(connection, limit=_LOOKED_AT)
        running = await repository.running_since(connection)
        each = await repository.usual_seconds(connection)
    now = utcnow()
    left = [max(0.0, (each or 0.0) - (now - since).total_seconds()) for since in running]
    turns = {row.owner_id: Turn(row.served_at, row.turn_priority) for row in rows}
    order = order_of_service([Waiter(row.id, row.owner_id, row.priority, row.created_at) for row in rows], turns)
    workers = await threads_at_work()
    return {
        job_id: Waiting(position=place, eta_s=_rounded(seconds_until(place, left, workers, each)))
        for place, job_id in enumerate(order, start=1)
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
