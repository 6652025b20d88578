"""The port of everything that makes pictures: what is asked for, what comes back, and who looks on meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Provider(StrEnum):
    """Who makes the pictures: this machine, or a service that is paid for each."""

    LOCAL = "local"
    REPLICATE = "replicate"
    OPENAI = "openai"
    STABILITY = "stability"


@dataclass(frozen=True, slots=True)
class Model:
    """A model that one may ask for, with what it can do and what it does when nothing else is asked for.

    `id` is a hub id, a folder, or the provider's own name. Sides are pixels. Where `sizes` is empty, every side from
    `min_side` to `max_side` that `multiple` divides will do. `steps` and `guidance_scale` are None where the provider
    does not let one choose. `is_demo` is that of the gallery's own small model, which any real one outdoes.
    """

    id: str
    provider: Provider
    name: str = ""
    width: int = 1024
    height: int = 1024
    sizes: tuple[tuple[int, int], ...] = ()
    min_side: int = 64
    max_side: int = 2048
    multiple: int = 8
    steps: int | None = None
    max_steps: int = 150
    guidance_scale: float | None = None
    schedulers: tuple[str, ...] = ()
    takes_negative_prompt: bool = True
    takes_seed: bool = True
    takes_init_image: bool = True
    prompt_max: int = 4000
    licence: str = ""
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """What one generation asks of a model.

    `seed` is that of the first picture; the picture at `position` n has `seed + n`. `init_image` is an encoded PNG,
    upright, sRGB, of exactly `width` x `height` pixels, which is changed by `strength` (0 keeps it, 1 forgets it).
    `first` is the position to begin at, where those before are made already.
    """

    model: Model
    prompt: str
    width: int
    height: int
    seed: int
    negative_prompt: str = ""
    steps: int | None = None
    guidance_scale: float | None = None
    scheduler: str | None = None
    count: int = 1
    first: int = 0
    init_image: bytes | None = None
    strength: float | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """One picture, as the provider encoded it, and what was really used; None is what the provider did not tell.

    `position` counts from 0 within the generation, `seconds` is the time that this picture took, `cost` US dollars.
    """

    position: int
    content: bytes
    provider: Provider
    model: str
    seconds: float
    seed: int | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    scheduler: str | None = None
    cost: Decimal | None = None


class Watcher(Protocol):
    """Whoever waits for the pictures."""

    cancelled: asyncio.Event
    """Set when nobody wants the pictures any more. A generator notices within a step, and raises `Cancelled`."""

    async def step(self, step: int, steps: int, preview: bytes | None = None) -> None:
        """`step` of `steps` is done, over all pictures of the generation; `preview` is a small JPEG of how it looks.

        Never raises for what only concerns the news.
        """
        ...

    def noted(self) -> str | None:
        """What `note` kept last for this generation, by this worker or by one that died."""
        ...

    async def note(self, text: str | None) -> None:
        """Keep `text` durably: what a worker that takes over must know not to pay twice. Raises `LeaseLost`."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a provider answers. `detail` says in plain words why not; never an address, a key or an answer's text."""

    reachable: bool
    detail: str = ""


class ImageGenerator(Protocol):
    """Makes pictures by one provider."""

    provider: Provider

    def generate(self, spec: GenerationSpec, watcher: Watcher) -> AsyncIterator[Made]:
        """The pictures from position `spec.first` on, each as soon as it is there; all of them, or an error.

        Raises `PromptRefused` and `GenerationFailed` in the provider's words, `GeneratorDown` and `OutOfMemory` where
        another may do it instead, `PaymentNeeded` for an account without credit, and `Cancelled`.
        """
        ...

    async def reach(self) -> Reach:
        """Ask whether the provider answers and takes the key, within a few seconds; nothing is made or paid."""
        ...

    def models(self) -> Sequence[Model]:
        """The models that are configured, the default one first."""
        ...


Vectors = NDArray[np.float32]
"""Rows of unit length: (n, dimensions)."""


class Embedder(Protocol):
    """Places pictures and texts in one space, in which what is alike lies close: the dot product is the cosine."""

    dimensions: int

    def images(self, pictures: Sequence[bytes]) -> Vectors:
        """Where pictures lie, encoded as Pillow reads them, upright, sRGB. Blocks; for a thread of its own.

        Raises `UnreadableImage` for one that cannot be decoded, `OutOfMemory`.
        """
        ...

    def texts(self, texts: Sequence[str]) -> Vectors:
        """Where texts lie; what is longer than the model reads is cut. Blocks; raises `OutOfMemory`."""
        ...
