"""Names of schedulers: which fit which pipeline, and that diffusers has what each stands for."""

from typing import Any

import diffusers
import pytest

from clonegallery.inference.schedulers import name_of, names_for, scheduler_named

_NOISE = {"_class_name": "PNDMScheduler"}
_FLOW = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}
_PIPELINES = [("StableDiffusionPipeline", _NOISE), ("StableDiffusion3Pipeline", _FLOW), ("FluxPipeline", _FLOW)]


@pytest.mark.parametrize(("pipeline", "config"), _PIPELINES)
def test_every_name_stands_for_a_class_and_is_told_from_its_configuration(
    pipeline: str, config: dict[str, Any]
) -> None:
    for name in names_for(pipeline, config):
        meant = scheduler_named(name)
        built = getattr(diffusers, meant.class_name).from_config(config, **meant.options)
        assert name_of({**built.config, "_class_name": type(built).__name__}) == name


def test_the_pipelines_own_scheduler_comes_first() -> None:
    assert names_for("StableDiffusionPipeline", _NOISE)[0] == "PNDM"
    karras = {"_class_name": "DPMSolverMultistepScheduler", "use_karras_sigmas": True}
    assert names_for("StableDiffusionXLPipeline", karras)[0] == "DPM++ 2M Karras"
    assert names_for("StableDiffusionPipeline", _NOISE).count("PNDM") == 1


def test_flow_matching_pipelines_take_only_flow_matching_schedulers() -> None:
    flow = {name for pipeline in ("FluxPipeline", "StableDiffusion3Pipeline") for name in names_for(pipeline, _FLOW)}
    assert all(name.startswith("FlowMatch") for name in flow)
    assert not flow & set(names_for("StableDiffusionPipeline", _NOISE))
    assert "FlowMatch Heun" not in names_for("FluxPipeline", _FLOW)


def test_a_distilled_pipeline_takes_the_scheduler_that_it_was_distilled_with() -> None:
    assert names_for("LatentConsistencyModelPipeline", {"_class_name": "LCMScheduler"}) == ("LCM",)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"_class_name": "DDPMWuerstchenScheduler"},
        {"_class_name": "DPMSolverMultistepScheduler", "prediction_type": "flow_prediction"},
        {"_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": True},
    ],
)
def test_nothing_is_offered_where_nobody_knows_what_fits(config: dict[str, Any]) -> None:
    assert names_for("SomePipeline", config) == ()


def test_a_scheduler_without_a_name_here_is_called_by_its_class() -> None:
    assert name_of({"_class_name": "DDPMWuerstchenScheduler"}) == "DDPMWuerstchen"


def test_an_unknown_name_stands_for_nothing() -> None:
    with pytest.raises(KeyError):
        scheduler_named("Magic")
