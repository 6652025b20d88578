"""The guarded decoder: what it gives, and that no picture takes it down for the next one."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from PIL import Image

from clonegallery.errors import Unavailable, UnreadableImage
from clonegallery.images.guard import Analysed, GuardedDecoder
from clonegallery.images.limits import DecodeLimits
from tests.images.pictures import MAKERS, encode, photograph, png_bomb, scene

SMALL = MAKERS["image/jpeg"]()
# Decoding either takes seconds on any machine: 190 million pixels, one bit each in the file.
SLOW = png_bomb(13_700)


@asynccontextmanager
async def decoder(limits: DecodeLimits | None = None, *, max_pictures: int = 200) -> AsyncIterator[GuardedDecoder]:
    guarded = GuardedDecoder(limits, max_pictures=max_pictures)
    try:
        yield guarded
    finally:
        await guarded.close()


async def analyse(guarded: GuardedDecoder, content: bytes, folder: Path, mime: str = "image/jpeg") -> Analysed:
    source = folder / "source"
    source.write_bytes(content)
    return await guarded.analyse(source, mime, folder)


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if is_decoder(one)]


def is_decoder(process: psutil.Process) -> bool:
    try:
        return "clonegallery.images.decoder" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


async def test_it_gives_the_picture_and_its_exif(tmp_path: Path) -> None:
    async with decoder() as guarded:
        analysed = await guarded.analyse(photograph("gps/DSCN0010.jpg"), "image/jpeg", tmp_path)
    assert (analysed.rendered.width, analysed.rendered.height) == (640, 480)
    assert analysed.exif.camera_model == "COOLPIX P6000"
    assert analysed.exif.gps_latitude == pytest.approx(43.467448, abs=1e-6)
    assert analysed.exif.taken_at is not None
    assert len(analysed.rendered.thumbhash) == 21
    for one in analysed.rendered.derivatives:
        assert one.path.stat().st_size == one.byte_size


async def test_one_child_serves_many_pictures_and_is_replaced_in_time(tmp_path: Path) -> None:
    async with decoder(max_pictures=3) as guarded:
        seen = []
        for _ in range(5):
            await analyse(guarded, SMALL, tmp_path)
            seen.append(children()[0].pid)
    assert seen[0] == seen[1] == seen[2] != seen[3] == seen[4]
    assert not children()


async def test_many_at_once_wait_their_turn(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(8)]
    for folder in folders:
        folder.mkdir()
    async with decoder() as guarded:
        results = await asyncio.gather(*(analyse(guarded, SMALL, folder) for folder in folders))
    for folder, analysed in zip(folders, results, strict=True):
        assert {one.path.parent for one in analysed.rendered.derivatives} == {folder}


async def test_a_damaged_picture_is_refused_and_the_child_goes_on(tmp_path: Path) -> None:
    async with decoder() as guarded:
        await analyse(guarded, SMALL, tmp_path)
        before = children()
        with pytest.raises(UnreadableImage, match="cut off"):
            await analyse(guarded, SMALL[: len(SMALL) // 2], tmp_path)
        assert children() == before
        await analyse(guarded, SMALL, tmp_path)


async def test_a_slow_picture_is_ended(tmp_path: Path) -> None:
    async with decoder(DecodeLimits(seconds=0.2)) as guarded:
        with pytest.raises(UnreadableImage, match=r"longer than 0\.2 s"):
            await analyse(guarded, SLOW, tmp_path, "image/png")
        assert not children()
        await analyse(guarded, SMALL, tmp_path)


async def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    hungry = encode(Image.new("RGB", (9000, 9000)), "PNG")
    async with decoder(DecodeLimits(memory_bytes=400 << 20)) as guarded:
        with pytest.raises(UnreadableImage, match="memory"):
            await analyse(guarded, hungry, tmp_path, "image/png")
        await analyse(guarded, SMALL, tmp_path)


@pytest.mark.parametrize(
    ("blow", "error", "words"),
    [
        (signal.SIGSEGV, UnreadableImage, "crashed the decoder"),
        (signal.SIGKILL, UnreadableImage, "too much memory"),
        (signal.SIGTERM, Unavailable, "was stopped"),
    ],
)
async def test_a_child_that_dies_twice_over_a_picture_convicts_it(
    blow: signal.Signals, error: type[Exception], words: str, tmp_path: Path
) -> None:
    async with decoder() as guarded:
        task = asyncio.create_task(analyse(guarded, SLOW, tmp_path, "image/png"))
        await strike(blow, task)
        await strike(blow, task)
        with pytest.raises(error, match=words):
            await task
        await analyse(guarded, SMALL, tmp_path)


async def test_a_child_that_dies_once_is_forgiven(tmp_path: Path) -> None:
    async with decoder() as guarded:
        await analyse(guarded, SMALL, tmp_path)
        children()[0].kill()
        await analyse(guarded, SMALL, tmp_path)


async def strike(blow: signal.Signals, task: asyncio.Task[Analysed]) -> None:
    """Send a signal to the child once it is busy with its picture."""
    while not task.done():
        for child in filter(is_busy, children()):
            child.send_signal(blow)
            while child.is_running():  # noqa: ASYNC110 - Only looked at: asyncio alone may collect its end.
                await asyncio.sleep(0.01)
            return
        await asyncio.sleep(0.01)


def is_busy(child: psutil.Process) -> bool:
    try:
        return any(file.path.endswith("source") for file in child.open_files())
    except psutil.NoSuchProcess:
        return False


async def test_cancelling_ends_the_decode(tmp_path: Path) -> None:
    async with decoder() as guarded:
        await analyse(guarded, SMALL, tmp_path)
        task = asyncio.create_task(analyse(guarded, SLOW, tmp_path, "image/png"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not children()
        assert_own_picture(await analyse(guarded, SMALL, tmp_path))


def assert_own_picture(analysed: Analysed) -> None:
    assert (analysed.rendered.width, analysed.rendered.height) == scene().size


async def test_the_child_inherits_no_secret_and_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    async with decoder() as guarded:
        await analyse(guarded, SMALL, tmp_path)
        child = children()[0]
        assert "SECRET_KEY" not in child.environ()
        assert os.getsid(child.pid) == child.pid


PARENT = """
import asyncio, sys
from pathlib import Path
from clonegallery.images.guard import GuardedDecoder

async def main() -> None:
    guarded = GuardedDecoder()
    folder = Path(sys.argv[1])
    await guarded.analyse(folder / "small", "image/jpeg", folder)
    print(guarded._child.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_busy_child_dies_with_its_parent(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(SMALL)
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        child.suspend()  # As deaf to the end of its pipe as one in the middle of a decode.
        parent.kill()
        _, alive = psutil.wait_procs([child], timeout=10)
    for one in alive:
        one.kill()
    assert not alive
