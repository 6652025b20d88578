"""Following one's generations from a page: what is told is gathered into small bundles, and lost news only come late.

One follower per tab: where a second one begins, as after a connection was lost and found, the first one ends.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import reflex as rx

from clonegallery.accounts.schemas import Viewer
from clonegallery.events import Event, hub, user_channel
from clonegallery.failures import as_gallery_error
from clonegallery.generations import news
from clonegallery.generations.news import News
from clonegallery.ui.making import words
from clonegallery.ui.session import viewer_for_cookies
from clonegallery.ui.sockets import is_open

LOOK_AGAIN_SECONDS = 15.0
LOOK_AGAIN_WAITING_SECONDS = 3.0
_GATHERED_SECONDS = 0.02
_AWAY_SECONDS = 1.0
_FOLLOWERS: dict[str, asyncio.Event] = {}


@dataclass(frozen=True)
class StepView:
    """How far a generation is, as the browser draws it. `event` orders what is told; a preview is a data URL."""

    job: str = ""
    event: str = ""
    step: int = 0
    steps: int = 0
    text: str = ""
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told since the last bundle: the latest step of each generation, and whether the rows changed too.

    In the `first` bundle nothing was told yet, of whatever runs already.
    """

    steps: Mapping[str, StepView] = field(default_factory=dict)
    rows_changed: bool = False
    first: bool = False


async def follow(state: rx.State, *, waits: Callable[[], bool]) -> AsyncGenerator[tuple[Viewer, Told], None]:
    """Bundles for the page of `state`, the first at once; each with who is asking, looked up for it.

    Ends when they are no longer signed in, or the page is gone. While one `waits` the rows are read again sooner: a
    place in the queue changes by what others do, of which nobody is told.
    """
    cookie, tab = state.router.headers.cookie, state.router.session.client_token
    viewer = await viewer_for_cookies(cookie)
    if viewer.id is None:
        return
    await hub.start()
    async with hub.listen(user_channel(viewer.id)) as queue, _only_follower(tab) as replaced:
        told, read_at = Told(rows_changed=True, first=True), time.monotonic()
        while not replaced.is_set() and is_open(state):
            asking = await _asking(cookie)
            if asking is None:
                await asyncio.sleep(_AWAY_SECONDS)
                told = Told(rows_changed=True)
                continue
            if asking.id != viewer.id:
                return
            read_at = time.monotonic() if told.rows_changed else read_at
            yield asking, told
            patience = LOOK_AGAIN_WAITING_SECONDS if waits() else LOOK_AGAIN_SECONDS
            told = await _next(queue, replaced, read_at + patience - time.monotonic())


async def _asking(cookie: str) -> Viewer | None:
    """Who asks now; None where nobody can say at the moment, and then nothing is told."""
    try:
        return await viewer_for_cookies(cookie)
    except Exception as error:
        known = as_gallery_error(error)
        if known is None or not known.retryable:
            raise
        return None


async def caught_up(told: Told, running: Iterable[str], known: Collection[str]) -> list[StepView]:
    """What to tell the browser of the generations that are `running`: for those that it does not know of the latest
    step with its preview, though it was told before."""
    unheard = [one for one in running if one not in told.steps and (told.first or one not in known)]
    found = [await _latest(UUID(one)) for one in unheard]
    return [*(step for step in found if step is not None), *told.steps.values()]


async def _latest(generation_id: UUID) -> StepView | None:
    told = [one for one in await news.since(generation_id, None) if one.kind == "progress"]
    return step_view(generation_id, told[-1]) if told else None


def step_view(generation_id: UUID, told: News) -> StepView:
    """`told`, news of progress, as the browser draws it."""
    step, steps = int(told.data.get("step") or 0), int(told.data.get("steps") or 0)
    text = " · ".join(part for part in (words.step_of(step, steps), words.left(told.data.get("eta_s"))) if part)
    return StepView(str(generation_id), told.id, step, steps, text, str(told.data.get("preview") or ""))


async def _next(queue: "asyncio.Queue[Event]", replaced: asyncio.Event, patience: float) -> Told:
    """What comes next, with all that came with it; once `patience` seconds are over the rows are read again."""
    if patience <= 0:
        await asyncio.sleep(_GATHERED_SECONDS)
        return replace(gathered(_drained(queue)), rows_changed=True)
    waiting = [asyncio.ensure_future(queue.get()), asyncio.ensure_future(replaced.wait())]
    try:
        await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
    if not waiting[0].done() or waiting[0].cancelled():
        return Told(rows_changed=True)
    await asyncio.sleep(_GATHERED_SECONDS)
    return gathered([waiting[0].result(), *_drained(queue)])


def gathered(events: list[Any]) -> Told:
    """The latest step of each generation; every other event means that a row, or a picture, has changed."""
    steps: dict[str, StepView] = {}
    rows_changed = False
    for event in events:
        found = news.news_in(event)
        if found is None or found[1].kind != "progress":
            rows_changed = True
            continue
        step = step_view(*found)
        before = steps.get(step.job)
        kept = step.preview or (before.preview if before else "")
        steps[step.job] = StepView(step.job, step.event, step.step, step.steps, step.text, kept)
    return Told(steps, rows_changed)


def _drained(queue: "asyncio.Queue[Event]") -> list[Event]:
    found = []
    with suppress(asyncio.QueueEmpty):
        while True:
            found.append(queue.get_nowait())
    return found


@asynccontextmanager
async def _only_follower(tab: str) -> AsyncIterator[asyncio.Event]:
    """Set when another follower of the same tab begins."""
    if tab in _FOLLOWERS:
        _FOLLOWERS[tab].set()
    replaced = _FOLLOWERS[tab] = asyncio.Event()
    try:
        yield replaced
    finally:
        if _FOLLOWERS.get(tab) is replaced:
            del _FOLLOWERS[tab]
