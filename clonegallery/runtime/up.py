"""`python -m clonegallery up`: from an empty folder to a gallery that answers, and back to nothing running."""

import os
import signal
import time
from contextlib import ExitStack
from typing import NoReturn

from clonegallery import migrations
from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import FirstAdmin
from clonegallery.runtime.claim import Owner, claimed
from clonegallery.runtime.keeper import Keeper
from clonegallery.runtime.leftovers import end_leftovers, mark_children
from clonegallery.runtime.loop import run
from clonegallery.runtime.pages import PageBuild
from clonegallery.runtime.port import require_free_port
from clonegallery.runtime.progress import STEPS_STARTING, Progress, framed
from clonegallery.runtime.seed import Seeding, is_empty
from clonegallery.runtime.servers import servers
from clonegallery.runtime.supervise import supervise
from clonegallery.settings import Settings, get_settings

_RESET = ".venv/bin/python -m clonegallery user reset-password admin"


def up(settings: Settings, steps_done: int = 0) -> None:
    """Start the gallery and keep it running until Ctrl-C or SIGTERM; every process it started has ended on return.

    `steps_done` is how many steps the caller has shown already. Raises a `GalleryError` in plain words for whatever
    can be expected to go wrong.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    started = time.monotonic()
    data_dir = settings.data_dir.resolve()
    with ExitStack() as stack:
        claim = stack.enter_context(claimed(data_dir))
        end_leftovers(data_dir)
        require_free_port(settings.host, settings.port)
        claim.tell(Owner(os.getpid(), settings.origin))
        progress = Progress(steps_done, steps_done + STEPS_STARTING)
        keeper = Keeper()
        stack.enter_context(servers(settings, claim, progress, keeper))
        mark_children(data_dir)
        stack.callback(end_leftovers, data_dir)
        _migrate(get_settings(), progress)
        seeding = _begin_seeding(get_settings(), stack)
        _build_pages(get_settings(), progress)
        _serve(get_settings(), progress, keeper, seeding, started)


def _migrate(settings: Settings, progress: Progress) -> None:
    with progress.step("Database schema") as step:
        applied = migrations.migrate(settings.database_url)
        step.done(f"{len(applied)} migrations" if applied else "newest")


def _begin_seeding(settings: Settings, stack: ExitStack) -> Seeding | None:
    folder = settings.data_dir.resolve() / "demo"
    if not settings.seed_demo or not (folder.exists() or run(is_empty())):
        return None
    seeding = Seeding(folder)
    stack.callback(seeding.stop)
    return seeding


def _build_pages(settings: Settings, progress: Progress) -> None:
    with progress.step("Pages") as step:
        built = PageBuild(settings.data_dir / "log" / "build.log").ensure(step)
        step.done("built" if built else "nothing changed")


def _serve(settings: Settings, progress: Progress, keeper: Keeper, seeding: Seeding | None, started: float) -> None:
    """The password is made late and shown in any case: nobody could learn it afterwards."""
    admin = run(accounts.ensure_first_admin())
    shown: list[str] = []

    def announce() -> None:
        shown.append(framed(_welcome(settings, admin, time.monotonic() - started)))
        print(shown[0], flush=True)

    try:
        with progress.step("Demo pictures") as step:
            step.done(f"{run(seeding.finish(step))} added" if seeding else "none to add")
        progress.line("Starting web and worker")
        supervise(settings, announce, keeper.run)
    finally:
        if admin and not shown:
            print(framed(_entry(admin)), flush=True)


def _welcome(settings: Settings, admin: FirstAdmin | None, seconds: float) -> list[str]:
    head = [f"CloneGallery runs, after {seconds:.0f} seconds.", "", f"Open        {settings.origin}"]
    return [*head, *_entry(admin), f"Log         {settings.data_dir / 'log'}", "Stop        Ctrl-C"]


def _entry(admin: FirstAdmin | None) -> list[str]:
    if admin is None:
        return ["Sign in     with your account; a new password for it:", f"            {_RESET}"]
    return [f"Sign in as  {admin.login}", f"Password    {admin.password}   (shown this once)"]


def _interrupt(_number: int, _frame: object) -> NoReturn:
    """SIGTERM and a closed terminal end a start that is under way as Ctrl-C does."""
    raise KeyboardInterrupt
