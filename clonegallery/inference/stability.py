"""Stability AI: its REST API v2beta, "Stable Image", which makes one picture a call and answers with it."""

import time
from collections.abc import AsyncIterator, Sequence

import httpx

from clonegallery.errors import PromptRefused
from clonegallery.inference.catalogue_remote import models_of, ratio_of
from clonegallery.inference.port import GenerationSpec, Made, Model, Provider, Reach, Watcher
from clonegallery.inference.prices import price_of
from clonegallery.inference.reaching import reach
from clonegallery.inference.remote import one_by_one, retried, unless_cancelled
from clonegallery.inference.results import whole_picture
from clonegallery.inference.services import service_of
from clonegallery.inference.wire import Wire
from clonegallery.settings import Settings

_GENERATE = "/v2beta/stable-image/generate"
_OWN_ENDPOINTS = ("core", "ultra")
_MAX_SEED = 4_294_967_294
_CFG_SCALE = (1.0, 10.0)
# The default of `sd3`; `ultra` has none and wants to be told.
_STRENGTH = 0.7
_FILTERED = "Stability AI's filter held the picture back."


class Stability:
    """Pictures by Stability AI's models `core`, `ultra` and `sd3.5-…`. A seed of 0 lets the service choose one."""

    provider = Provider.STABILITY

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._service = service_of(self.provider, settings)

    async def generate(self, spec: GenerationSpec, watcher: Watcher) -> AsyncIterator[Made]:
        """See `ImageGenerator.generate`."""

        async def ask(position: int) -> Made:
            return await self._picture(spec, position, watcher)

        async for made in one_by_one(spec, watcher, self._service, ask):
            yield made

    async def reach(self) -> Reach:
        """See `ImageGenerator.reach`."""
        return await reach(self._service)

    def models(self) -> Sequence[Model]:
        """See `ImageGenerator.models`."""
        return models_of(self.provider, self._settings)

    async def _picture(self, spec: GenerationSpec, position: int, watcher: Watcher) -> Made:
        begun = time.monotonic()
        response = await retried(
            lambda: unless_cancelled(self._ask(spec, position), watcher),
            self._service,
            watcher,
            retries=self._settings.ai_retries,
            seconds=self._settings.ai_seconds,
            paid=True,
        )
        if response.headers.get("finish-reason") == "CONTENT_FILTERED":
            raise PromptRefused(_FILTERED)
        seed = response.headers.get("seed", "")
        return Made(
            position=position,
            content=await whole_picture(response.content),
            provider=self.provider,
            model=spec.model.id,
            seconds=time.monotonic() - begun,
            seed=int(seed) if seed.isdecimal() else seed_of(spec, position),
            guidance_scale=_cfg_scale(spec),
            cost=price_of(self._settings, self.provider, spec.model.id),
        )

    async def _ask(self, spec: GenerationSpec, position: int) -> httpx.Response:
        endpoint = spec.model.id if spec.model.id in _OWN_ENDPOINTS else "sd3"
        async with httpx.AsyncClient(
            transport=Wire(self._settings.ai_max_bytes), timeout=httpx.Timeout(None, connect=10.0)
        ) as http:
            return await http.post(
                f"{self._service.url}{_GENERATE}/{endpoint}",
                headers={"Authorization": f"Bearer {self._service.key}", "Accept": "image/*"},
                files=_form(spec, position),
            )


def _form(spec: GenerationSpec, position: int) -> dict[str, tuple[str | None, str | bytes, str] | tuple[None, str]]:
    """The fields of the request; all of them as parts, since the service takes multipart forms only."""
    fields = {"prompt": spec.prompt, "output_format": "png", "seed": str(seed_of(spec, position))}
    if spec.negative_prompt and spec.model.takes_negative_prompt:
        fields["negative_prompt"] = spec.negative_prompt
    if spec.model.id not in _OWN_ENDPOINTS:
        fields["model"] = spec.model.id
    if (cfg_scale := _cfg_scale(spec)) is not None:
        fields["cfg_scale"] = str(cfg_scale)
    if spec.init_image is None:
        fields["aspect_ratio"] = ratio_of(spec.width, spec.height)
    else:
        fields["strength"] = str(_STRENGTH if spec.strength is None else spec.strength)
        if spec.model.id not in _OWN_ENDPOINTS:
            fields["mode"] = "image-to-image"
    form: dict[str, tuple[str | None, str | bytes, str] | tuple[None, str]]
    form = {name: (None, value) for name, value in fields.items()}
    if spec.init_image is not None:
        form["image"] = ("image.png", spec.init_image, "image/png")
    return form


def seed_of(spec: GenerationSpec, position: int) -> int:
    """The seed of the picture at `position`, within the range that the service takes."""
    return (spec.seed + position) % (_MAX_SEED + 1)


def _cfg_scale(spec: GenerationSpec) -> float | None:
    """How closely the prompt is followed, where the model lets one choose, within the range that the service takes."""
    wanted = spec.model.guidance_scale if spec.guidance_scale is None else spec.guidance_scale
    if spec.model.guidance_scale is None or wanted is None:
        return None
    return min(max(wanted, _CFG_SCALE[0]), _CFG_SCALE[1])
