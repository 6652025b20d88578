"""Schedulers by the names that people know them by, and which of them fit which pipeline. Knows nothing of torch.

The names are those of AUTOMATIC1111's list, so that parameters read the same here and there; what each stands for in
diffusers is from https://huggingface.co/docs/diffusers/api/schedulers/overview.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Config = Mapping[str, Any]
"""A pipeline's `scheduler_config.json`; `_class_name` names the scheduler it was trained with."""


@dataclass(frozen=True, slots=True)
class Scheduler:
    """A class of diffusers, and what of its configuration makes it the named one."""

    class_name: str
    options: Config = field(default_factory=dict)


_MULTISTEP = "DPMSolverMultistepScheduler"
_PLAIN: Config = {"algorithm_type": "dpmsolver++", "use_karras_sigmas": False}
_KARRAS: Config = {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True}

_NOISE: Mapping[str, Scheduler] = {
    "Euler": Scheduler("EulerDiscreteScheduler", {"use_karras_sigmas": False}),
    "Euler Karras": Scheduler("EulerDiscreteScheduler", {"use_karras_sigmas": True}),
    "Euler a": Scheduler("EulerAncestralDiscreteScheduler"),
    "Heun": Scheduler("HeunDiscreteScheduler", {"use_karras_sigmas": False}),
    "DPM2": Scheduler("KDPM2DiscreteScheduler", {"use_karras_sigmas": False}),
    "DPM2 a": Scheduler("KDPM2AncestralDiscreteScheduler", {"use_karras_sigmas": False}),
    "DPM++ 2M": Scheduler(_MULTISTEP, _PLAIN),
    "DPM++ 2M Karras": Scheduler(_MULTISTEP, _KARRAS),
    "DPM++ 2M SDE": Scheduler(_MULTISTEP, {**_PLAIN, "algorithm_type": "sde-dpmsolver++"}),
    "DPM++ 2M SDE Karras": Scheduler(_MULTISTEP, {**_KARRAS, "algorithm_type": "sde-dpmsolver++"}),
    "DDIM": Scheduler("DDIMScheduler"),
    "DDPM": Scheduler("DDPMScheduler"),
    "PNDM": Scheduler("PNDMScheduler"),
    "UniPC": Scheduler("UniPCMultistepScheduler", {"use_karras_sigmas": False}),
    "LCM": Scheduler("LCMScheduler"),
}
"""For models that were trained to take noise away."""

_FLOW_MATCHING: Mapping[str, Scheduler] = {
    "FlowMatch Euler": Scheduler("FlowMatchEulerDiscreteScheduler"),
    "FlowMatch LCM": Scheduler("FlowMatchLCMScheduler"),
    "FlowMatch Heun": Scheduler("FlowMatchHeunDiscreteScheduler"),
}
"""For models that were trained to follow a flow; solvers for noise can too, but not begin from a picture."""

_TAKE_SIGMAS = ("FlowMatch Euler", "FlowMatch LCM")
"""Those that follow a list of noise levels; all but Stable Diffusion 3 among the flow-matching pipelines give one."""

_ALL = {**_NOISE, **_FLOW_MATCHING}
_NOISE_CLASSES = {scheduler.class_name for scheduler in _NOISE.values()} | {
    "DEISMultistepScheduler",
    "DPMSolverSinglestepScheduler",
    "LMSDiscreteScheduler",
}


def names_for(pipeline_class: str, config: Config) -> tuple[str, ...]:
    """The names that one may ask a pipeline for, its own first; none where nobody knows what fits it."""
    own = name_of(config)
    known = _names(pipeline_class, config)
    return (own, *(name for name in known if name != own)) if own in known else known


def name_of(config: Config) -> str:
    """The name of what `config` describes; the class's own name, shortened, where it has none here."""
    class_name = str(config.get("_class_name", ""))
    called = [name for name, scheduler in _ALL.items() if scheduler.class_name == class_name]
    meant = [name for name in called if _describes(_ALL[name], config)]
    return (meant or [class_name.removesuffix("Scheduler")])[0]


def scheduler_named(name: str) -> Scheduler:
    """What `name` stands for. Raises `KeyError` for an unknown one."""
    return _ALL[name]


def _names(pipeline_class: str, config: Config) -> tuple[str, ...]:
    class_name = str(config.get("_class_name", ""))
    if pipeline_class.startswith("LatentConsistencyModel"):
        return ("LCM",)  # It tells its scheduler how many steps it was distilled from, and only this one listens.
    if class_name.startswith("FlowMatch"):
        return tuple(_FLOW_MATCHING) if pipeline_class.startswith("StableDiffusion3") else _TAKE_SIGMAS
    flows = config.get("use_flow_sigmas") or config.get("prediction_type") == "flow_prediction"
    return tuple(_NOISE) if class_name in _NOISE_CLASSES and not flows else ()


def _describes(scheduler: Scheduler, config: Config) -> bool:
    """Whether `config` has all of the scheduler's options; where it is silent, the class does as it is used to."""
    usual: Config = {"algorithm_type": "dpmsolver++", "use_karras_sigmas": False}
    return all(config.get(key, usual[key]) == value for key, value in scheduler.options.items())
