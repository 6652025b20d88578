"""What the page of one picture knows and can do. Every handler asks again who sends it, and the service decides."""

import asyncio
from typing import Any
from uuid import UUID

import reflex as rx

from clonegallery.errors import FieldError, Invalid, NotFound
from clonegallery.events import hub, user_channel
from clonegallery.images import service
from clonegallery.images.schemas import ImageUpdate
from clonegallery.ui import routes
from clonegallery.ui.components.notices import hush, tell
from clonegallery.ui.pages.image_view import PictureView, picture_view
from clonegallery.ui.refusals import REFUSALS, id_in, refuse
from clonegallery.ui.session import viewer_of

_PROCESSING = "processing"
_LOOK_AGAIN_SECONDS = 20.0
_FIELDS = ("title", "caption", "tags", "visibility")


class ImageState(rx.State):
    """The picture on the page, its neighbours in the newest-first order, and the form about it."""

    picture: PictureView = PictureView()
    loaded: bool = False
    found: bool = False
    previous_id: str = ""
    next_id: str = ""
    editing: bool = False
    errors: dict[str, str] = dict.fromkeys(_FIELDS, "")
    gone: list[str] = []  # noqa: RUF012 -- as above.

    @rx.event
    async def load(self) -> Any:
        """Read the picture that the address names, also when the page reconnects, and follow it until it is done."""
        image_id = routes.image_id_in(str(self.router.url))
        if image_id != self.picture.id:
            self._stop_editing()
        await self._read(image_id)
        return ImageState.follow if self.picture.status == _PROCESSING else None

    @rx.event(background=True)
    async def follow(self) -> None:
        """Keep a picture that is still being worked on up to date until it is ready or failed."""
        async with self:
            viewer = await viewer_of(self)
            image_id, waiting = self.picture.id, self.picture.status == _PROCESSING
        if viewer.id is None or not waiting:
            return
        async with hub.listen(user_channel(viewer.id)) as news:
            while waiting:
                async with self:
                    await self._read(image_id)
                    waiting = self.picture.status == _PROCESSING
                if waiting:
                    await _next_news(news, image_id)

    @rx.event
    def leave(self) -> None:
        """Forget the picture, so that the next one is not preceded by this one for a moment."""
        self._stop_editing()
        self.picture, self.loaded, self.found = PictureView(), False, False

    @rx.event
    def start_editing(self) -> None:
        self.editing = True

    @rx.event
    def cancel_editing(self) -> None:
        self._stop_editing()

    @rx.event
    async def save(self, form: dict[str, Any]) -> None:
        """Write the form; a refused field says why beneath itself, and nothing typed is lost."""
        self.errors = dict.fromkeys(_FIELDS, "")
        try:
            await service.update(await viewer_of(self), id_in(self.picture.id), _update_in(form))
        except Invalid as error:
            self._show_errors(error)
            if not any(self.errors.values()):
                await refuse(self, error)
            return
        except REFUSALS as error:
            await refuse(self, error)
            return
        self._stop_editing()
        await self._read(self.picture.id)
        await tell(self, "Saved.")

    @rx.event
    async def trash(self) -> None:
        """Put the picture into the trash; the page stays and offers to take it back."""
        try:
            await service.trash(await viewer_of(self), id_in(self.picture.id))
        except REFUSALS as error:
            await refuse(self, error)
            return
        await hush(self)
        self._stop_editing()
        self.gone = [*self.gone, self.picture.id]
        await self._read(self.picture.id)

    @rx.event
    async def restore(self) -> None:
        """Take the picture out of the trash again."""
        try:
            await service.restore(await viewer_of(self), id_in(self.picture.id))
        except REFUSALS as error:
            await refuse(self, error)
            return
        self.gone = [image_id for image_id in self.gone if image_id != self.picture.id]
        await self._read(self.picture.id)

    async def _read(self, image_id: str) -> None:
        self.loaded = True
        try:
            viewer = await viewer_of(self)
            is_new = image_id != self.picture.id
            self.picture = picture_view(await service.detail(viewer, UUID(image_id), is_look=is_new))
            around = await service.neighbours(viewer, UUID(image_id))
        except (NotFound, ValueError):
            # A ValueError is an address that is no UUID: nothing can be there.
            self.picture, self.found = PictureView(), False
            return
        self.found = True
        self.previous_id, self.next_id = str(around.previous or ""), str(around.next or "")

    def _stop_editing(self) -> None:
        self.editing = False
        self.errors = dict.fromkeys(_FIELDS, "")

    def _show_errors(self, error: Invalid) -> None:
        said = {refused.field: refused.message for refused in error.errors}
        self.errors = {name: said.get(name, "") for name in _FIELDS}


async def _next_news(news: "asyncio.Queue[dict[str, Any]]", image_id: str) -> None:
    """Returns at the next news of the picture, or after a while: Redis may have lost some."""
    try:
        async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
            while (await news.get()).get("id") != image_id:
                continue
    except TimeoutError:
        return


def _update_in(form: dict[str, Any]) -> ImageUpdate:
    """The change that the form asks for. Raises `Invalid` for a visibility that there is not."""
    texts = {name: str(form.get(name) or "") for name in _FIELDS}
    try:
        return ImageUpdate.model_validate({**texts, "tags": tuple(texts["tags"].split(","))})
    except ValueError as error:
        raise Invalid(errors=[FieldError("visibility", "Choose one of the three.")]) from error
