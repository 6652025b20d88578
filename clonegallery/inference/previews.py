"""What a picture looks like while it forms: a small JPEG from its latents, at a price that is next to nothing."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import torch
from PIL import Image

LONGEST = 256
_QUALITY = 70
_SHARE = 0.02
_DECODED = 32
_RIDGE = 0.1

Rows = tuple[tuple[float, float, float], ...]
Colours = np.ndarray[Any, np.dtype[np.float32]]
"""Red, green and blue from -1 to 1, of the shape (rows, columns, 3), in main memory."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Red, green and blue, from -1 to 1, that one unit of each latent channel adds to `base`."""

    rows: Rows | Colours
    base: tuple[float, float, float] | Colours = (0.0, 0.0, 0.0)


# Adapted in https://discuss.huggingface.co/t/decoding-latents-to-rgb-without-upscaling/23204; this table and the next
# three are those of InvokeAI (Apache 2.0), invokeai/app/util/step_callback.py.
_SD1 = Projection(
    (
        (0.3444, 0.1385, 0.0670),
        (0.1247, 0.4027, 0.1494),
        (-0.3192, 0.2513, 0.2103),
        (-0.1307, -0.1874, -0.7445),
    )
)
_SDXL = Projection(
    (
        (0.3816, 0.4930, 0.5320),
        (-0.3753, 0.1631, 0.1739),
        (0.1770, 0.3588, -0.2048),
        (-0.4350, -0.2644, -0.4289),
    )
)
_SD3 = Projection(
    (
        (-0.0524, 0.0325, 0.0749),
        (-0.0581, 0.0076, 0.0573),
        (0.1614, 0.0127, -0.0377),
        (0.1442, 0.0846, 0.1594),
        (0.0489, 0.0056, -0.0669),
        (0.0519, 0.1922, 0.0626),
        (0.1539, 0.0482, 0.0710),
        (-0.0860, 0.0901, 0.1089),
        (-0.1240, -0.0677, 0.0034),
        (-0.0440, 0.0783, 0.0226),
        (0.0310, 0.0638, 0.0775),
        (-0.0132, 0.0855, -0.0877),
        (0.0646, 0.0591, 0.1326),
        (-0.0786, -0.0226, -0.1276),
        (-0.0992, -0.0801, -0.0626),
        (-0.0339, -0.0804, -0.0608),
    )
)
_FLUX = Projection(
    (
        (-0.0412, 0.0149, 0.0521),
        (0.0056, 0.0291, 0.0768),
        (0.0342, -0.0681, -0.0427),
        (-0.0258, 0.0092, 0.0463),
        (0.0863, 0.0784, 0.0547),
        (-0.0017, 0.0402, 0.0158),
        (0.0501, 0.1058, 0.1152),
        (-0.0209, -0.0218, -0.0329),
        (-0.0314, 0.0083, 0.0896),
        (0.0851, 0.0665, -0.0472),
        (-0.0534, 0.0238, -0.0024),
        (0.0452, -0.0026, 0.0048),
        (0.0892, 0.0831, 0.0881),
        (-0.1117, -0.0304, -0.0789),
        (0.0027, -0.0479, -0.0043),
        (-0.1146, -0.0827, -0.0598),
    )
)

_KNOWN: Mapping[tuple[int, float], Projection] = {
    (4, 0.18215): _SD1,
    (4, 0.13025): _SDXL,
    (16, 1.5305): _SD3,
    (16, 0.3611): _FLUX,
}
"""By the number of latent channels and the VAE's scaling factor: who has both the same has the same VAE."""


class Previews:
    """The previews of the pictures of one pipeline, `width` by `height` pixels each.

    One comes after the first step, then one per `interval` seconds at most. A VAE that nobody knows decodes the first,
    and others so rarely that they take a fiftieth of the time together; those between are drawn by what it taught.
    """

    def __init__(
        self, vae: Any, width: int, height: int, interval: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._vae, self._width, self._height = vae, width, height
        self._interval, self._clock = interval, clock
        self._due = self._decode_at = float("-inf")
        self._learned: Projection | None = None

    @torch.inference_mode()
    def of(self, latents: torch.Tensor) -> bytes | None:
        """A JPEG of the first picture in `latents`, where one is due and anybody knows how; its longest side is 256.

        `latents` are as the pipeline has them: (batch, channels, rows, columns), or packed two by two into
        (batch, rows x columns / 4, channels x 4), of a torch floating-point type.
        """
        started = self._clock()
        if started < self._due:
            return None
        self._due = started + self._interval
        colours = self._colours(latents[:1])
        return _jpeg(colours, self._width, self._height) if colours is not None else None

    def _colours(self, latents: torch.Tensor) -> Colours | None:
        config = getattr(self._vae, "config", None)
        channels = getattr(config, "latent_channels", None)
        if config is None or not isinstance(channels, int):
            return None
        spread = _unpacked(latents, channels, self._width, self._height)
        if spread is None:
            return None
        factor = float(getattr(config, "scaling_factor", None) or 1.0)
        known = _KNOWN.get((channels, round(factor, 5)))
        if known is None and self._clock() >= self._decode_at:
            return self._decoded(spread, factor)
        known = known or self._learned
        return _projected(spread, known) if known else None

    def _decoded(self, latents: torch.Tensor, factor: float) -> Colours | None:
        started = self._clock()
        colours = _decoded(self._vae, latents, factor)
        if colours is not None:
            self._learned = _learned(latents, colours)
        ended = self._clock()
        self._decode_at = ended + (ended - started) / _SHARE
        return colours


def _unpacked(latents: torch.Tensor, channels: int, width: int, height: int) -> torch.Tensor | None:
    """Latents as (channels, rows, columns); None for a shape that is neither plain nor packed."""
    if latents.ndim == 4 and latents.shape[1] == channels:
        return latents[0]
    if latents.ndim != 3 or latents.shape[2] != channels * 4:
        return None
    count = int(latents.shape[1])
    rows = round((count * height / width) ** 0.5)
    if not rows or count % rows:
        return None
    # https://github.com/huggingface/diffusers, FluxPipeline._unpack_latents: each patch is two by two latents.
    patches = latents[0].view(rows, count // rows, channels, 2, 2)
    return patches.permute(2, 0, 3, 1, 4).reshape(channels, rows * 2, count // rows * 2)


def _learned(latents: torch.Tensor, colours: Colours) -> Projection | None:
    """The projection that comes nearest to what a VAE made of these latents: linear least squares, over their cells."""
    planes = _reduced(latents, _DECODED).float().cpu()
    seen = torch.from_numpy(np.ascontiguousarray(colours.transpose(2, 0, 1)))
    small = torch.nn.functional.adaptive_avg_pool2d(seen[None], (planes.shape[1], planes.shape[2]))[0]
    cells = torch.cat([planes, torch.ones_like(planes[:1])]).flatten(1).T
    if not bool(torch.isfinite(cells).all()) or cells.shape[0] <= cells.shape[1]:
        return None
    # A little ridge: channels that are the same everywhere must not make the others explode.
    square = cells.T @ cells + _RIDGE * torch.eye(cells.shape[1])
    found = torch.linalg.solve(square, cells.T @ small.flatten(1).T).numpy()
    return Projection(found[:-1], found[-1])


def _projected(latents: torch.Tensor, projection: Projection) -> Colours:
    # In main memory, where the few numbers soon are: torch would wake all of its threads for them, or start kernels.
    planes = _reduced(latents, LONGEST).float().cpu().numpy()
    colours: Colours = np.einsum("chw,cr->hwr", planes, np.asarray(projection.rows, dtype=np.float32))
    return colours + np.asarray(projection.base, dtype=np.float32)


def _decoded(vae: Any, latents: torch.Tensor, factor: float) -> Colours | None:
    """What the VAE makes of a copy so small that decoding it costs little; None where it takes no such latents."""
    # Pictures of one family look alike at a quarter of their size; the weights need not know that it is one.
    small = _reduced(latents, _DECODED)[None] / factor + float(getattr(vae.config, "shift_factor", None) or 0.0)
    try:
        decoded = vae.decode(small.to(vae.dtype), return_dict=False)[0]
    except (RuntimeError, ValueError, TypeError, AttributeError):
        return None  # A preview is news: a VAE that wants more than latents makes none.
    if decoded.ndim != 4 or decoded.shape[1] != 3:
        return None
    planes: Colours = _reduced(decoded[0], LONGEST).float().cpu().numpy()
    return planes.transpose(1, 2, 0)


def _reduced(planes: torch.Tensor, longest: int) -> torch.Tensor:
    """(channels, rows, columns), averaged down until no side is longer than `longest`."""
    factor = -(-max(planes.shape[1:]) // longest)
    return planes if factor <= 1 else torch.nn.functional.avg_pool2d(planes[None], factor, ceil_mode=True)[0]


def _jpeg(colours: Colours, width: int, height: int) -> bytes:
    """Enlarged where it is smaller than a preview may be, or the blocks of JPEG would show on the page."""
    shades = (np.nan_to_num(colours) * 127.5 + 127.5).clip(0, 255).astype(np.uint8)
    scale = min(1.0, LONGEST / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(shades).resize(size, Image.Resampling.BICUBIC)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
