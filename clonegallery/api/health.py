"""Is the gallery well: for load balancers, orchestrators and people. Open to any host and any caller."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, Literal, TypedDict, cast

from fastapi import APIRouter, Response
from pydantic import BaseModel

from clonegallery.db import database_kind
from clonegallery.db import ping as ping_database
from clonegallery.events import get_redis
from clonegallery.failures import LIBRARY_FAILURES
from clonegallery.generations.models import status
from clonegallery.generations.workshop import WorkerReport
from clonegallery.log import get_logger

log = get_logger(__name__)

router = APIRouter(prefix="/health", tags=["health"])

SECONDS = 2.0


class Health(StrEnum):
    """`degraded`: pictures can be looked at, but something works slowly or not at all. `down`: nothing works."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Check(BaseModel):
    """One dependency; `ms` is how long it took to answer, `kind` which database it is."""

    status: Health
    kind: Literal["postgresql", "sqlite"] | None = None
    ms: float | None = None
    detail: str | None = None


class HealthReport(BaseModel):
    status: Health
    checks: dict[str, Check]


class AiReport(HealthReport):
    """The checks are by provider; `workers` are the processes that make pictures."""

    workers: list[WorkerReport]
    queued: int
    running: int


class Live(BaseModel):
    status: Literal["ok"] = "ok"


class _Answers(TypedDict):
    response_model_exclude_none: bool
    responses: dict[int | str, dict[str, Any]]


_ANSWERS = _Answers(response_model_exclude_none=True, responses={503: {"model": HealthReport}})

Ping = Callable[[], Awaitable[object]]


async def _ping_redis() -> None:
    await cast(Awaitable[bool], get_redis().ping())


# Without the database nothing can be shown. Without Redis pages and pictures still are, only news and hints are late.
_DATABASE: tuple[str, Ping, Health] = ("database", ping_database, Health.DOWN)
_REDIS: tuple[str, Ping, Health] = ("redis", _ping_redis, Health.DEGRADED)


@router.get("/live", operation_id="health_live", summary="Is the process alive")
async def live() -> Live:
    """Answers without touching any dependency: restarting this process would not heal a database."""
    return Live()


@router.get("", operation_id="health", summary="Is the gallery well", **_ANSWERS)
async def health(response: Response) -> HealthReport:
    """Every dependency, asked at once, each for at most 2 seconds. 503 when the gallery is down, 200 when degraded."""
    return await _report(response, _DATABASE, _REDIS)


@router.get("/db", operation_id="health_db", summary="Is the database well", **_ANSWERS)
async def health_db(response: Response) -> HealthReport:
    """The database alone; 503 when it does not answer within 2 seconds."""
    return await _report(response, _DATABASE)


@router.get("/ai", operation_id="health_ai", summary="Is the making of pictures well", **_ANSWERS)
async def health_ai(response: Response) -> AiReport:
    """Which providers are set up and answer, which model is loaded on which device, and how much waits.

    Never 503: the gallery goes on without. `degraded` where pictures are asked for and nobody can make them.
    """
    response.headers["Cache-Control"] = "no-store"
    found = await status()
    return AiReport(
        status=Health.DEGRADED if found.status == "degraded" else Health.OK,
        checks={
            one.provider: Check(status=Health.OK if one.reachable else Health.DEGRADED, detail=one.detail or None)
            for one in found.providers
        },
        workers=found.workers,
        queued=found.queued,
        running=found.running,
    )


router.add_api_route("", health, methods=["HEAD"], include_in_schema=False)


async def _report(response: Response, *asked: tuple[str, Ping, Health]) -> HealthReport:
    found = await asyncio.gather(*(_check(ping, broken) for _, ping, broken in asked))
    checks = {name: check for (name, _, _), check in zip(asked, found, strict=True)}
    if database := checks.get("database"):
        database.kind = database_kind()
    worst = max((check.status for check in checks.values()), key=list(Health).index)
    response.headers["Cache-Control"] = "no-store"
    if worst is Health.DOWN:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return HealthReport(status=worst, checks=checks)


async def _check(ping: Ping, broken: Health) -> Check:
    """Ask once. A dependency that hangs is left behind: waiting for its cancellation could take just as long."""
    started = time.perf_counter()
    asking = asyncio.ensure_future(ping())
    asking.add_done_callback(_forget)
    done, _ = await asyncio.wait({asking}, timeout=SECONDS)
    if not done:
        asking.cancel()
        return Check(status=broken, detail=f"no answer within {SECONDS:g} s")
    if isinstance(error := asking.exception(), LIBRARY_FAILURES):
        log.warning("health check failed", cause=type(error).__name__, reason=str(error)[:300])
        return Check(status=broken, detail="cannot be reached")
    if error is not None:
        raise error
    return Check(status=Health.OK, ms=round((time.perf_counter() - started) * 1000, 1))


def _forget(asked: asyncio.Future[object]) -> None:
    """Look at the outcome, so that a check left behind does not complain about a failure nobody saw."""
    if not asked.cancelled():
        asked.exception()
