"""Every field that a model cannot do is named; nothing is bent into shape in silence."""

import math

import pytest

from clonegallery.errors import Invalid
from clonegallery.generations.schemas import GenerationRequest
from clonegallery.generations.settling import adapted, settle
from clonegallery.ids import new_id
from clonegallery.inference.port import Model, Provider

LOCAL = Model("sd", Provider.LOCAL, width=512, height=512, max_side=1024, steps=20, guidance_scale=7.5,
              schedulers=("Euler", "DDIM"), prompt_max=1000)  # fmt: skip
PAID = Model("paid", Provider.OPENAI, sizes=((1024, 1024), (1536, 1024), (1024, 1536)), takes_negative_prompt=False,
             takes_seed=False, takes_init_image=False)  # fmt: skip


def _refused(model: Model, **wanted: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        settle(GenerationRequest.model_validate({"prompt": "a sea"} | wanted), model)
    return {error.field: error.message for error in refused.value.errors}


def test_what_is_left_out_is_the_model_s_own_choice() -> None:
    settled = settle(GenerationRequest(prompt="  a sea "), LOCAL)
    assert (settled.prompt, settled.width, settled.height, settled.steps) == ("a sea", 512, 512, 20)
    assert (settled.guidance_scale, settled.scheduler, settled.strength) == (7.5, None, None)
    paid = settle(GenerationRequest(prompt="a sea"), PAID)
    assert (paid.width, paid.steps, paid.guidance_scale) == (1024, None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("prompt", ""), ("prompt", " \n "), ("prompt", "x" * 1001), ("prompt", "x" * 100_000), ("prompt", "a\x00b"),
     ("prompt", "\ud800"), ("negative_prompt", "x" * 1001), ("negative_prompt", "\x00"),
     ("width", 0), ("width", -8), ("width", 513), ("width", 1032), ("height", 10**12), ("height", 7),
     ("steps", 0), ("steps", -1), ("steps", 151), ("steps", 10**30),
     ("guidance_scale", math.nan), ("guidance_scale", math.inf), ("guidance_scale", -1), ("guidance_scale", 51),
     ("seed", -1), ("seed", 2**32), ("seed", 10**40), ("count", 0), ("count", 9), ("count", -1),
     ("scheduler", "Wishful"), ("scheduler", ""), ("strength", 0.5)],
)  # fmt: skip
def test_what_a_model_cannot_do_is_named(field: str, value: object) -> None:
    errors = _refused(LOCAL, **{field: value})
    assert list(errors) == [field]
    assert errors[field].endswith(".")


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = _refused(LOCAL, prompt="", width=1, steps=0, seed=-1, scheduler="x")
    assert set(wrong) == {"prompt", "width", "steps", "seed", "scheduler"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("negative_prompt", "fog"), ("steps", 20), ("guidance_scale", 7.0), ("seed", 1), ("scheduler", "Euler"),
     ("width", 512), ("init_image_id", new_id())],
)  # fmt: skip
def test_a_service_is_not_asked_for_what_it_does_not_take(field: str, value: object) -> None:
    assert list(_refused(PAID, **{field: value})) == [field]


@pytest.mark.parametrize("strength", [-0.1, 1.1, math.nan])
def test_strength_is_a_share(strength: float) -> None:
    assert list(_refused(LOCAL, init_image_id=new_id(), strength=strength)) == ["strength"]
    assert settle(GenerationRequest(prompt="x", init_image_id=new_id()), LOCAL).strength is not None


def test_another_model_gets_the_nearest_that_it_can_do() -> None:
    wanted = settle(
        GenerationRequest(prompt="a sea", negative_prompt="fog", width=768, height=512, steps=30, scheduler="DDIM"),
        LOCAL,
    )
    asked = type("Asked", (), {**{name: getattr(wanted, name) for name in wanted.__slots__}, "model": "sd"})()
    assert adapted(asked, LOCAL) == wanted
    paid = adapted(asked, PAID)
    assert ((paid.width, paid.height), paid.steps, paid.negative_prompt) == ((1536, 1024), None, "")
    assert paid.scheduler is None
