"""The models of this machine: what the settings name, and what the files on disk say about each. Loads no library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clonegallery.generation_settings import LocalModel
from clonegallery.inference.model_folders import faults_of, folder_of, is_path, read_config, read_index, shown_name
from clonegallery.inference.own_models import is_own, located, own_diffusion
from clonegallery.inference.port import Model, Provider
from clonegallery.inference.schedulers import names_for
from clonegallery.inference.usual_models import usual_models
from clonegallery.settings import Settings

SAFETY_CHECKER = "safety_checker"
_MISSING = ("its folder is not on this machine",)
_LATENT = 8
_LARGEST = 2048
_WITH_INIT_IMAGE = {
    "FluxControlNetPipeline",
    "FluxControlPipeline",
    "FluxPipeline",
    "IFPipeline",
    "Kandinsky3Pipeline",
    "KandinskyCombinedPipeline",
    "KandinskyV22CombinedPipeline",
    "KolorsPipeline",
    "LatentConsistencyModelPipeline",
    "QwenImagePipeline",
    "StableDiffusion3Pipeline",
    "StableDiffusionPipeline",
    "StableDiffusionXLPipeline",
    "ZImagePipeline",
}
"""The text-to-image pipelines that diffusers has an image-to-image one with a strength for."""

_WITHOUT_NEGATIVE = {"Flux2Pipeline", "FluxPipeline", "LatentConsistencyModelPipeline"}


@dataclass(frozen=True, slots=True)
class _Habits:
    """How many steps and how much guidance a family is usually run with, as its authors' examples have it."""

    steps: int
    guidance_scale: float


_HABITS: Mapping[str, _Habits] = {
    "FluxPipeline": _Habits(28, 3.5),
    "LatentConsistencyModelPipeline": _Habits(4, 8.0),
    "StableDiffusion3Pipeline": _Habits(28, 4.5),
    "StableDiffusionXLPipeline": _Habits(30, 5.0),
}
_FAST_FLUX = _Habits(4, 0.0)


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Where the files of a model are: `folder` is None where none of them is on this machine.

    `faults` say in plain words what keeps it from being loaded.
    """

    source: str
    folder: Path | None
    faults: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything is there that is needed."""
        return self.folder is not None and not self.faults

    @property
    def is_lost(self) -> bool:
        """Whether something is missing that the hub cannot give."""
        return bool(self.faults) and is_path(self.source)


def local_models(settings: Settings) -> list[Model]:
    """The models that `AI_MODEL` and `AI_MODELS` name, or the usual ones where they name none; the default one first.

    A model's `id` is its hub id, or the last part of its folder: paths of this machine are told to nobody.
    """
    return [_model(name, configured, settings.model_cache_dir) for name, configured in _configured(settings).items()]


def on_disk(settings: Settings, model_id: str) -> OnDisk:
    """The files of a model; an id that is not configured stands for itself, be it a hub id or a folder."""
    configured = _configured(settings).get(model_id)
    source = configured.id if configured else located(model_id)
    folder = folder_of(source, settings.model_cache_dir)
    if folder is not None:
        return OnDisk(source, folder, tuple(faults_of(folder, without=unwanted(settings))))
    return OnDisk(source, None, _MISSING if is_path(source) else ())


def unwanted(settings: Settings) -> frozenset[str]:
    """The components of a model that the settings do without."""
    return frozenset() if settings.ai_safety_checker else frozenset({SAFETY_CHECKER})


def _configured(settings: Settings) -> dict[str, LocalModel]:
    """What is configured, by the id that everybody sees; of two folders of one name the second gets a number."""
    given = settings.ai_models or usual_models(settings)
    detailed = {located(model.id): model.model_copy(update={"id": located(model.id)}) for model in given}
    first = [located(name.strip()) for name in settings.ai_model.split(",") if name.strip()]
    named: dict[str, LocalModel] = {}
    for source in dict.fromkeys([*first, *detailed]):
        name, number = shown_name(source), 2
        while name in named:
            name, number = f"{shown_name(source)}-{number}", number + 1
        named[name] = detailed.get(source) or _plain(source)
    return named


def _plain(source: str) -> LocalModel:
    """A model of which the settings say nothing but its name."""
    own = own_diffusion()
    return own if own is not None and own.id == source else LocalModel(id=source)


def _model(model_id: str, configured: LocalModel, cache_dir: Path | None) -> Model:
    folder = folder_of(configured.id, cache_dir)
    found = _described(folder, model_id) if folder else _unknown(model_id)
    given = configured.model_dump(include=configured.model_fields_set - {"id", "name", "licence"})
    model = replace(
        found, **given, name=configured.name or model_id, licence=configured.licence, is_demo=is_own(configured.id)
    )
    # A default that one may not ask for would be refused without anybody having asked for it.
    return replace(model, max_side=max(model.max_side, model.width, model.height))


def _unknown(model_id: str) -> Model:
    """A model that is not on this machine yet: what it can do shows once it is."""
    usual = LocalModel(id=model_id)
    return Model(
        id=model_id,
        provider=Provider.LOCAL,
        width=usual.width,
        height=usual.height,
        steps=usual.steps,
        guidance_scale=usual.guidance_scale,
    )


def _described(folder: Path, model_id: str) -> Model:
    """What the files in `folder` say; what they do not say is as for an unknown model."""
    model = _unknown(model_id)
    try:
        pipeline_class = str(read_index(folder).get("_class_name", ""))
    except ValueError:
        return model
    denoiser = read_config(folder, "transformer") or read_config(folder, "unet")
    latent = _latent_size(read_config(folder, "vae"))
    side = _side(pipeline_class, denoiser, latent)
    habits = _habits(pipeline_class, denoiser)
    return replace(
        model,
        width=side or model.width,
        height=side or model.height,
        max_side=max(_LARGEST, side),
        multiple=latent * 2 if (folder / "transformer").is_dir() else latent,
        steps=habits.steps if habits else model.steps,
        guidance_scale=habits.guidance_scale if habits else model.guidance_scale,
        schedulers=names_for(pipeline_class, read_config(folder, "scheduler")),
        takes_negative_prompt=pipeline_class not in _WITHOUT_NEGATIVE,
        takes_init_image=pipeline_class in _WITH_INIT_IMAGE,
    )


def _habits(pipeline_class: str, denoiser: Mapping[str, Any]) -> _Habits | None:
    if pipeline_class == "FluxPipeline" and denoiser.get("guidance_embeds") is False:
        return _FAST_FLUX  # Distilled to a few steps, and deaf to guidance.
    return _HABITS.get(pipeline_class)


def _latent_size(vae: Mapping[str, Any]) -> int:
    """Pixels per latent along a side: each block of the encoder but the last one halves it."""
    blocks = vae.get("block_out_channels") or vae.get("encoder_block_out_channels")
    return 2 ** (len(blocks) - 1) if isinstance(blocks, list) and blocks else _LATENT


def _side(pipeline_class: str, denoiser: Mapping[str, Any], latent: int) -> int:
    """The side that a model was trained at; 0 where it does not say."""
    size = denoiser.get("sample_size")
    if pipeline_class == "FluxPipeline":
        size = 128  # Its transformer does not say; the pipeline's own default is this.
    size = size[0] if isinstance(size, Sequence) and size else size
    return size * latent if isinstance(size, int) and 64 <= size * latent <= 4096 else 0
