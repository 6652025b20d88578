"""What making derivatives costs: `python -m tests.bench.bench_derivatives`.

Prints medians of the CPU time that one core spends on three WebP sizes (quality 80) of a 24-megapixel JPEG, ours beside
pyvips and sharp in the same run, then what each further step of ingest adds, then the peak memory of a process that
renders 100 megapixels. Needs `pip install -r requirements-bench.txt`; fetches sharp with npm into `var/bench`, and does
without it where npm cannot.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw

from clonegallery.images.colour import dominant_color
from clonegallery.images.exif import read_exif
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.opening import open_picture
from clonegallery.images.pixels import _as_rgba, _decode_to_fit, _encode_chain, render
from clonegallery.images.sniff import sniff
from clonegallery.images.thumbhash import thumbhash
from clonegallery.variants import Variant

VAR = Path(__file__).resolve().parents[2] / "var" / "bench"
SHARP = "0.35.5"
ROUNDS = 9
LIMITS = DecodeLimits()
MIME = "image/jpeg"

SHARP_SCRIPT = """
const sharp = require('sharp');
sharp.concurrency(1);
sharp.cache(false);
const webp = (raw) => sharp(raw.data, {raw: raw.info}).webp({quality: 80}).toBuffer();
const smaller = (raw, edge) =>
  sharp(raw.data, {raw: raw.info}).resize(edge, edge, {fit: 'inside'}).raw().toBuffer({resolveWithObject: true});
async function once(file) {
  const before = process.cpuUsage();
  let raw = await sharp(file).resize(1200, 1200, {fit: 'inside'}).raw().toBuffer({resolveWithObject: true});
  let bytes = (await webp(raw)).length;
  for (const edge of [600, 300]) {
    raw = await smaller(raw, edge);
    bytes += (await webp(raw)).length;
  }
  const used = process.cpuUsage(before);
  return [(used.user + used.system) / 1e6, bytes];
}
(async () => {
  await once(process.argv[2]);
  for (let i = 0; i < Number(process.argv[3]); i++) console.log(JSON.stringify(await once(process.argv[2])));
})();
"""

MEMORY_SCRIPT = """
import re, sys
from pathlib import Path
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.pixels import render
render(Path(sys.argv[1]), "image/jpeg", Path(sys.argv[2]), DecodeLimits())
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of the median round, and the bytes that it wrote."""

    seconds: float
    byte_size: int = 0


def cpu_cost(work: Callable[[], int]) -> Cost:
    """The median CPU time of `work`, which returns the bytes it made, after one round that does not count."""
    work()
    taken, byte_size = [], 0
    for _ in range(ROUNDS):
        before = time.process_time()
        byte_size = work()
        taken.append(time.process_time() - before)
    return Cost(median(taken), byte_size)


def detailed_picture(width: int, height: int) -> Image.Image:
    """Octaves of seeded noise under hard-edged shapes: about as many JPEG bytes as a camera's picture of foliage."""
    rng = np.random.default_rng(24)
    field = np.zeros((height, width, 3), np.float32)
    for octave in range(2, 13):
        across = 2**octave
        coarse = rng.normal(size=(max(2, across * height // width), across, 3)).astype(np.float32)
        for channel in range(3):
            layer = Image.fromarray(coarse[..., channel]).resize((width, height), Image.Resampling.BICUBIC)
            field[..., channel] += 0.8**octave * np.asarray(layer)
    field += rng.normal(size=(height, width, 1)).astype(np.float32) * 0.12  # The grain of a sensor.
    field -= field.min()
    picture = Image.fromarray((field * (255 / field.max())).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for index in range(200):
        x, y, radius = int(rng.integers(0, width)), int(rng.integers(0, height)), int(rng.integers(20, 300))
        colour = tuple(int(value) for value in rng.integers(0, 255, 3))
        shape = draw.ellipse if index % 2 else draw.rectangle
        shape((x - radius, y - radius // 2, x + radius, y + radius // 2), outline=colour, width=radius // 12 + 1)
    return picture


def prepared(name: str, width: int, height: int, *, progressive: bool = False) -> Path:
    """A JPEG drawn once and kept in `var/bench`, with the EXIF of a camera."""
    path = VAR / name
    if not path.exists():
        exif = Image.Exif()
        exif.update({0x010F: "Bench", 0x0110: "24M", 0x0132: "2024:05:06 07:08:09"})
        exif.get_ifd(0x8769).update({0x829A: 0.004, 0x829D: 2.8, 0x8827: 200, 0x920A: 35.0})
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
        detailed_picture(width, height).save(path, "JPEG", quality=90, progressive=progressive, exif=exif)
    return path


def bare_decode(source: Path) -> int:
    with Image.open(source) as picture:
        picture.draft(None, (1200, 800))
        picture.load()
    return 0


def our_chain(source: Path) -> int:
    with open_picture(source, MIME, LIMITS) as picture:
        largest = _decode_to_fit(picture, MIME, Variant.THUMB_1200.edge)
    return sum(len(content) for _, _, content in _encode_chain(largest))


def vips_chain(source: Path) -> int:
    # Loaded here, because its thread count must be in the environment before; by name, because only this bench has it.
    pyvips = import_module("pyvips")
    picture = pyvips.Image.thumbnail(str(source), 1200, height=1200, size="down").copy_memory()
    byte_size = len(picture.webpsave_buffer(Q=80, keep="none"))
    for edge in (600, 300):
        picture = picture.thumbnail_image(edge, height=edge).copy_memory()
        byte_size += len(picture.webpsave_buffer(Q=80, keep="none"))
    return byte_size


def sharp_chain(source: Path) -> Cost | None:
    """Sharp's cost, or None where it cannot be had."""
    node, npm = (
        shutil.which(tool, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") for tool in ("node", "npm")
    )
    if node is None or npm is None:
        return None
    environment = {**os.environ, "PATH": f"{Path(node).parent}:{os.environ['PATH']}"}
    (VAR / "package.json").write_text('{"private": true}')
    install = [npm, "install", "--no-audit", "--no-fund", f"sharp@{SHARP}"]
    if subprocess.run(install, cwd=VAR, env=environment, capture_output=True, check=False).returncode:
        return None
    (VAR / "sharp_chain.cjs").write_text(SHARP_SCRIPT)
    command = [node, "sharp_chain.cjs", str(source), str(ROUNDS)]
    lines = subprocess.run(command, cwd=VAR, env=environment, capture_output=True, check=True, text=True).stdout
    rounds = [json.loads(line) for line in lines.splitlines()]
    return Cost(median(seconds for seconds, _ in rounds), rounds[-1][1])


def peak_megabytes(source: Path) -> float:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", MEMORY_SCRIPT, str(source), folder]
        done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=VAR.parents[1])
    return int(done.stdout) / 1024


def compare_chains(source: Path) -> None:
    megabytes = source.stat().st_size / 1e6
    print(f"Three WebP sizes from a 24-megapixel JPEG of {megabytes:.1f} MB, CPU time on one core, median of {ROUNDS}:")
    print(f"  bare scaled decode (floor)  {cpu_cost(lambda: bare_decode(source)).seconds * 1e3:6.0f} ms")
    ours = cpu_cost(lambda: our_chain(source))
    print(f"  ours                        {ours.seconds * 1e3:6.0f} ms  {ours.byte_size:7} bytes")
    for name, peer in (("pyvips", cpu_cost(lambda: vips_chain(source))), ("sharp", sharp_chain(source))):
        if peer is None:
            print(f"  {name}: not measured, because npm could not fetch it")
            continue
        ratios = f"ours / {name}: time {ours.seconds / peer.seconds:.2f}, bytes {ours.byte_size / peer.byte_size:.3f}"
        print(f"  {name:<26}  {peer.seconds * 1e3:6.0f} ms  {peer.byte_size:7} bytes   {ratios}")


def show_further_steps(source: Path) -> None:
    with open_picture(source, MIME, LIMITS) as picture:
        largest = _decode_to_fit(picture, MIME, Variant.THUMB_1200.edge)
    contents = [content for _, _, content in _encode_chain(largest)]
    likeness = _as_rgba(largest.resize((100, 67)))
    original = source.read_bytes()
    steps: dict[str, Callable[[], object]] = {
        "sniffing": lambda: sniff(source, LIMITS),
        "EXIF": lambda: read_exif(source, MIME),
        "thumbhash": lambda: thumbhash(likeness),
        "dominant colour": lambda: dominant_color(likeness),
        "SHA-256 of the derivatives": lambda: [hashlib.sha256(content).hexdigest() for content in contents],
        "SHA-256 of the original": lambda: hashlib.sha256(original).hexdigest(),
    }
    print("What the rest of ingest adds:")
    for name, step in steps.items():
        cost = cpu_cost(partial(lambda measured: bool(measured()), step))
        print(f"  {name:<26}  {cost.seconds * 1e3:8.1f} ms")
    with TemporaryDirectory() as folder:
        whole = cpu_cost(lambda: len(render(source, MIME, Path(folder), LIMITS).derivatives))
    print(f"  render() with all but EXIF  {whole.seconds * 1e3:8.1f} ms")


def main() -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    os.environ["VIPS_CONCURRENCY"] = "1"
    source = prepared("24-megapixels.jpg", 6000, 4000)
    compare_chains(source)
    show_further_steps(source)
    print("Peak memory of a process that renders 100 megapixels:")
    for progressive in (False, True):
        name = "progressive" if progressive else "baseline"
        large = prepared(f"100-megapixels-{name}.jpg", 12_250, 8_165, progressive=progressive)
        print(f"  {name:<26}  {peak_megabytes(large):8.0f} MB")


if __name__ == "__main__":
    main()
