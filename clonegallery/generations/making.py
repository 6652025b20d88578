"""The job of kind `generate`: from a request to pictures in the gallery, by the first provider that can."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from clonegallery.db import UnitOfWork, reading, unit_of_work
from clonegallery.errors import Cancelled, GenerationFailed, GeneratorDown, LeaseLost, PaymentNeeded
from clonegallery.generations import news, repository
from clonegallery.generations.beginning import init_image
from clonegallery.generations.following import Follower, listening
from clonegallery.generations.parameters import Used, infotext
from clonegallery.generations.provenance import embed
from clonegallery.generations.settling import adapted
from clonegallery.images.generated import NewPicture, keep_generated, new_image_id
from clonegallery.inference.port import GenerationSpec, Made, Model, Provider
from clonegallery.inference.select import choose, generator
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun
from clonegallery.log import get_logger
from clonegallery.models.columns import Visibility
from clonegallery.models.generation import GeneratedImage
from clonegallery.models.job import JobStatus
from clonegallery.settings import get_settings

log = get_logger(__name__)

_ANOTHER_MAY = (GeneratorDown, PaymentNeeded)


async def generate(run: JobRun) -> None:
    """Make what is missing of the generation `run.subject_id`. Doing it again makes nothing twice.

    Raises what the provider raises where no other may do it instead, what keeping raises, and `LeaseLost`.
    """
    row = await _wanted(run)
    if row is None:
        return
    follower = Follower(run, row.owner_id, row.id, row.note)
    try:
        async with listening(follower):
            await _make_by_any(run, row, follower)
    except Cancelled:
        if follower.lease_lost:
            raise LeaseLost from None
        await _end(run, row, JobStatus.CANCELLED)
        return
    await _end(run, row, JobStatus.SUCCEEDED)


async def generation_failed(work: UnitOfWork, run: JobRun, reason: str) -> None:
    """Tells whoever looks on that nothing more comes; the reason itself is in the job."""
    generation_id, owner_id = run.subject_id, run.owner_id
    if generation_id is not None and owner_id is not None:
        told = {"status": JobStatus.FAILED, "error": reason}
        work.after_commit(lambda: news.tell(owner_id, generation_id, "done", told))


async def _wanted(run: JobRun) -> Any:
    if run.subject_id is None:
        return None
    async with reading() as connection:
        row = await repository.find(connection, run.subject_id)
    # A retry has another job: this one is then the older, and none of its business any more.
    return row if row is not None and row.job_id == run.id else None


async def _end(run: JobRun, row: Any, status: JobStatus) -> None:
    async with unit_of_work() as work:
        await (jobs.cancel if status is JobStatus.CANCELLED else jobs.finish)(work, run)
        work.after_commit(lambda: news.tell(row.owner_id, row.id, "done", {"status": status}))


async def _make_by_any(run: JobRun, row: Any, follower: Follower) -> None:
    models = _candidates(row)
    for model, following in zip(models, [*models[1:], None], strict=True):
        try:
            await _make_by(run, row, model, follower)
            return
        except _ANOTHER_MAY as error:
            if following is None:
                raise
            log.warning("another provider takes over", provider=model.provider, code=error.code)
            reason = f"{_named(model)}: {error.detail}"
        async with unit_of_work() as work:
            await jobs.hold(work, run)
            await repository.write(work.session, row.id, fallback=reason[:500])
        await follower.note(None)


def _candidates(row: Any) -> Sequence[Model]:
    """Who may do it, in the order in which they are asked."""
    settings = get_settings()
    chosen = choose(settings, Provider(row.provider), row.model)
    others = choose(settings, None, None) if row.is_automatic and settings.ai_fallback else []
    models = [*chosen, *(one for one in others if one.provider != row.provider)]
    if not models:
        raise GenerationFailed(f"The model {row.model} is not configured here any more.")
    return models


async def _make_by(run: JobRun, row: Any, model: Model, follower: Follower) -> None:
    async with reading() as connection:
        made = {image.position for image in await repository.images_of(connection, [row.id])}
    first = next(position for position in range(row.count + 1) if position not in made)
    if first == row.count:
        return
    spec = await _spec(row, model, first)
    maker = await asyncio.to_thread(generator, model.provider)
    async with aclosing(maker.generate(spec, follower)) as pictures:  # type: ignore[type-var] # The port promises an iterator; every adapter is a generator, which closes.
        async for picture in pictures:
            if picture.position not in made:
                await _keep(run, row, spec, picture)


async def _spec(row: Any, model: Model, first: int) -> GenerationSpec:
    settled = adapted(row, model)
    begin = await init_image(row.init_image_id, settled.width, settled.height) if row.strength is not None else None
    return GenerationSpec(
        model=model,
        prompt=settled.prompt,
        negative_prompt=settled.negative_prompt,
        width=settled.width,
        height=settled.height,
        seed=row.seed,
        steps=settled.steps,
        guidance_scale=settled.guidance_scale,
        scheduler=settled.scheduler,
        count=row.count,
        first=first,
        init_image=begin,
        strength=row.strength,
    )


async def _keep(run: JobRun, row: Any, spec: GenerationSpec, made: Made) -> None:
    """Into the gallery, once: whoever made the same place before has won."""
    image_id, used = new_image_id(), _used(spec, made)
    content = await asyncio.to_thread(
        embed, made.content, infotext(used), image_id, changed=spec.init_image is not None
    )
    picture = NewPicture(
        owner_id=row.owner_id,
        content=content,
        prompt=spec.prompt,
        visibility=Visibility(row.visibility),
        generation_id=row.id,
        position=made.position,
        parent_id=row.init_image_id,
    )

    async def beside(work: UnitOfWork) -> None:
        await jobs.hold(work, run)
        await repository.add_image(work.session, _record(image_id, row.id, made.position, used))
        told = {"id": str(image_id), "position": made.position, "seed": made.seed}
        work.after_commit(lambda: news.tell(row.owner_id, row.id, "image", told))

    try:
        await keep_generated(picture, beside, image_id=image_id)
    except IntegrityError:
        log.warning("this picture is there already", generation_id=str(row.id), position=made.position)


def _used(spec: GenerationSpec, made: Made) -> Used:
    return Used(
        provider=made.provider,
        model=made.model,
        prompt=spec.prompt,
        negative_prompt=spec.negative_prompt,
        width=spec.width,
        height=spec.height,
        steps=made.steps,
        guidance_scale=made.guidance_scale,
        scheduler=made.scheduler,
        seed=made.seed,
        strength=spec.strength if spec.init_image is not None else None,
        seconds=made.seconds,
        cost=made.cost,
    )


def _record(image_id: UUID, generation_id: UUID, position: int, used: Used) -> GeneratedImage:
    values = {name: getattr(used, name) for name in Used.__slots__}
    return GeneratedImage(image_id=image_id, generation_id=generation_id, position=position, **values)


def _named(model: Model) -> str:
    return f"{model.provider} ({model.name or model.id})"
