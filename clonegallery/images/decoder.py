"""The child process that decodes: `python -m clonegallery.images.decoder STARTUP`, for `guard.GuardedDecoder` alone.

It reads one JSON request a line from standard input and answers one JSON reply a line on standard output, after a first
empty line that says it is ready. JSON, not pickle: a decoder taken over by a picture must not be able to run code in
its parent.
"""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict

from clonegallery.errors import UnreadableImage
from clonegallery.images.exif import Exif, read_exif
from clonegallery.images.limits import DecodeLimits
from clonegallery.images.pixels import Rendered, render

_PR_SET_PDEATHSIG = 1
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_MAX_FILE_BYTES = 64 << 20
TOO_MUCH_MEMORY = "The picture needs too much memory to decode"


class Request(BaseModel):
    """One picture to analyse: `mime` is what it was sniffed to be, `out_dir` an existing folder for its derivatives."""

    source: Path
    mime: str
    out_dir: Path


class Reply(BaseModel):
    """Either all of `rendered` and `exif`, or the `refusal`: why the picture cannot be read, for a person."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    rendered: Rendered | None = None
    exif: Exif | None = None
    refusal: str = ""


class Startup(BaseModel):
    """The child's one argument, as JSON: its limits and the process it must not outlive."""

    limits: DecodeLimits
    parent: int


def main(argument: str) -> None:
    startup = Startup.model_validate_json(argument)
    _die_with_parent(startup.parent)
    _leave_network()
    _restrict(startup.limits)
    replies = _claim_stdout()
    replies.write(b"\n")
    for line in sys.stdin.buffer:
        _grant_cpu_seconds(startup.limits.seconds)
        replies.write(_answer(Request.model_validate_json(line), startup.limits).model_dump_json().encode() + b"\n")


def _answer(request: Request, limits: DecodeLimits) -> Reply:
    try:
        rendered = render(request.source, request.mime, request.out_dir, limits)
        return Reply(rendered=rendered, exif=read_exif(request.source, request.mime))
    except UnreadableImage as error:
        return Reply(refusal=error.detail)
    except MemoryError:
        return Reply(refusal=TOO_MUCH_MEMORY)


def _claim_stdout() -> BinaryIO:
    """Keep standard output for replies: what a library prints goes to standard error instead."""
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return replies


def _die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process with its parent: a decode in progress would not notice that its pipe is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)


def _leave_network() -> None:
    """Move into a network namespace without any interface, where the kernel lets us; decoding needs no network.

    Root does so directly: a user namespace would take away root's right to read other users' files.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWNET | _CLONE_NEWUSER)


def _restrict(limits: DecodeLimits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))


def _grant_cpu_seconds(seconds: float) -> None:
    """Let the CPU clock run for another `seconds`; past that the kernel ends this process with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main(sys.argv[1])
