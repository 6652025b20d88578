"""What was used for a picture, in the words that AUTOMATIC1111-compatible tools read and write. Pure.

The form is that of its `create_infotext` (modules/processing.py in AUTOMATIC1111/stable-diffusion-webui): the prompt,
a line `Negative prompt: …` where there is one, and a line of `Name: value` pairs, values with commas quoted as JSON.
"""

import json
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """What was really used for one picture; None is not known. Sides are pixels, `cost` US dollars."""

    provider: str
    model: str
    prompt: str
    negative_prompt: str
    width: int
    height: int
    steps: int | None
    guidance_scale: float | None
    scheduler: str | None
    seed: int | None
    strength: float | None
    seconds: float
    cost: Decimal | None


def infotext(used: Used) -> str:
    """The text that goes into the picture."""
    pairs = (
        ("Steps", used.steps),
        ("Sampler", used.scheduler),
        ("CFG scale", None if used.guidance_scale is None else f"{used.guidance_scale:g}"),
        ("Seed", used.seed),
        ("Size", f"{used.width}x{used.height}"),
        ("Model", used.model),
        ("Denoising strength", None if used.strength is None else f"{used.strength:g}"),
        ("Version", f"CloneGallery ({used.provider})"),
    )
    last = ", ".join(f"{name}: {_quoted(str(value))}" for name, value in pairs if value is not None)
    negative = [f"Negative prompt: {used.negative_prompt}"] if used.negative_prompt else []
    return "\n".join([used.prompt, *negative, last])


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',\n:"') else value
