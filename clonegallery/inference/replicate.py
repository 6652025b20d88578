"""Replicate, by its own client: predictions, which go on without us and can be followed, cancelled and taken over."""

import asyncio
import io
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from replicate.client import Client
from replicate.file import File
from replicate.helpers import FileOutput
from replicate.prediction import Prediction

from clonegallery.errors import Cancelled, GalleryError, GenerationFailed, GeneratorDown, PromptRefused
from clonegallery.inference.catalogue_remote import is_flux, models_of, ratio_of
from clonegallery.inference.port import GenerationSpec, Made, Model, Provider, Reach, Watcher
from clonegallery.inference.prices import price_of
from clonegallery.inference.reaching import reach
from clonegallery.inference.remote import in_words, pause, paying, retried, unless_cancelled
from clonegallery.inference.results import NO_PICTURE, fetched, whole_picture
from clonegallery.inference.services import service_of
from clonegallery.inference.wire import Wire
from clonegallery.log import get_logger
from clonegallery.settings import Settings

log = get_logger(__name__)

T = TypeVar("T")

POLL_SECONDS = 0.5

# One request. The client waits for ever by itself.
_REQUEST_SECONDS = 30.0
# Enough of the logs for the newest line of a progress bar.
_LAST_LOGS = 2000
# What is no picture: a prediction's own fields, and its logs.
_MAX_HEAD_BYTES = 4 << 20
_DONE = ("succeeded", "failed", "canceled")
_MODEL = re.compile(r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(?::(?P<version>[\w.-]+))?")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTE = re.compile(r"prediction:(\d+):([A-Za-z0-9_-]{1,64})")
# A line of the logs that a progress bar wrote: ` 32%|███▏      | 9/28 [00:01<00:02, 7.1it/s]`, or just `9/28`.
_PROGRESS = re.compile(r"(?:^|[\s|])(\d{1,4})/(\d{1,4})(?=[\s\[,]|$)")
# Models say in words of their own that their safety checker held a picture back.
_HELD_BACK = re.compile(r"nsfw|safety|sensitive|flagged|moderat", re.IGNORECASE)


class Replicate:
    """Pictures by Replicate's models: official ones as `owner/name`, others as `owner/name:version`."""

    provider = Provider.REPLICATE

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._service = service_of(self.provider, settings)

    async def generate(self, spec: GenerationSpec, watcher: Watcher) -> AsyncIterator[Made]:
        """See `ImageGenerator.generate`. One prediction a picture, so that each has a seed of its own."""
        async with Wire(self._settings.ai_max_bytes * 4 // 3 + _MAX_HEAD_BYTES) as wire:
            client = Client(api_token=self._service.key, base_url=self._service.url, transport=wire)
            for position in range(spec.first, spec.count):
                yield await _Ordered(self._settings, client, spec, position, watcher).picture()
                await watcher.note(None)

    async def reach(self) -> Reach:
        """See `ImageGenerator.reach`."""
        return await reach(self._service)

    def models(self) -> Sequence[Model]:
        """See `ImageGenerator.models`."""
        return models_of(self.provider, self._settings)


class _Ordered:
    """One picture that is ordered, or was by a worker that died, and followed until it is there."""

    def __init__(
        self, settings: Settings, client: Client, spec: GenerationSpec, position: int, watcher: Watcher
    ) -> None:
        self._settings = settings
        self._service = service_of(Provider.REPLICATE, settings)
        self._client = client
        self._spec = spec
        self._position = position
        self._watcher = watcher
        self._steps = 1

    async def picture(self) -> Made:
        begun = time.monotonic()
        prediction_id = self._ordered_before() or await self._order()
        try:
            prediction = await self._finished(prediction_id)
            content = await self._content(prediction)
        except GeneratorDown:
            raise  # The prediction goes on: whoever tries again follows it.
        except GalleryError:
            await self._watcher.note(None)
            raise
        await self._show(self._steps)
        return self._made(prediction, content, time.monotonic() - begun)

    def _ordered_before(self) -> str:
        found = _NOTE.fullmatch(self._watcher.noted() or "")
        return found[2] if found and int(found[1]) == self._position else ""

    async def _order(self) -> str:
        async with paying(self._service, self._watcher, self._position):
            wanted = input_of(self._spec, self._position)
            if self._spec.init_image is not None:
                wanted["image"] = await self._uploaded(self._spec.init_image)
            # Not broken off when cancelled: it takes a moment, and whoever waits for the id can cancel what it names.
            prediction = await self._asking(lambda: self._create(wanted), paid=True)
            if not _ID.fullmatch(prediction.id):
                raise GenerationFailed("Replicate's answer names no prediction.")
        await self._watcher.note(f"prediction:{self._position}:{prediction.id}")
        return prediction.id

    async def _create(self, wanted: dict[str, Any]) -> Prediction:
        asked = _MODEL.fullmatch(self._spec.model.id)
        if asked is None:
            raise GenerationFailed("Replicate's models are named owner/name or owner/name:version.")
        if asked["version"]:
            return await self._client.predictions.async_create(version=asked["version"], input=wanted)
        return await self._client.models.predictions.async_create((asked["owner"], asked["name"]), wanted)

    async def _uploaded(self, picture: bytes) -> str:
        async def upload() -> File:
            files = self._client.files
            return await files.async_create(io.BytesIO(picture), filename="image.png", content_type="image/png")

        file = await self._asking(lambda: unless_cancelled(upload(), self._watcher))
        return str(file.urls["get"])

    async def _finished(self, prediction_id: str) -> Prediction:
        """The prediction when it has succeeded. Raises what became of it otherwise."""
        try:
            async with asyncio.timeout(self._settings.ai_seconds):
                while (prediction := await self._look(prediction_id)).status not in _DONE:
                    await self._show_logs(prediction.logs or "")
                    await pause(POLL_SECONDS, self._watcher)
        except Cancelled:
            await self._cancel(prediction_id)
            raise
        except TimeoutError:
            await self._cancel(prediction_id)
            await self._watcher.note(None)
            raise GeneratorDown(f"Replicate took longer than {self._settings.ai_seconds:g} seconds.") from None
        if prediction.status != "succeeded":
            raise self._failure(prediction)
        return prediction

    async def _look(self, prediction_id: str) -> Prediction:
        return await self._asking(
            lambda: unless_cancelled(self._client.predictions.async_get(prediction_id), self._watcher)
        )

    async def _cancel(self, prediction_id: str) -> None:
        """Tell Replicate that nobody wants the prediction any more, which then costs no more either."""
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                await self._client.predictions.async_cancel(prediction_id)
        except Exception as error:  # noqa: BLE001 Nothing that goes wrong here changes that the picture is unwanted.
            log.warning("prediction not cancelled", prediction=prediction_id, cause=type(error).__name__)

    async def _asking(self, call: Callable[[], Awaitable[T]], *, paid: bool = False) -> T:
        retries = self._settings.ai_retries
        try:
            return await retried(
                call, self._service, self._watcher, retries=retries, seconds=_REQUEST_SECONDS, paid=paid
            )
        except (ValueError, TypeError):  # What the client makes of an answer without the fields that it expects.
            raise GenerationFailed("Replicate's answer cannot be understood.") from None

    def _failure(self, prediction: Prediction) -> GalleryError:
        words = in_words(self._service, prediction.error or "")
        if prediction.status == "canceled":
            return GenerationFailed(words or "The prediction was cancelled at Replicate.")
        if _HELD_BACK.search(words):
            return PromptRefused(words)
        return GenerationFailed(words or "The prediction failed at Replicate without a reason.")

    async def _content(self, prediction: Prediction) -> bytes:
        address = output_of(prediction.output)
        content = await retried(
            lambda: unless_cancelled(fetched(address, self._service, self._settings.ai_max_bytes), self._watcher),
            self._service,
            self._watcher,
            retries=self._settings.ai_retries,
            seconds=self._settings.ai_seconds,
        )
        return await whole_picture(content)

    async def _show_logs(self, logs: str) -> None:
        if found := _PROGRESS.findall(logs[-_LAST_LOGS:]):
            step, steps = (int(number) for number in found[-1])
            if 0 < step <= steps:
                self._steps = steps
                await self._show(step)

    async def _show(self, step: int) -> None:
        await self._watcher.step(self._position * self._steps + step, self._spec.count * self._steps)

    def _made(self, prediction: Prediction, content: bytes, seconds: float) -> Made:
        sent = prediction.input or {}
        return Made(
            position=self._position,
            content=content,
            provider=Provider.REPLICATE,
            model=self._spec.model.id,
            seconds=seconds,
            seed=_as(int, sent.get("seed")),
            steps=_as(int, sent.get("num_inference_steps")),
            guidance_scale=_as(float, sent.get("guidance_scale", sent.get("guidance"))),
            scheduler=_as(str, sent.get("scheduler")),
            cost=price_of(self._settings, Provider.REPLICATE, self._spec.model.id),
        )


def input_of(spec: GenerationSpec, position: int) -> dict[str, Any]:
    """The inputs of the model, but for the picture to begin from: FLUX is told an aspect ratio, the others a size."""
    model = spec.model
    wanted: dict[str, Any] = {"prompt": spec.prompt}
    if model.takes_seed:
        wanted["seed"] = spec.seed + position
    if is_flux(model.id):
        wanted |= {"aspect_ratio": ratio_of(spec.width, spec.height), "output_format": "png"}
    else:
        wanted |= {"width": spec.width, "height": spec.height}
    if spec.negative_prompt and model.takes_negative_prompt:
        wanted["negative_prompt"] = spec.negative_prompt
    chosen = {
        "num_inference_steps": spec.steps if model.steps is not None else None,
        "guidance" if is_flux(model.id) else "guidance_scale": (
            spec.guidance_scale if model.guidance_scale is not None else None
        ),
        "scheduler": spec.scheduler if model.schedulers else None,
        "prompt_strength": spec.strength if spec.init_image is not None else None,
    }
    return wanted | {name: value for name, value in chosen.items() if value is not None}


def output_of(output: object) -> str:
    """Where the picture lies that a prediction ended with: an address, or the first of several."""
    match output:
        case FileOutput():
            return str(output.url)
        case str():
            return output
        case [first, *_]:
            return output_of(first)
    raise GenerationFailed(NO_PICTURE)


def _as(kind: type[T], value: object) -> T | None:
    """`value` where it is of this kind; JSON does not keep apart 3 and 3.0."""
    told = float(value) if kind is float and isinstance(value, int) else value
    return told if isinstance(told, kind) else None
