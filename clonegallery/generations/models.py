"""The models that one may ask for, and how those who make the pictures are: for lists, health checks and people."""

import asyncio
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from clonegallery.db import reading
from clonegallery.generations import repository
from clonegallery.generations.schemas import ModelRead, Provider
from clonegallery.generations.workshop import WorkerReport, workers
from clonegallery.inference.port import Model, Reach
from clonegallery.inference.prices import price_of
from clonegallery.inference.reaching import reach
from clonegallery.inference.select import available
from clonegallery.inference.services import service_of
from clonegallery.settings import get_settings

_ASK_EVERY_SECONDS = 30.0
_ASKING = asyncio.Lock()
_LAST: dict[Provider, tuple[float, Reach]] = {}


class ProviderStatus(BaseModel):
    """A provider that is set up. `local` is reachable while a worker lives that has a device."""

    provider: Provider
    reachable: bool
    detail: str = ""


class WorkshopStatus(BaseModel):
    """Everything about the making of pictures; never a key or an address."""

    status: Literal["ok", "degraded", "off"]
    providers: list[ProviderStatus]
    workers: list[WorkerReport]
    queued: int
    running: int


async def models() -> list[ModelRead]:
    """Every model that is set up, the default one first."""
    settings, at_work = get_settings(), await workers()
    return [
        _read(model, at_work, is_default=index == 0, price=price_of(settings, model.provider, model.id))
        for index, model in enumerate(available(settings))
    ]


async def status() -> WorkshopStatus:
    """Which providers are set up and answer, which models are loaded where, and how much waits.

    `degraded` where nobody works or a provider does not answer, `off` where nothing is set up.
    """
    settings, at_work = get_settings(), await workers()
    wanted = list(dict.fromkeys(model.provider for model in available(settings)))
    reached = await asyncio.gather(*(_reach(provider, at_work) for provider in wanted))
    providers = [
        ProviderStatus(provider=provider, reachable=found.reachable, detail=found.detail)
        for provider, found in zip(wanted, reached, strict=True)
    ]
    async with reading() as connection:
        depth = await repository.depth(connection)
    well = bool(at_work) and all(one.reachable for one in providers)
    return WorkshopStatus(
        status="off" if not wanted else "ok" if well else "degraded", providers=providers, workers=at_work, **depth
    )


async def _reach(provider: Provider, at_work: Sequence[WorkerReport]) -> Reach:
    if provider is not Provider.LOCAL:
        return await _reached(provider)
    lives = any(worker.device for worker in at_work)
    return Reach(lives, "" if lives else "No worker with a device has said a word lately.")


async def _reached(provider: Provider) -> Reach:
    """Asked once in half a minute, however many ask: anybody may, and the service must not be flooded through us."""
    async with _ASKING:
        known = _LAST.get(provider)
        if known is None or time.monotonic() - known[0] > _ASK_EVERY_SECONDS:
            known = (time.monotonic(), await reach(service_of(provider, get_settings())))
            _LAST[provider] = known
    return known[1]


def _read(model: Model, at_work: Sequence[WorkerReport], *, is_default: bool, price: Decimal | None) -> ModelRead:
    local = [worker for worker in at_work if worker.device] if model.provider is Provider.LOCAL else []
    described = {name: getattr(model, name) for name in ModelRead.model_fields if hasattr(model, name)}
    return ModelRead.model_validate(
        described
        | {
            "name": model.name or model.id,
            "is_default": is_default,
            "price": price,
            "device": local[0].device if local else None,
            "loaded": any(worker.loaded == model.id for worker in local),
        }
    )
