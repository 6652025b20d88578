"""Previews: colours that latents stand for, sizes, shapes that nobody knows, and how often one comes."""

from dataclasses import dataclass, field
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from PIL import Image

from clonegallery.inference.previews import Previews


@dataclass
class Clock:
    """A clock that only goes on when it is told to."""

    now: float = 100.0
    ticks: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now


def _vae(channels: int, factor: float) -> Any:
    return SimpleNamespace(config=SimpleNamespace(latent_channels=channels, scaling_factor=factor, shift_factor=None))


def _picture(content: bytes | None) -> np.ndarray[Any, Any]:
    assert content is not None
    with Image.open(BytesIO(content)) as image:
        assert image.format == "JPEG"
        return np.asarray(image.convert("RGB"))


def _of(latents: torch.Tensor, factor: float, width: int = 512, height: int = 512, channels: int = 4) -> Any:
    return Previews(_vae(channels, factor), width, height, 0.25).of(latents)


def test_nothing_is_grey_and_each_channel_has_its_colour() -> None:
    assert np.abs(_picture(_of(torch.zeros(1, 4, 64, 64), 0.18215)).astype(int) - 127).max() <= 2
    bright = torch.zeros(1, 4, 64, 64)
    bright[:, 1] = 2.0
    red, green, blue = _picture(_of(bright, 0.18215)).reshape(-1, 3).mean(axis=0)
    assert green > 200 > red > 127
    assert blue > 127


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(512, 512, (256, 256)), (1024, 512, (256, 128)), (64, 96, (64, 96)), (4096, 64, (256, 4))],
)
def test_a_preview_has_the_shape_of_the_picture(width: int, height: int, size: tuple[int, int]) -> None:
    content = _of(torch.randn(1, 4, height // 8, width // 8), 0.13025, width, height)
    assert Image.open(BytesIO(content)).size == size


@pytest.mark.parametrize(("width", "height"), [(64, 64), (128, 64), (64, 160)])
def test_packed_latents_show_what_plain_ones_show(width: int, height: int) -> None:
    plain = torch.randn(1, 16, height // 8, width // 8)
    rows, columns = plain.shape[2] // 2, plain.shape[3] // 2
    packed = plain.view(1, 16, rows, 2, columns, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, rows * columns, 64)
    assert _of(packed, 0.3611, width, height, 16) == _of(plain, 0.3611, width, height, 16)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_every_type_of_number_will_do(dtype: torch.dtype) -> None:
    assert _of(torch.randn(2, 4, 64, 64).to(dtype), 0.18215)


def test_numbers_that_are_none_make_a_picture_still() -> None:
    assert _of(torch.full((1, 4, 64, 64), float("nan")), 0.18215)


@pytest.mark.parametrize("shape", [(1, 3, 8, 8), (1, 4), (1, 4, 2, 8, 8), (1, 17, 16), (1, 12, 99)])
def test_latents_of_a_shape_that_nobody_knows_have_no_preview(shape: tuple[int, ...]) -> None:
    assert _of(torch.zeros(shape), 0.18215) is None


@pytest.mark.parametrize("vae", [None, SimpleNamespace(), _vae(4, 0.5)])
def test_a_vae_that_nobody_knows_and_that_cannot_decode_has_no_preview(vae: Any) -> None:
    assert Previews(vae, 512, 512, 0.25).of(torch.zeros(1, 4, 64, 64)) is None


def test_an_unknown_vae_decodes_a_small_copy() -> None:
    torch.manual_seed(0)
    vae: Any = AutoencoderKL(
        block_out_channels=(8, 8),
        latent_channels=4,
        scaling_factor=0.5,
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
    )
    sizes: list[tuple[int, ...]] = []
    vae.decoder.register_forward_pre_hook(lambda _decoder, given: sizes.append(tuple(given[0].shape)))
    picture = _picture(Previews(vae, 1024, 512, 0.25).of(torch.randn(1, 4, 256, 512)))
    assert picture.shape == (128, 256, 3)
    assert sizes == [(1, 4, 16, 32)]


def test_the_first_comes_at_once_and_the_next_after_the_interval() -> None:
    clock = Clock()
    previews = Previews(_vae(4, 0.18215), 512, 512, 0.25, clock)
    latents = torch.zeros(1, 4, 64, 64)
    assert previews.of(latents)
    clock.now += 0.2
    assert previews.of(latents) is None
    clock.now += 0.1
    assert previews.of(latents)


def _teacher(clock: Clock) -> tuple[Any, list[float]]:
    """A VAE that nobody knows, takes a second, and shows the first channel as red and the others as nothing."""
    calls: list[float] = []

    def decode(latents: torch.Tensor, **_options: Any) -> tuple[torch.Tensor]:
        clock.now += 1.0
        calls.append(clock.now)
        red = torch.nn.functional.interpolate(latents[:, :1] * 0.5, scale_factor=8)
        return (torch.cat([red * 0.25 + 0.5, torch.zeros_like(red), torch.full_like(red, -1.0)], dim=1),)

    vae = _vae(4, 0.5)
    vae.decode, vae.dtype = decode, torch.float32
    return vae, calls


def test_a_vae_that_nobody_knows_is_asked_rarely_and_learned_from_meanwhile() -> None:
    clock = Clock()
    vae, calls = _teacher(clock)
    previews = Previews(vae, 512, 512, 0.25, clock)
    torch.manual_seed(0)
    latents = torch.randn(1, 4, 32, 32)
    first = _picture(previews.of(latents)).astype(float)
    clock.now += 0.3
    assert np.abs(_picture(previews.of(latents)).astype(float) - first).mean() < 12, "the same, but blurred"
    other = torch.zeros(1, 4, 32, 32)
    other[:, 0, :, :16] = 2.0
    clock.now += 0.3
    left, right = np.array_split(_picture(previews.of(other)).astype(float), 2, axis=1)
    assert left[..., 0].mean() == pytest.approx(127.5 * (1.5 + 2 / 0.5 * 0.5 * 0.25), abs=14)
    assert right[..., 0].mean() == pytest.approx(127.5 * 1.5, abs=14)
    assert right[..., 2].mean() < 14
    assert len(calls) == 1
    clock.now += 49.0
    assert previews.of(latents)
    assert len(calls) == 1
    clock.now += 1.0
    assert previews.of(latents)
    assert len(calls) == 2


def test_what_teaches_nothing_shows_nothing_wild() -> None:
    clock = Clock()
    vae, _calls = _teacher(clock)
    previews = Previews(vae, 64, 64, 0.25, clock)
    assert previews.of(torch.full((1, 4, 8, 8), float("nan")))
    clock.now += 0.3
    assert previews.of(torch.zeros(1, 4, 8, 8)) is None
    even = Previews(_teacher(clock)[0], 64, 64, 0.25, clock)
    even.of(torch.ones(1, 4, 8, 8))
    clock.now += 0.3
    assert _picture(even.of(torch.ones(1, 4, 8, 8)))[..., 2].mean() < 20
