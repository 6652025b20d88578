"""One process at a time may own a data folder; the others learn from it where its servers are."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

_LOCK = "up.lock"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the folder: `origin` is the address of its pages, the URLs are empty until its servers run."""

    pid: int
    origin: str
    database_url: str = ""
    redis_url: str = ""


class Taken(Exception):
    """The folder has an owner already; `owner` is None where it took the folder this very moment."""

    def __init__(self, owner: Owner | None) -> None:
        who = f" (process {owner.pid}, {owner.origin})" if owner else ""
        super().__init__(f"This gallery is running already{who}. Stop it with Ctrl-C where it runs, then try again.")
        self.owner = owner


class Claim:
    """The right to the folder, held until the block ends or the process does."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def tell(self, owner: Owner) -> None:
        """Let others read who owns the folder and where its servers are."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(asdict(owner)).encode(), 0)


@contextmanager
def claimed(data_dir: Path) -> Iterator[Claim]:
    """Own `data_dir` for the block. Raises `Taken` when another process does."""
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            # A record lock belongs to this process alone: one of flock() would live on in a forked child.
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Taken(_read(descriptor)) from error
        os.ftruncate(descriptor, 0)
        yield Claim(descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Owner | None:
    try:
        return Owner(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return None  # It took the folder this very moment and has said nothing yet.
