"""Generations as rows, at any status, without anybody who makes pictures."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from clonegallery.clock import utcnow
from clonegallery.db import unit_of_work
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationRead, GenerationRequest, JobStatus
from clonegallery.ids import new_id
from clonegallery.models.generation import GeneratedImage, Generation
from clonegallery.models.image import ImageSource
from clonegallery.models.job import Job
from tests.factories import TestPerson
from tests.ui.pages.pictures import picture_of, viewer_of_person


async def generation_of(person: TestPerson, status: JobStatus = JobStatus.QUEUED, **wanted: Any) -> GenerationRead:
    """A generation of `person` that has come to `status`; `wanted` is what they asked for."""
    viewer = await viewer_of_person(person)
    made = await service.request(viewer, GenerationRequest(**({"prompt": "a red sun"} | wanted)))
    if status is not JobStatus.QUEUED:
        await bring(made.id, status)
    return await service.detail(viewer, made.id)


async def bring(generation_id: UUID, status: JobStatus, *, error: str | None = None, steps: int = 20) -> None:
    """Let a generation come to `status`, as whoever makes it does."""
    now = utcnow()
    values: dict[str, Any] = {"status": status, "started_at": now}
    if status is JobStatus.RUNNING:
        values |= {"lease_token": new_id(), "leased_until": now + timedelta(hours=1), "steps": steps}
    else:
        values |= {"finished_at": now, "error": error}
    async with unit_of_work() as work:
        await work.session.execute(update(Job).where(col(Job.subject_id) == generation_id).values(**values))


async def picture_made(person: TestPerson, made: GenerationRead, position: int = 0, **fields: Any) -> UUID:
    """The id of a ready picture that came of a generation."""
    given = {"visibility": "private", "title": made.prompt, "width": made.width, "height": made.height}
    given |= {"source": ImageSource.GENERATION, "generation_id": made.id, "parent_id": made.init_image_id}
    image_id = await picture_of(person, **(given | fields))
    copied = set(GeneratedImage.model_fields) & set(Generation.model_fields)
    used = {name: getattr(made, name) for name in copied if hasattr(made, name)}
    row = GeneratedImage(
        **(used | {"image_id": image_id, "generation_id": made.id, "position": position, "seconds": 4.2}),
    )
    row.seed = made.seed + position
    async with unit_of_work() as work:
        work.session.add(row)
    return image_id
