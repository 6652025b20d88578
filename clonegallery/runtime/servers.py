"""The database and Redis for a command: your own where the settings name them, else embedded ones for its duration."""

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from clonegallery.errors import Unavailable
from clonegallery.runtime.claim import Claim, Owner, Taken, claimed
from clonegallery.runtime.keeper import Keeper
from clonegallery.runtime.progress import Progress
from clonegallery.settings import Settings, get_settings
from clonegallery.sqlite import is_sqlite, path_of


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the two servers are."""

    database_url: str
    redis_url: str

    def use(self) -> None:
        """Point this process, and every process it starts, at the two servers."""
        os.environ["DATABASE_URL"] = self.database_url
        os.environ["REDIS_URL"] = self.redis_url
        get_settings.cache_clear()


@contextmanager
def servers(settings: Settings, claim: Claim, progress: Progress, keeper: Keeper) -> Iterator[Addresses]:
    """Both servers, started where they are embedded, for the block; stopped after it in whatever way it ends.

    `keeper` is given those that are, and stopped before they are.
    """
    with ExitStack() as stack:
        is_file = is_sqlite(settings.database_url)
        with progress.step("SQLite" if is_file else "PostgreSQL") as step:
            database_url = settings.database_url or _postgres(settings, stack, keeper)
            step.done(str(path_of(database_url)) if is_file else "yours" if settings.database_url else "ready")
        with progress.step("Valkey") as step:
            redis_url = settings.redis_url or _valkey(settings, stack, keeper)
            step.done("yours" if settings.redis_url else "ready")
        stack.callback(keeper.stop)
        found = Addresses(database_url, redis_url)
        claim.tell(Owner(os.getpid(), settings.origin, database_url, redis_url))
        found.use()
        yield found


@contextmanager
def servers_for_command(settings: Settings) -> Iterator[Addresses]:
    """Both servers for a command that may run beside a running gallery: that one's, else embedded ones.

    Raises `Unavailable` while the other is only just starting.
    """
    if settings.database_url and settings.redis_url:
        yield Addresses(settings.database_url, settings.redis_url)
        return
    quiet = Progress(out=open(os.devnull, "w"))  # noqa: SIM115 Lives as long as the process.
    with ExitStack() as stack:
        try:
            claim = stack.enter_context(claimed(settings.data_dir.resolve()))
        except Taken as taken:
            found = _of_owner(taken)
        else:
            found = stack.enter_context(servers(settings, claim, quiet, Keeper()))
        found.use()
        yield found


def _of_owner(taken: Taken) -> Addresses:
    owner = taken.owner
    if owner is None or not owner.database_url:
        raise Unavailable("The gallery is just starting. Try again in a minute.") from taken
    return Addresses(owner.database_url, owner.redis_url)


def _postgres(settings: Settings, stack: ExitStack, keeper: Keeper) -> str:
    # Imported here: whoever has a server of their own need not have the embedded one's package.
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")  # The package asks for a folder we do not use.
    from clonegallery.runtime.postgres import Postgres  # noqa: PLC0415

    server = Postgres(settings.data_dir / "postgres")
    stack.callback(server.stop)
    keeper.add("PostgreSQL", server)
    return server.start()


def _valkey(settings: Settings, stack: ExitStack, keeper: Keeper) -> str:
    from clonegallery.runtime.valkey import Valkey  # noqa: PLC0415 As above.

    server = Valkey(settings.data_dir / "redis", settings.data_dir / "log" / "valkey.log")
    stack.callback(server.stop)
    keeper.add("Valkey", server)
    return server.start()
