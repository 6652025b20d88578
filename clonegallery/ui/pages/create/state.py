"""The form on which pictures are asked for. What stands in it is kept as it was typed; the service decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import reflex as rx

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.schemas import Viewer
from clonegallery.errors import FieldError, GalleryError, Invalid, NotFound, Unavailable
from clonegallery.generations import models as workshop
from clonegallery.generations import service
from clonegallery.generations.schemas import GenerationRead, ModelRead
from clonegallery.images import service as images
from clonegallery.images.schemas import GenerationOf, ImageDetail, ImageStatus
from clonegallery.ui import routes
from clonegallery.ui.components.notices import hush, tell
from clonegallery.ui.pages.create import offers, sizes
from clonegallery.ui.pages.create.jobs_state import JobsState
from clonegallery.ui.pages.create.offers import ModelChoice, ModelView
from clonegallery.ui.pages.create.wishes import (
    FIELDS,
    FOCUSABLE,
    NAMES,
    Wish,
    changed,
    fresh,
    recalled,
    request_of,
    sized,
    typed,
)
from clonegallery.ui.refusals import REFUSALS, id_in, reason, refuse
from clonegallery.ui.session import viewer_of

_LONGEST = 200_000


@dataclass(frozen=True)
class BeginningView:
    """The picture to begin from."""

    id: str = ""
    title: str = ""
    href: str = ""
    thumb: str = ""
    width: int = 1
    height: int = 1


class CreateState(rx.State):
    """The models there are, the chosen one, and the form; `filled` counts how often something else filled it in."""

    loaded: bool = False
    problem: str = ""
    choices: list[ModelChoice] = []  # noqa: RUF012 -- Reflex copies it per state.
    model: ModelView = ModelView()
    wish: Wish = Wish()
    beginning: BeginningView = BeginningView()
    seed_locked: bool = False
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    filled: int = 0
    seeds: int = 0

    @rx.event
    async def load(self) -> Any:
        """Read the models, and what the address asks to fill in; then the address is that of the form alone."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(str(self.router.url)).query).items()}
        try:
            viewer = await self._maker()
            models = await workshop.models()
            self._offer(models)
            if models and asked:
                await self._follow(viewer, models, asked)
            self.problem = ""
        except REFUSALS as error:
            await self._cannot(error, asked)
        self.loaded = True
        return rx.redirect(routes.CREATE, replace=True) if asked and not self.problem else None

    @rx.event
    async def choose_model(self, value: str) -> None:
        """Another model, with its own choice of everything that is not said for any of them."""
        try:
            await self._maker()
            model = offers.find(await workshop.models(), value)
        except REFUSALS as error:
            await refuse(self, error)
            return
        if model is not None:
            self._choose(model)
            self._fill(fresh(model, self.wish))

    @rx.event
    def keep(self, name: str, text: str) -> None:
        """Remember what was typed into a field, for a reload."""
        self._keep(name, text)

    @rx.event
    def type_seed(self, text: str) -> None:
        """A seed that somebody types is the one that they want."""
        self._keep("seed", text)
        self.seed_locked = True

    @rx.event
    def lock_seed(self, locked: bool) -> None:
        self.seed_locked = locked

    @rx.event
    def forget_beginning(self) -> None:
        """Begin from nothing again."""
        self.beginning = BeginningView()
        self._mark()

    @rx.event
    async def recall(self, image_id: str, use: str) -> None:
        """Fill in what was used for a picture: `all` of it, the `prompt`, or the `seed`."""
        try:
            await self._recall(await self._maker(), await workshop.models(), image_id, use)
        except REFUSALS as error:
            await refuse(self, error)

    @rx.event
    async def submit(self, form: dict[str, Any]) -> Any:
        """Ask for what the form says; a refused field says why beneath itself, and nothing typed is lost."""
        self.wish = typed(form, self.wish)
        self._mark()
        try:
            viewer = await self._maker()
            made = await service.request(viewer, self._request(await workshop.models()))
        except REFUSALS as error:
            await self._refuse(error)
            wrong = self._first_wrong()
            return rx.set_focus(wrong) if wrong else None
        await hush(self)
        self._show_seed(made)
        await (await self.get_state(JobsState))._show_asked(viewer, made)
        return None

    def _request(self, models: Sequence[ModelRead]) -> Any:
        model = offers.find(models, self.model.value)
        if model is None:
            self._offer(models)
            raise Invalid(errors=[FieldError("model", "This model is not set up any more; another one is chosen.")])
        beginning = id_in(self.beginning.id) if self.beginning.id else None
        return request_of(self.wish, model, seed_locked=self.seed_locked, init_image_id=beginning)

    async def _maker(self) -> Viewer:
        """Who sends this event. Raises `NotSignedIn`, and `NotAllowed` for whoever may not generate."""
        viewer = await viewer_of(self)
        viewer.require(Permission.GENERATE)
        return viewer

    def _offer(self, models: Sequence[ModelRead]) -> None:
        """Show these models; the chosen one stays chosen while it is among them."""
        self.choices = [offers.choice_of(model) for model in models]
        known = offers.find(models, self.model.value)
        chosen = known or (models[0] if models else None)
        if known is None:
            self._fill(fresh(chosen, self.wish))
        if chosen is None:
            self.model = ModelView()
        else:
            self._choose(chosen)

    def _choose(self, model: ModelRead) -> None:
        self.model = offers.model_view(model)

    async def _follow(self, viewer: Viewer, models: Sequence[ModelRead], asked: dict[str, str]) -> None:
        """Do what the address asks: `from` a picture and what to `use` of it, `init` from one, or one job `again`."""
        if "from" in asked:
            await self._recall(viewer, models, asked["from"], asked.get("use", "all"))
        if "again" in asked:
            read = await service.detail(viewer, id_in(asked["again"]))
            await self._use_all(viewer, models, read, read.init_image_id)
        if "init" in asked:
            detail = await images.detail(viewer, id_in(asked["init"]), is_look=False)
            self._begin_from(detail, models)

    async def _recall(self, viewer: Viewer, models: Sequence[ModelRead], image_id: str, use: str) -> None:
        detail = await images.detail(viewer, id_in(image_id), is_look=False)
        used = detail.generation
        if used is None:
            raise NotFound("Nobody knows how this picture was made.")
        if use == "prompt":
            self._fill(changed(self.wish, prompt=used.prompt, negative_prompt=used.negative_prompt))
        elif use == "seed":
            self._use_seed(used.seed)
        else:
            await self._use_all(viewer, models, used, detail.parent_id)

    async def _use_all(
        self, viewer: Viewer, models: Sequence[ModelRead], used: GenerationOf | GenerationRead, parent_id: Any
    ) -> None:
        """Everything that was used; where its model is not set up here, the usual one stands in for it."""
        if not models:
            raise Unavailable("This gallery is not set up to make pictures.")
        named = offers.named(models, used.provider, used.model)
        model = named or models[0]
        self._choose(model)
        self._fill(recalled(used, model, self.wish))
        self.seed_locked = used.seed is not None and model.takes_seed
        self.beginning = BeginningView()
        if parent_id is not None and model.takes_init_image:
            await self._begin_again(viewer, parent_id)
        if named is None:
            await tell(self, f"{used.model} is not set up here; {model.name} is chosen instead.")

    async def _begin_again(self, viewer: Viewer, image_id: Any) -> None:
        try:
            self.beginning = _beginning(await images.detail(viewer, image_id, is_look=False))
        except NotFound:
            await tell(self, "The picture that it began from is not there any more.")

    def _use_seed(self, seed: int | None) -> None:
        if seed is None:
            raise NotFound("Nobody knows the seed of this picture.")
        self._keep("seed", str(seed))
        self.seed_locked = True
        self.seeds += 1

    def _begin_from(self, detail: ImageDetail, models: Sequence[ModelRead]) -> None:
        """Begin from this picture, in its shape, with a model that can."""
        if detail.status != ImageStatus.READY or detail.deleted_at is not None:
            raise NotFound("This picture cannot be begun from now.")
        model = offers.find(models, self.model.value) or models[0]
        if not model.takes_init_image:
            model = next((one for one in models if one.takes_init_image), model)
            self._choose(model)
            self._fill(fresh(model, self.wish))
        self.beginning = _beginning(detail)
        self._fill(sized(self.wish, model, *sizes.fitting(detail.width, detail.height, model)))

    def _keep(self, name: str, text: str) -> None:
        if name in NAMES:
            self.wish = changed(self.wish, **{name: text[:_LONGEST]})

    def _show_seed(self, made: GenerationRead) -> None:
        """The seed that was used last, so that it can be locked."""
        if not self.seed_locked:
            self._keep("seed", str(made.seed))
            self.seeds += 1

    def _fill(self, wish: Wish) -> None:
        self.wish = wish
        self.filled += 1
        self._mark()

    async def _cannot(self, error: Exception, asked: dict[str, str]) -> None:
        """What the address asked for cannot be had, which a notice says; or nothing can, which the page says."""
        if asked and isinstance(error, NotFound):
            await refuse(self, error)
            return
        self.problem = (await reason(self, error)).detail

    async def _refuse(self, error: Exception) -> None:
        """Say it beneath the fields that it is about, or else in a notice."""
        if isinstance(error, GalleryError):
            self._mark(error)
        if not any(self.errors.values()):
            await refuse(self, error)

    def _first_wrong(self) -> str:
        """The first refused field that takes the focus, in the order of the page."""
        own_size = self.wish.size == sizes.CUSTOM
        fields = [name for name in FOCUSABLE if own_size or name not in ("width", "height")]
        return next((name for name in fields if self.errors[name]), "")

    def _mark(self, error: GalleryError | None = None) -> None:
        said = {_place_of(refused.field): refused.message for refused in error.errors} if error else {}
        self.errors = {name: said.get(name, "") for name in FIELDS}


def _place_of(field: str) -> str:
    return "model" if field == "provider" else field


def _beginning(detail: ImageDetail) -> BeginningView:
    return BeginningView(
        id=str(detail.id),
        title=detail.title,
        href=routes.image(str(detail.id)),
        thumb=detail.urls.thumb_600 or detail.urls.thumb_300 or "",
        width=detail.width,
        height=detail.height,
    )
