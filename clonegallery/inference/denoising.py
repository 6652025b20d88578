"""Running a loaded pipeline: what it is called with, what is told meanwhile, and what comes out. Blocks its thread."""

import inspect
import math
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import diffusers
import torch
from PIL import Image

from clonegallery.errors import Cancelled, GenerationFailed, PromptRefused
from clonegallery.inference.bridge import Bridge, Step
from clonegallery.inference.model_folders import shown_name
from clonegallery.inference.port import GenerationSpec, Made, Provider
from clonegallery.inference.previews import Previews
from clonegallery.inference.resident import Loaded
from clonegallery.inference.schedulers import name_of, names_for, scheduler_named

_USUAL_STEPS = 20
_USUAL_STRENGTH, _LEAST_STRENGTH = 0.6, 0.02


@dataclass(slots=True)
class Progress:
    """What a pipeline calls after each step: it passes the news on, and ends the pipeline when nobody waits for it.

    `steps` is what each picture is planned to take, and from the first step on what it really takes.
    """

    bridge: Bridge
    previews: Previews
    positions: range
    count: int
    steps: int
    done: int = 0

    def __call__(self, pipeline: Any, index: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if self.bridge.unwanted:
            # Interrupted, a pipeline still decodes what it has, which may take longer than a step: it is left at once.
            pipeline._interrupt = True
            raise Cancelled
        rounds = getattr(pipeline, "num_timesteps", None) or self.steps
        # Schedulers of second order call the model twice a step, and some once more at the beginning.
        self.steps = min(self.steps, math.ceil(rounds / getattr(pipeline.scheduler, "order", 1)))
        done = min(self.steps, math.ceil((index + 1) * self.steps / rounds))
        if done > self.done:
            self.done = done
            self._tell(tensors.get("latents"))
        return tensors

    def _tell(self, latents: torch.Tensor | None) -> None:
        before = self.positions.start * self.steps
        preview = None if latents is None else self.previews.of(latents)
        self.bridge.tell(Step(before + self.done * len(self.positions), self.count * self.steps, preview))


def make(loaded: Loaded, spec: GenerationSpec, positions: range, bridge: Bridge, interval: float) -> list[Made]:
    """The pictures at `positions`, all at once, with a preview every `interval` seconds at most.

    Picture n begins from noise of the seed `spec.seed + n`, made on the processor: it depends neither on the device nor
    on the others. Raises `PromptRefused` for all of them when one is flagged, `GenerationFailed` for a scheduler that
    does not fit, `Cancelled`, and whatever the pipeline raises.
    """
    started = time.monotonic()
    pipeline = loaded.pipeline if spec.init_image is None else loaded.for_images()
    scheduler = _set_scheduler(loaded, pipeline, spec.scheduler)
    loaded.suit(spec.width, spec.height)
    steps = spec.steps or spec.model.steps or _USUAL_STEPS
    previews = Previews(getattr(pipeline, "vae", None), spec.width, spec.height, interval)
    progress = Progress(bridge, previews, positions, spec.count, steps)
    arguments = _arguments(pipeline, spec, progress)
    contents = [_png(image) for image in _run(pipeline, arguments)]
    seconds = (time.monotonic() - started) / len(positions)
    guidance = arguments.get("true_cfg_scale", arguments.get("guidance_scale"))
    return [
        Made(
            position=position,
            content=content,
            provider=Provider.LOCAL,
            model=shown_name(spec.model.id),
            seconds=seconds,
            seed=spec.seed + position,
            steps=progress.steps,
            guidance_scale=guidance,
            scheduler=scheduler,
        )
        for position, content in zip(positions, contents, strict=True)
    ]


def _run(pipeline: Any, arguments: Mapping[str, Any]) -> list[Image.Image]:
    try:
        result = pipeline(**arguments)
    finally:
        pipeline.maybe_free_model_hooks()  # Left half-way, a pipeline would keep its parts on the device.
    if any(getattr(result, "nsfw_content_detected", None) or ()):
        raise PromptRefused("The safety checker takes a picture of this prompt for unsafe; it was not kept.")
    images: list[Image.Image] = result.images
    return images


def _set_scheduler(loaded: Loaded, pipeline: Any, name: str | None) -> str:
    """Give `pipeline` a fresh scheduler: the named one, or of the kind that the model came with. Returns its name."""
    own = {**loaded.scheduler.config, "_class_name": type(loaded.scheduler).__name__}
    fitting = names_for(type(loaded.pipeline).__name__, own)
    if name is not None and name not in (*fitting, name_of(own)):
        raise GenerationFailed(f"The scheduler {name} does not fit the model {shown_name(loaded.model_id)}.")
    if name is None or name not in fitting:
        pipeline.scheduler = type(loaded.scheduler).from_config(loaded.scheduler.config)
        return name_of(own)
    meant = scheduler_named(name)
    pipeline.scheduler = getattr(diffusers, meant.class_name).from_config(loaded.scheduler.config, **meant.options)
    return name


def _arguments(pipeline: Any, spec: GenerationSpec, progress: Progress) -> dict[str, Any]:
    """What to call `pipeline` with: everything that was asked for and that it has a parameter for."""
    parameters = inspect.signature(pipeline.__call__).parameters
    wanted: dict[str, Any] = {
        "prompt": spec.prompt,
        "width": spec.width,
        "height": spec.height,
        "num_inference_steps": progress.steps,
        "num_images_per_prompt": len(progress.positions),
        "generator": [torch.Generator("cpu").manual_seed(spec.seed + position) for position in progress.positions],
        "use_resolution_binning": False,  # It would give another size than was asked for.
        "callback_on_step_end": progress,
        **_guidance(parameters, spec),
        **_init_image(spec, progress),
    }
    if "callback_on_step_end" not in parameters:
        wanted |= {"callback": _old_style(pipeline, progress), "callback_steps": 1}
    return {name: value for name, value in wanted.items() if name in parameters}


def _guidance(parameters: Mapping[str, inspect.Parameter], spec: GenerationSpec) -> dict[str, Any]:
    """Guidance and negative prompt; a pipeline may call the scale otherwise where both prompts guide it."""
    scale = spec.guidance_scale if spec.guidance_scale is not None else spec.model.guidance_scale
    true_scale = parameters.get("true_cfg_scale")
    if true_scale is None:
        found = {"guidance_scale": scale, "negative_prompt": spec.negative_prompt or None}
    elif true_scale.default > 1:
        found = {"true_cfg_scale": scale, "negative_prompt": spec.negative_prompt or " "}
    else:
        # Flux was distilled to do without: guiding it by a negative prompt as well would take twice the time.
        found = {"guidance_scale": scale}
    return {name: value for name, value in found.items() if value is not None}


def _init_image(spec: GenerationSpec, progress: Progress) -> dict[str, Any]:
    """The picture to begin with. For a small strength more steps are planned, so that one of them is really taken."""
    if spec.init_image is None:
        return {}
    strength = max(_USUAL_STRENGTH if spec.strength is None else spec.strength, _LEAST_STRENGTH)
    while int(progress.steps * strength) < 1:
        progress.steps += 1
    image = Image.open(BytesIO(spec.init_image)).convert("RGB")
    return {"image": image, "strength": strength, "num_inference_steps": progress.steps}


def _old_style(pipeline: Any, progress: Progress) -> Callable[[int, Any, torch.Tensor], None]:
    """`progress`, as pipelines call it that are older than `callback_on_step_end`."""

    def callback(index: int, timestep: Any, latents: torch.Tensor) -> None:
        progress(pipeline, index, timestep, {"latents": latents})

    return callback


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    # Trying harder saves a few percent of the bytes and takes several times as long, while the device waits.
    image.save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return buffer.getvalue()
