"""Where Unix sockets lie: beside the data, or, where that path is too long, in a private folder in /tmp."""

import hashlib
import os
from pathlib import Path

from clonegallery.errors import Unavailable

_LONGEST = 103
"""Bytes in a socket's path: macOS has room for 104 with the closing NUL, Linux for 108."""

_SHORT = Path("/tmp")  # noqa: S108 The folder made below is private, and a stranger's is refused.


def socket_folder(folder: Path, name: str, owner: int | None = None) -> Path:
    """The folder for the socket `name` of the server whose data is in `folder`; the same at every call.

    `owner` is the user id the server runs as, when that is not ours. Raises `Unavailable` when somebody else took the
    place in /tmp.
    """
    if len(os.fsencode(folder / name)) <= _LONGEST:
        return folder
    short = _SHORT / f"clonegallery-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    short.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        os.chown(short, owner, -1)
    if short.is_symlink() or short.stat().st_uid not in (os.getuid(), owner):
        raise Unavailable(f"{short} belongs to somebody else, so no server may put its socket there.")
    return short
