"""How well `postcard-diffusion` does what it is asked: `python -m workers.training.judging_diffusion`.

Asks for scenes of combinations that it has never seen, in whole captions, and lets a judge that had no part in its
training look at what was made; beside each figure stands the same for the painted pictures, which is all that the judge
can tell. Writes a contact sheet of 64 pictures with what was asked for.
"""

import argparse
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from diffusers import AutoPipelineForText2Image
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from tqdm import tqdm

from clonegallery.demo.caption import caption
from clonegallery.demo.scene import Scene
from clonegallery.inference.own_models import DIFFUSION, located, own_diffusion
from workers.training.judge import Judge, SkyMeter, trained_judge
from workers.training.pictures import SIDE, judging_set, teaching_set
from workers.training.traits import TRAITS, traits_of

_SHEET: Final = 64
_OBJECTS: Final = ("orb", "houses", "lighthouse", "boats", "tree kind", "rainbow", "northern lights")
_NAMES: Final = [name for name, _count, _trait in TRAITS]


def main() -> None:
    asked = _arguments()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    teaching = teaching_set(asked.work, 8_000, seed=asked.seed + 100, processes=2)
    judge = trained_judge(teaching, asked.work, steps=2_000, batch=64, device=device)
    meter = SkyMeter(teaching)
    judging = judging_set(asked.work, asked.count, seed=asked.seed, processes=2)
    made = _made(asked, [caption(scene) for scene in judging.scenes], device)
    print(f"{asked.model.name}: {asked.count} scenes of combinations that it never saw,", end=" ")
    print(f"{asked.steps} steps, guidance {asked.guidance}")
    for (name, found), (_name, ceiling) in zip(
        scores(judge, meter, made, judging.scenes), scores(judge, meter, judging.pixels, judging.scenes), strict=True
    ):
        print(f"  {name}: {found:.3f} (of the painted pictures the judge says {ceiling:.3f})")
    _sheet(made[:_SHEET], judging.scenes[:_SHEET], asked.work / "sheet.png")
    print(f"  a sheet of {_SHEET}: {asked.work / 'sheet.png'}")


def scores(judge: Judge, meter: SkyMeter, pixels: NDArray[np.uint8], scenes: list[Scene]) -> list[tuple[str, float]]:
    """The share of the pictures that show the asked sky (measured, and judged), ground and main object."""
    asked = np.array([traits_of(scene) for scene in scenes])
    seen = judge.traits(pixels)
    same = {name: asked[:, at] == seen[:, at] for at, name in enumerate(_NAMES)}
    measured = [found is scene.sky for found, scene in zip(meter.skies(pixels), scenes, strict=True)]
    mains = [next((name for name in _OBJECTS if asked[row, _NAMES.index(name)]), "") for row in range(len(scenes))]
    objects = [
        bool(asked[row, at] and seen[row, at]) for row, main in enumerate(mains) if main for at in [_NAMES.index(main)]
    ]
    return [
        ("sky, measured", float(np.mean(measured))),
        ("sky, judged", float(same["sky"].mean())),
        ("ground", float(same["ground"].mean())),
        ("water", float(same["water"].mean())),
        ("mountains", float(same["mountains"].mean())),
        ("main object is there", float(np.mean(objects))),
        ("sun or moon on the asked side", float(same["orb side"][asked[:, _NAMES.index("orb")] > 0].mean())),
    ]


def _made(asked: argparse.Namespace, prompts: list[str], device: torch.device) -> NDArray[np.uint8]:
    pipeline: Any = AutoPipelineForText2Image.from_pretrained(asked.model, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to(device)
    found = []
    for at in tqdm(range(0, len(prompts), 10), desc="pictures", unit_scale=10):
        some = prompts[at : at + 10]
        chance = [torch.Generator().manual_seed(at + index) for index in range(len(some))]
        found += pipeline(some, num_inference_steps=asked.steps, guidance_scale=asked.guidance, generator=chance).images
    return np.stack([np.asarray(picture.convert("RGB").resize((SIDE, SIDE))) for picture in found])


def _sheet(pixels: NDArray[np.uint8], scenes: list[Scene], path: Path) -> None:
    """Eight in a row, each above what was asked for."""
    wide, high = 2 * SIDE + 8, 2 * SIDE + 84
    sheet = Image.new("RGB", (8 * wide, -(-len(scenes) // 8) * high), "white")
    pen = ImageDraw.Draw(sheet)
    for index, scene in enumerate(scenes):
        left, top = index % 8 * wide, index // 8 * high
        sheet.paste(Image.fromarray(pixels[index]).resize((2 * SIDE, 2 * SIDE)), (left, top))
        pen.multiline_text((left, top + 2 * SIDE + 4), _wrapped(caption(scene)), fill="black", spacing=1)
    sheet.save(path)


def _wrapped(text: str, width: int = 46) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m workers.training.judging_diffusion", description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(located(DIFFUSION)))
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="where pictures and the judge are kept")
    parser.add_argument("--count", type=int, default=500)
    own = own_diffusion()
    parser.add_argument("--steps", type=int, default=own.steps if own else 20)
    parser.add_argument("--guidance", type=float, default=own.guidance_scale if own else 4.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
