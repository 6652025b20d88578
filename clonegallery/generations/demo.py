"""Pictures of the gallery's own small model for an empty gallery: asked for like anybody's, and made by the workers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import Viewer
from clonegallery.clock import utcnow
from clonegallery.db import reading, unit_of_work
from clonegallery.demo.wishes import WISHES, DemoWish
from clonegallery.errors import NotFound
from clonegallery.generations import repository, service
from clonegallery.generations.lifecycle import has_ended
from clonegallery.generations.reads import read_many
from clonegallery.generations.schemas import GenerationRead, GenerationRequest, Provider, Visibility
from clonegallery.images.schemas import ImageStatus
from clonegallery.inference.own_models import DIFFUSION
from clonegallery.inference.select import choose
from clonegallery.jobs import service as jobs
from clonegallery.jobs.run import JobRun, NotYet
from clonegallery.settings import get_settings

KIND: Final = "ask_for_demo"
_PRIORITY: Final = -1
"""Whoever asks for a picture of their own comes first."""

_LOOK_AGAIN, _LOOK_SELDOM = timedelta(seconds=5), timedelta(minutes=1)
_SOON, _AT_LAST = timedelta(minutes=5), timedelta(days=1)
"""How long after it last asked for something the job looks often, and when it gives up."""

Known = Mapping[str, GenerationRead]


async def begin(owner: Viewer) -> None:
    """Have the demo's pictures made as `owner`'s, by the workers, where the small model makes pictures at all."""
    if choose(get_settings(), Provider.LOCAL, DIFFUSION):
        async with unit_of_work() as work:
            await jobs.enqueue_once(work, kind=KIND, owner_id=owner.id)


async def ask_for_demo(run: JobRun) -> None:
    """Ask for what is not asked for yet, as soon as what it begins from is there. Idempotent.

    Raises `NotYet` while something has to be waited for, and as `service.request`.
    """
    try:
        owner = await accounts.viewer_for(run.owner_id) if run.owner_id else None
    except NotFound:
        return
    if owner is None or not choose(get_settings(), Provider.LOCAL, DIFFUSION):
        return
    known = await _known(owner)
    for wish in WISHES:
        if wish.title not in known and _can_begin(wish, known):
            await service.request(owner, _request(wish, known), priority=_PRIORITY)
    if any(_waits(wish, known) for wish in WISHES if wish.title not in known):
        _wait(known)


def _wait(known: Known) -> None:
    """Raises `NotYet`, unless nothing has come for so long that nobody seems to make pictures here."""
    idle = utcnow() - max((read.created_at for read in known.values()), default=utcnow())
    if idle < _AT_LAST:
        raise NotYet(_LOOK_AGAIN if idle < _SOON else _LOOK_SELDOM)


async def _known(owner: Viewer) -> dict[str, GenerationRead]:
    """The wishes that were asked for, by their titles."""
    prompts = [wish.prompt for wish in WISHES]
    async with reading() as connection:
        rows = await repository.of_model(connection, owner.require_person(), DIFFUSION, prompts)
    asked = {(read.prompt, read.seed): read for read in await read_many(owner, rows)}
    found = {wish.title: asked.get((wish.prompt, wish.seed)) for wish in WISHES}
    return {title: read for title, read in found.items() if read is not None}


def _can_begin(wish: DemoWish, known: Known) -> bool:
    return not wish.begun_from or _picture(wish.begun_from, known) is not None


def _waits(wish: DemoWish, known: Known) -> bool:
    """Whether what it begins from may still come: neither that nor what that began from has failed."""
    if not wish.begun_from or _can_begin(wish, known):
        return False
    before = known.get(wish.begun_from)
    if before is not None:
        return not has_ended(before.status) or any(card.status == ImageStatus.PROCESSING for card in before.images)
    return _can_begin(_named(wish.begun_from), known) or _waits(_named(wish.begun_from), known)


def _picture(title: str, known: Known) -> UUID | None:
    """The picture of that wish, once it is ready."""
    cards = known[title].images if title in known else []
    return next((card.id for card in cards if card.status == ImageStatus.READY), None)


def _named(title: str) -> DemoWish:
    return next(wish for wish in WISHES if wish.title == title)


def _request(wish: DemoWish, known: Known) -> GenerationRequest:
    return GenerationRequest(
        prompt=wish.prompt,
        provider=Provider.LOCAL,
        model=DIFFUSION,
        seed=wish.seed,
        init_image_id=_picture(wish.begun_from, known) if wish.begun_from else None,
        strength=wish.strength,
        visibility=Visibility.PUBLIC,
    )
