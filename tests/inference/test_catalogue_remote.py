"""The services' models as the web process describes them, without any service's client."""

import subprocess
import sys

import pytest

from clonegallery.inference.catalogue_remote import models_of, ratio_of, remote_models
from clonegallery.inference.port import Model, Provider
from clonegallery.settings import ROOT, Settings
from tests.inference.ground import settings_for, spec_for

_REMOTE = (Provider.REPLICATE, Provider.OPENAI, Provider.STABILITY)


def _described(provider: Provider, model: str) -> Model:
    return spec_for(provider, model).model


def test_only_services_with_a_key_have_models() -> None:
    assert remote_models(Settings()) == []
    settings = settings_for(Provider.STABILITY, "https://api.stability.ai", openai_api_key="sk-1")
    assert [(one.provider, one.id) for one in remote_models(settings)] == [
        *((Provider.OPENAI, name) for name in settings.openai_models),
        *((Provider.STABILITY, name) for name in settings.stability_models),
    ]


@pytest.mark.parametrize("provider", _REMOTE)
def test_the_models_that_come_configured_are_all_known(provider: Provider) -> None:
    for model in models_of(provider, Settings()):
        assert model.name != model.id
        assert (model.width, model.height) in model.sizes


def test_a_model_that_is_named_twice_is_one() -> None:
    settings = Settings(stability_models=["ultra", "core", "ultra"])
    assert [one.id for one in models_of(Provider.STABILITY, settings)] == ["ultra", "core"]


def test_versions_and_dates_change_nothing_but_the_name_that_is_sent() -> None:
    dated = _described(Provider.OPENAI, "gpt-image-2-2026-04-21")
    assert (dated.id, dated.name, (3840, 2160) in dated.sizes) == ("gpt-image-2-2026-04-21", "GPT Image 2", True)
    assert _described(Provider.REPLICATE, "stability-ai/sdxl:abc").guidance_scale == 7.5


def test_gpt_image_sizes_keep_to_openais_rule() -> None:
    for width, height in _described(Provider.OPENAI, "gpt-image-2.6-flare").sizes:
        assert width % 16 == height % 16 == 0
        assert max(width, height) <= 3840
        assert max(width, height) <= 3 * min(width, height)
        assert 655_360 <= width * height <= 8_294_400


@pytest.mark.parametrize(
    ("provider", "model", "seed", "init_image", "negative"),
    [
        (Provider.OPENAI, "gpt-image-1-mini", False, True, False),
        (Provider.OPENAI, "dall-e-3", False, False, False),
        (Provider.OPENAI, "somebody-elses", False, False, False),
        (Provider.STABILITY, "core", True, False, True),
        (Provider.STABILITY, "sd3.5-large-turbo", True, True, False),
        (Provider.REPLICATE, "black-forest-labs/flux-schnell", True, False, False),
        (Provider.REPLICATE, "ada/unknown:v1", True, True, True),
    ],
)
def test_models_say_what_they_take(
    provider: Provider, model: str, seed: bool, init_image: bool, negative: bool
) -> None:
    found = _described(provider, model)
    assert (found.takes_seed, found.takes_init_image, found.takes_negative_prompt) == (seed, init_image, negative)


def test_a_frame_gets_the_nearest_ratio() -> None:
    assert [ratio_of(*size) for size in [(1024, 1024), (1344, 768), (640, 1536), (1000, 990)]] == [
        "1:1",
        "16:9",
        "9:21",
        "1:1",
    ]


def test_local_models_are_not_described_here() -> None:
    with pytest.raises(ValueError, match="this machine"):
        models_of(Provider.LOCAL, Settings())


def test_no_services_client_is_loaded_to_describe_or_reach_one() -> None:
    code = (
        "import sys, clonegallery.inference.catalogue_remote, clonegallery.inference.reaching;"
        "print([name for name in ('openai', 'replicate', 'torch', 'PIL') if name in sys.modules])"
    )
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"
