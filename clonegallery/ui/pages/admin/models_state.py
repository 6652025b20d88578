"""The models as the page for Admins shows them: those that make pictures, and those that say what looks alike."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.generations.models import models
from clonegallery.generations.schemas import ModelRead
from clonegallery.search import service as search
from clonegallery.search.schemas import SpaceRead
from clonegallery.ui.making import words
from clonegallery.ui.refusals import REFUSALS, reason
from clonegallery.ui.session import viewer_of
from clonegallery.ui.sockets import is_open

_MOVING_SECONDS, _STILL_SECONDS = 2.0, 20.0


@dataclass(frozen=True)
class MakerView:
    """One model that makes pictures."""

    key: str = ""
    name: str = ""
    provider: str = ""
    about: str = ""


@dataclass(frozen=True)
class SpaceView:
    """How far the pictures are placed by one model; `share` is from 0 to 1."""

    key: str = ""
    model: str = ""
    state: str = ""
    count: str = ""
    placed: int = 0
    total: int = 0
    share: float = 0.0
    moving: bool = False


class ModelsState(rx.State):
    """Both lists, read anew while the page is open."""

    makers: list[MakerView] = []  # noqa: RUF012 -- Reflex copies it per state.
    spaces: list[SpaceView] = []  # noqa: RUF012 -- as above.
    trouble: str = ""
    loaded: bool = False
    problem: str = ""
    _followed: int = 0

    @rx.event
    async def load(self) -> None:
        """Read how things stand."""
        await self._read()

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep the progress moving until the page is left; where a second one begins, the first one ends."""
        async with self:
            self._followed += 1
            mine = self._followed
            await self._read()
        while True:
            async with self:
                if mine != self._followed or not is_open(self) or self.problem:
                    return
                moving = any(space.moving for space in self.spaces)
            await asyncio.sleep(_MOVING_SECONDS if moving else _STILL_SECONDS)
            async with self:
                if mine == self._followed:
                    await self._read()

    async def _read(self) -> None:
        try:
            (await viewer_of(self)).require(Permission.ADMIN)
            makers, spaces, trouble = await models(), await search.progress(), await search.trouble()
        except REFUSALS as error:
            self.makers, self.spaces = [], []
            self.problem = (await reason(self, error)).detail
            return
        self.problem, self.loaded, self.trouble = "", True, trouble or ""
        self.makers = [_maker(model) for model in makers]
        self.spaces = [_space(space, spaces, stopped=bool(trouble)) for space in spaces]


def _maker(model: ModelRead) -> MakerView:
    where = f"on {model.device}{', loaded' if model.loaded else ''}" if model.device else ""
    price = f"${model.price.normalize():f} a picture" if model.price is not None else ""
    size = words.size(model.width, model.height)
    about = " · ".join(part for part in (size, where, price, model.licence) if part)
    return MakerView(f"{model.provider}/{model.id}", model.name, words.PROVIDERS[model.provider], about)


def _space(space: SpaceRead, every: Sequence[SpaceRead], *, stopped: bool = False) -> SpaceView:
    others = any(one.active for one in every if one is not space)
    if space.active:
        state = "Searched"
    elif stopped:
        state = "Not filled yet"
    else:
        state = "Being filled; the other one is searched until then" if others else "Being filled"
    share = space.placed / space.total if space.total else 1.0
    return SpaceView(
        key=str(space.id),
        model=space.model,
        state=state,
        count=f"{space.placed:,} of {space.total:,} pictures",
        placed=space.placed,
        total=space.total,
        share=min(1.0, share),
        moving=not space.active and not stopped,
    )
