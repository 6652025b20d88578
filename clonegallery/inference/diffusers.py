"""Pictures made on this machine, by the pipelines of diffusers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

from clonegallery.errors import Cancelled, GalleryError, GenerationFailed, GeneratorDown, OutOfMemory
from clonegallery.inference.bridge import Bridge, Step
from clonegallery.inference.catalogue_local import local_models, on_disk
from clonegallery.inference.denoising import make
from clonegallery.inference.load_failures import is_out_of_memory
from clonegallery.inference.model_folders import shown_name
from clonegallery.inference.port import GenerationSpec, Made, Model, Provider, Reach, Watcher
from clonegallery.inference.resident import Resident
from clonegallery.log import get_logger
from clonegallery.settings import Settings

log = get_logger(__name__)

_ON_CUDA, _ON_CPU = 4, 1
"""Pictures at once: a GPU makes four hardly slower than one, a processor only later."""


class Diffusers:
    """The `ImageGenerator` port over one model in memory and one thread that it is used in.

    `at_once` is how many pictures to try together, None to let the device decide.
    """

    provider = Provider.LOCAL

    def __init__(self, settings: Settings, *, at_once: int | None = None) -> None:
        self._settings = settings
        self._at_once = at_once
        self._resident = Resident(settings)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    async def generate(self, spec: GenerationSpec, watcher: Watcher) -> AsyncIterator[Made]:
        bridge = Bridge(watcher.cancelled)
        self._thread.submit(self._work, spec, bridge)
        async with aclosing(bridge.news()) as all_news:
            async for news in all_news:
                if isinstance(news, Step):
                    await watcher.step(news.step, news.steps, news.preview)
                else:
                    yield news

    async def reach(self) -> Reach:
        """Whether the device and the default model's files are there; a model of the hub may still be fetched."""
        return await asyncio.to_thread(self._reach)

    def models(self) -> Sequence[Model]:
        return local_models(self._settings)

    def describe(self) -> Mapping[str, Any]:
        """The model in memory (`loaded`, None without one), `device`, `dtype`, and `memory_bytes` in use on CUDA."""
        return self._resident.describe()

    def _reach(self) -> Reach:
        try:
            self._resident.device()
        except GeneratorDown as missing:
            return Reach(reachable=False, detail=missing.detail)
        if not (models := self.models()):
            return Reach(reachable=False, detail="No local model is configured: set AI_MODEL.")
        files, name = on_disk(self._settings, models[0].id), models[0].name
        if files.is_lost:
            return Reach(reachable=False, detail=f"The model {name} cannot be loaded: {files.faults[0]}.")
        return Reach(reachable=True, detail="" if files.is_whole else f"The model {name} is fetched when first used.")

    def _work(self, spec: GenerationSpec, bridge: Bridge) -> None:
        """In the thread: make the pictures, and tell the bridge how it ended."""
        try:
            self._make_all(spec, bridge)
        except GalleryError as error:
            bridge.end(error)
        except Exception:
            log.exception("pipeline failed", model=spec.model.id)
            name = shown_name(spec.model.id)
            bridge.end(GenerationFailed(f"The model {name} could not make this picture; the worker's log says why."))
        else:
            bridge.end()

    def _make_all(self, spec: GenerationSpec, bridge: Bridge) -> None:
        """Make the pictures, in smaller batches with a freshly loaded model where the memory does not suffice."""
        at_once = self._at_once or (_ON_CUDA if self._resident.device().type == "cuda" else _ON_CPU)
        position = spec.first
        while position < spec.count:
            positions = range(position, min(position + at_once, spec.count))
            made = self._make(spec, positions, bridge)
            if made is not None:
                for picture in made:
                    bridge.tell(picture)
                position = positions.stop
                continue
            self._resident.unload()
            if len(positions) == 1:
                raise OutOfMemory(f"The device has not enough memory for {spec.width} x {spec.height} pixels.")
            at_once = len(positions) // 2
            log.warning("out of memory", model=spec.model.id, tried=len(positions), next=at_once)

    def _make(self, spec: GenerationSpec, positions: range, bridge: Bridge) -> list[Made] | None:
        """The pictures, or None where the memory does not suffice: an error would keep the pipeline's frames alive."""
        if bridge.unwanted:
            raise Cancelled
        loaded = self._resident.get(spec.model.id)
        try:
            return make(loaded, spec, positions, bridge, self._settings.preview_interval_seconds)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return None
