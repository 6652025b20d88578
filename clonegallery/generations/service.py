"""What one can do with generations: ask for one, see how it stands, cancel it, try it again."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from clonegallery import throttle
from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.clock import utcnow
from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.errors import FieldError, Invalid, NotFound, NotSignedIn, TooManyRequests, Unavailable
from clonegallery.generations import news, repository
from clonegallery.generations.caps import Caps, caps_of
from clonegallery.generations.lifecycle import Step, after
from clonegallery.generations.reads import read_many
from clonegallery.generations.schemas import (
    MAX_SEED,
    GenerationPage,
    GenerationQuery,
    GenerationRead,
    GenerationRequest,
)
from clonegallery.generations.settling import settle
from clonegallery.ids import new_id
from clonegallery.images.generated import picture_to_begin_with
from clonegallery.inference.port import Model
from clonegallery.inference.select import available, choose
from clonegallery.jobs import service as jobs
from clonegallery.models.account import Role
from clonegallery.models.columns import Visibility
from clonegallery.models.generation import Generation
from clonegallery.models.job import JobStatus
from clonegallery.pagination import decode_cursor, encode_cursor
from clonegallery.settings import get_settings
from clonegallery.throttle import Bucket

__all__ = ["cancel", "detail", "listing", "request", "retry", "standing"]

_DAY = timedelta(days=1)
_PRIORITY = {Role.ADMIN: 1}
_SCOPE = "generations"


async def request(viewer: Viewer, wanted: GenerationRequest, *, priority: int | None = None) -> GenerationRead:
    """Queue what is `wanted`, and say how it stands; `priority` is for the gallery itself, else it is that of the role.

    Raises `NotSignedIn`, `NotAllowed`, `Invalid` naming every field that will not do, `TooManyRequests` over one's
    caps, and `Unavailable` where nothing that makes pictures is configured.
    """
    owner_id = viewer.require(Permission.GENERATE)
    await throttle.take_if_possible(Bucket.GENERATION, str(owner_id))
    model = _model(wanted)
    settled = settle(wanted, model)
    if wanted.init_image_id is not None:
        await _check_beginning(viewer, wanted.init_image_id)
    generation = Generation(
        id=new_id(),
        owner_id=owner_id,
        job_id=new_id(),
        provider=model.provider,
        is_automatic=wanted.provider is None and wanted.model is None,
        model=model.id,
        prompt=settled.prompt,
        negative_prompt=settled.negative_prompt,
        width=settled.width,
        height=settled.height,
        steps=settled.steps,
        guidance_scale=settled.guidance_scale,
        scheduler=settled.scheduler,
        seed=secrets.randbelow(MAX_SEED - settled.count) if wanted.seed is None else wanted.seed,
        count=settled.count,
        init_image_id=wanted.init_image_id,
        strength=settled.strength,
        visibility=wanted.visibility or Visibility(get_settings().generation_visibility),
    )
    async with unit_of_work() as work:
        caps, role = await _room(work, owner_id, settled.count)
        generation.job_id = await _enqueue(
            work, generation.id, owner_id, _PRIORITY.get(role, 0) if priority is None else priority, caps
        )
        await repository.add(work.session, generation)
    return await detail(viewer, generation.id)


async def detail(viewer: Viewer, generation_id: UUID) -> GenerationRead:
    """How one's generation stands; Admins see everybody's. Raises `NotSignedIn` and `NotFound`."""
    async with reading() as connection:
        row = await repository.find(connection, generation_id)
    _require_sight(viewer, row)
    (read,) = await read_many(viewer, [row])
    return read


async def standing(viewer: Viewer, generation_id: UUID) -> tuple[JobStatus, str | None, UUID]:
    """How a generation stands, its error, and whose it is: `detail` without what costs. Raises as `detail`."""
    async with reading() as connection:
        row = await repository.find(connection, generation_id)
    _require_sight(viewer, row)
    return JobStatus(row.status), row.error, row.owner_id


async def listing(viewer: Viewer, query: GenerationQuery) -> GenerationPage:
    """One page of one's own generations, the newest first. Raises `NotSignedIn`, and `Invalid` for a bad cursor."""
    if viewer.id is None:
        raise NotSignedIn
    keys: Any = decode_cursor(_SCOPE, query.cursor, "du") if query.cursor else None
    async with reading() as connection:
        rows = await repository.page(connection, viewer.id, status=query.status, after=keys, limit=query.limit + 1)
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return GenerationPage(
        items=await read_many(viewer, shown),
        next_cursor=encode_cursor(_SCOPE, (shown[-1].created_at, shown[-1].id)) if more else None,
    )


async def cancel(viewer: Viewer, generation_id: UUID) -> GenerationRead:
    """End a generation: at once while it waits, within one step while it runs.

    Raises `NotSignedIn`, `NotAllowed`, `NotFound`, and `Conflict` for one that has ended.
    """
    viewer.require(Permission.GENERATE)
    async with reading() as connection:
        row = await repository.find(connection, generation_id)
    _require_sight(viewer, row)
    after(JobStatus(row.status), Step.CANCEL)
    status = await jobs.request_cancel(row.job_id)
    if status is JobStatus.CANCELLED:
        await news.tell(row.owner_id, row.id, "done", {"status": status})
    return await detail(viewer, generation_id)


async def retry(viewer: Viewer, generation_id: UUID) -> GenerationRead:
    """Queue what is missing of a generation that failed or was cancelled.

    Raises as `request` and `cancel`, and `Conflict` for one that has neither failed nor was cancelled.
    """
    owner_id = viewer.require(Permission.GENERATE)
    await throttle.take_if_possible(Bucket.GENERATION, str(owner_id))
    async with unit_of_work() as work:
        row = await repository.find(work.session, generation_id, lock=True)
        if row is None or row.owner_id != owner_id:
            raise NotFound
        after(JobStatus(row.status), Step.RETRY)
        caps, role = await _room(work, owner_id, row.count)
        job_id = await _enqueue(work, row.id, owner_id, _PRIORITY.get(role, 0), caps)
        await repository.write(work.session, row.id, job_id=job_id, note=None, fallback=None)
        work.after_commit(lambda: news.forget(row.id))
    return await detail(viewer, generation_id)


def _model(wanted: GenerationRequest) -> Model:
    settings = get_settings()
    found: Sequence[Model] = choose(settings, wanted.provider, wanted.model)
    if found:
        return found[0]
    if not available(settings):
        raise Unavailable("This gallery is not set up to make pictures.", retry_after=3600)
    field = "model" if wanted.model is not None else "provider"
    raise Invalid(errors=[FieldError(field, "This is not one of those that are set up here.")])


async def _check_beginning(viewer: Viewer, image_id: UUID) -> None:
    try:
        await picture_to_begin_with(viewer, image_id)
    except NotFound as error:
        raise Invalid(errors=[FieldError("init_image_id", "There is no such picture.")]) from error


async def _room(work: UnitOfWork, owner_id: UUID, count: int) -> tuple[Caps, Role]:
    """The caps of somebody who has room for `count` pictures more; their row stays locked, so that two requests at
    once cannot both take the last room. Raises `NotSignedIn`, `TooManyRequests`."""
    owner = await repository.lock_owner(work.session, owner_id)
    if owner is None:
        raise NotSignedIn
    own = Caps(owner.generations_queued_max, owner.generations_running_max, owner.generated_images_per_day)
    caps = caps_of(get_settings(), Role(owner.role), own)
    if caps.queued is not None and await repository.count_waiting(work.session, owner_id) >= caps.queued:
        reason = f"You have {caps.queued} generations waiting, as many as you may. Wait for one, or cancel one."
        raise TooManyRequests(reason, retry_after=30)
    if caps.images_per_day is not None:
        await _check_day(work, owner_id, count, caps.images_per_day)
    return caps, Role(owner.role)


async def _check_day(work: UnitOfWork, owner_id: UUID, count: int, allowed: int) -> None:
    now = utcnow()
    asked, first = await repository.count_pictures(work.session, owner_id, since=now - _DAY)
    if asked + count <= allowed:
        return
    until = int((first + _DAY - now).total_seconds()) if first else int(_DAY.total_seconds())
    left = max(allowed - asked, 0)
    reason = f"You may make {allowed} pictures within 24 hours; {left} are left of them."
    raise TooManyRequests(reason, retry_after=max(until, 1))


async def _enqueue(work: UnitOfWork, generation_id: UUID, owner_id: UUID, priority: int, caps: Caps) -> UUID:
    return await jobs.enqueue(
        work,
        kind=repository.KIND,
        queue=repository.QUEUE,
        subject_id=generation_id,
        owner_id=owner_id,
        priority=priority,
        running_max=caps.running,
    )


def _require_sight(viewer: Viewer, row: Any) -> None:
    if viewer.id is None:
        raise NotSignedIn
    if row is None or (row.owner_id != viewer.id and viewer.role != Role.ADMIN):
        raise NotFound
