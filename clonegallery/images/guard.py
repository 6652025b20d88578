"""Decoding hostile bytes at a distance: a child process with limits does it, and only its picture fails with it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

from clonegallery.errors import Unavailable, UnreadableImage
from clonegallery.images.decoder import TOO_MUCH_MEMORY, Reply, Request, Startup
from clonegallery.images.exif import Exif
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.pixels import Rendered

_START_SECONDS = 60
_MAX_REPLY_BYTES = 1 << 20
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Analysed:
    """All that one look at a picture's bytes gave."""

    rendered: Rendered
    exif: Exif


class _ChildDied(Exception):
    """The child ended in the middle of a picture; `status` is its return code, negative for a signal."""

    def __init__(self, status: int) -> None:
        super().__init__(f"decoder ended with {status}")
        self.status = status


class GuardedDecoder:
    """Decodes pictures one at a time in a child process that is started when first needed and kept for the next ones.

    A child is replaced after `max_pictures`, so that what a decoder leaks stays small. It inherits no secret: its
    environment holds only what Python needs. Belongs to the event loop of its first call.
    """

    def __init__(self, limits: DecodeLimits | None = None, *, max_pictures: int = 200) -> None:
        self._limits = limits or DecodeLimits()
        self._max_pictures = max_pictures
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._pictures = 0

    async def analyse(self, source: Path, mime: str, out_dir: Path) -> Analysed:
        """Decode `source`, sniffed to be `mime`, and write its derivatives into the existing folder `out_dir`.

        Raises `UnreadableImage` when the picture is damaged, exceeds a limit or twice ends the decoder, and
        `Unavailable` when no decoder can run now. Cancelling ends the decode at once.
        """
        request = _request(source, mime, out_dir)
        async with self._turn:
            try:
                reply = await self._ask(request)
            except _ChildDied:
                # A child can die of its past or of a machine out of memory: only a fresh one convicts the picture.
                reply = await self._ask_again(request)
        if reply.rendered is None or reply.exif is None:
            raise UnreadableImage(reply.refusal)
        if any(derivative.path.parent != request.out_dir for derivative in reply.rendered.derivatives):
            raise UnreadableImage("The picture crashed the decoder")
        return Analysed(reply.rendered, reply.exif)

    async def close(self) -> None:
        """End the child, if there is one. The decoder may be used again afterwards."""
        async with self._turn:
            await self._end_child()

    async def _ask_again(self, request: Request) -> Reply:
        try:
            return await self._ask(request)
        except _ChildDied as death:
            raise _verdict(death.status, self._limits) from death

    async def _ask(self, request: Request) -> Reply:
        child = await self._ready_child()
        self._pictures += 1
        try:
            async with asyncio.timeout(self._limits.seconds):
                return Reply.model_validate_json(await _exchange(child, request.model_dump_json().encode() + b"\n"))
        except TimeoutError:
            await self._end_child()
            raise UnreadableImage(_too_slow(self._limits)) from None
        except BaseException:  # Whatever interrupts an exchange, cancellation included, leaves its reply in the pipe.
            await self._end_child()
            raise

    async def _ready_child(self) -> Process:
        if self._child is not None and (self._child.returncode is not None or self._pictures >= self._max_pictures):
            await self._end_child()
        if self._child is None:
            self._child, self._pictures = await _start_child(self._limits), 0
        return self._child

    async def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await _kill(child)


def _request(source: Path, mime: str, out_dir: Path) -> Request:
    return Request(source=source.absolute(), mime=mime, out_dir=out_dir.absolute())


async def _start_child(limits: DecodeLimits) -> Process:
    startup = Startup(limits=limits, parent=os.getpid()).model_dump_json()
    command = (sys.executable, "-m", "clonegallery.images.decoder", startup)
    # A session of its own keeps the terminal's Ctrl-C away, so that a stopping worker can still finish its picture.
    child = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, cwd=_ROOT, env=_environment(), start_new_session=True, limit=_MAX_REPLY_BYTES
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await _read_line(child)
    except (TimeoutError, _ChildDied) as error:
        await _kill(child)
        raise Unavailable("The picture decoder does not start") from error
    except asyncio.CancelledError:
        await _kill(child)
        raise
    return child


def _environment() -> dict[str, str]:
    """None of the parent's secrets, and one thread and one heap, so that the memory limit counts what is in use."""
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **single}


async def _exchange(child: Process, line: bytes) -> bytes:
    assert child.stdin is not None  # noqa: S101 - Started with pipes, a few lines above.
    try:
        child.stdin.write(line)
        await child.stdin.drain()
    except ConnectionError:
        raise _ChildDied(await child.wait()) from None
    return await _read_line(child)


async def _read_line(child: Process) -> bytes:
    assert child.stdout is not None  # noqa: S101 - Started with pipes, a few lines above.
    line = await child.stdout.readline()
    if not line.endswith(b"\n"):
        raise _ChildDied(await child.wait())
    return line


async def _kill(child: Process) -> None:
    if child.returncode is None:
        child.kill()
    await child.wait()


def _verdict(status: int, limits: DecodeLimits) -> UnreadableImage | Unavailable:
    if status == -signal.SIGXCPU:
        return UnreadableImage(_too_slow(limits))
    if status == -signal.SIGKILL:  # We kill only after a timeout; otherwise it is the kernel, out of memory.
        return UnreadableImage(TOO_MUCH_MEMORY)
    if status in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
        return Unavailable("The picture decoder was stopped")
    return UnreadableImage("The picture crashed the decoder")


def _too_slow(limits: DecodeLimits) -> str:
    return f"The picture took longer than {limits.seconds:g} s to decode"
