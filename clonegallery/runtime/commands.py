"""What the words of the command line do. Each prints its answer and raises a `GalleryError` where it cannot be had."""

from argparse import Namespace
from collections.abc import Callable, Sequence

from clonegallery import migrations
from clonegallery.accounts import passwords
from clonegallery.accounts import service as accounts
from clonegallery.accounts.schemas import Person
from clonegallery.errors import Conflict, Unavailable
from clonegallery.failures import LIBRARY_FAILURES, as_gallery_error
from clonegallery.images import wording
from clonegallery.jobs import service as jobs
from clonegallery.jobs.schemas import JobRead
from clonegallery.log import configure_logging
from clonegallery.models.account import Role
from clonegallery.runtime.claim import Taken
from clonegallery.runtime.loop import run
from clonegallery.runtime.model_commands import check_models, download_models, list_models
from clonegallery.runtime.progress import Progress
from clonegallery.runtime.seed import Seeding
from clonegallery.runtime.servers import servers_for_command
from clonegallery.runtime.tables import print_table
from clonegallery.runtime.up import up
from clonegallery.settings import get_settings


def run_command(asked: Namespace) -> None:
    """Do what `asked.command` names, with a quiet log: the answer is what is printed."""
    configure_logging(get_settings().model_copy(update={"log_level": "WARNING"}))
    try:
        COMMANDS[asked.command](asked)
    except Taken as taken:
        raise Conflict(str(taken)) from taken
    except LIBRARY_FAILURES as error:
        known = as_gallery_error(error)
        if known is None:
            raise
        # Unlike a visitor of the pages, the operator is told what the driver said.
        reason = str(getattr(error, "orig", error)).split("\n", 1)[0]
        raise Unavailable(f"{known.detail}\nThe reason: {reason}") from error


def _up(asked: Namespace) -> None:
    up(get_settings(), asked.steps_done)


def _migrate(_asked: Namespace) -> None:
    with servers_for_command(get_settings()) as found:
        applied = migrations.migrate(found.database_url)
    print(f"Applied: {', '.join(applied)}." if applied else "The database has the newest schema.")


def _status(_asked: Namespace) -> None:
    with servers_for_command(get_settings()) as found:
        known = migrations.status(found.database_url)
    print_table(("version", "applied", "what it does"), ((r.version, _yes(r.applied), r.message) for r in known))


def _rollback(asked: Namespace) -> None:
    with servers_for_command(get_settings()) as found:
        undone = migrations.rollback(found.database_url, asked.version)
    print(f"Taken back: {', '.join(reversed(undone))}." if undone else "There was nothing to take back.")


def _jobs(_asked: Namespace) -> None:
    async def ask() -> tuple[dict[tuple[str, str], int], Sequence[JobRead]]:
        return await jobs.counts(), await jobs.list_latest(20)

    with servers_for_command(get_settings()):
        counts, latest = run(ask())
    print_table(("queue", "status", "jobs"), ((queue, status, str(n)) for (queue, status), n in sorted(counts.items())))
    print()
    rows = ((job.kind, job.status, str(job.attempts), f"{job.created_at:%F %T}", job.error or "") for job in latest)
    print_table(("newest", "status", "attempts", "created (UTC)", "error"), rows)


def _seed(_asked: Namespace) -> None:
    settings = get_settings()
    with servers_for_command(settings):
        seeding = Seeding(settings.data_dir.resolve() / "demo")
        try:
            with Progress(total=1).step("Demo pictures") as step:
                step.done(f"{run(seeding.finish(step))} added")
        finally:
            seeding.stop()


def _rebuild_search(_asked: Namespace) -> None:
    with servers_for_command(get_settings()), Progress(total=1).step("Words of the pictures") as step:
        done = run(wording.keep_all_words(lambda kept, total: step.note(f"{kept:,} of {total:,}")))
        step.done(f"{done:,} pictures by the endings of {get_settings().search_language}")


def _create_user(asked: Namespace) -> None:
    password = passwords.generate_password()
    with servers_for_command(get_settings()):
        made = accounts.create_user(
            email=asked.email,
            username=asked.username,
            password=password,
            role=Role(asked.role),
            email_verified=asked.email_verified,
        )
        person = run(made)
    print(f"{person.username} ({person.role}) may sign in with the password {password}")


def _list_users(_asked: Namespace) -> None:
    with servers_for_command(get_settings()):
        people = run(accounts.list_users())
    rows = ((p.username, p.email, p.role, _yes(p.is_active), _yes(p.email_verified), _seen(p)) for p in people)
    print_table(("username", "e-mail", "role", "active", "verified", "last sign-in (UTC)"), rows)


def _set_role(asked: Namespace) -> None:
    with servers_for_command(get_settings()):
        person = run(accounts.set_role(asked.login, Role(asked.role)))
    print(f"{person.username} is {person.role} now.")


def _disable(asked: Namespace) -> None:
    with servers_for_command(get_settings()):
        person = run(accounts.disable(asked.login))
    print(f"{person.username} may not sign in any more.")


def _enable(asked: Namespace) -> None:
    with servers_for_command(get_settings()):
        person = run(accounts.enable(asked.login))
    print(f"{person.username} may sign in again.")


def _reset_password(asked: Namespace) -> None:
    with servers_for_command(get_settings()):
        password = run(accounts.reset_password(asked.login))
    print(f"{asked.login} may sign in with the password {password}")


COMMANDS: dict[str, Callable[[Namespace], None]] = {
    "up": _up,
    "migrate": _migrate,
    "status": _status,
    "rollback": _rollback,
    "jobs": _jobs,
    "search rebuild": _rebuild_search,
    "seed": _seed,
    "models list": list_models,
    "models download": download_models,
    "models check": check_models,
    "user create": _create_user,
    "user list": _list_users,
    "user set-role": _set_role,
    "user disable": _disable,
    "user enable": _enable,
    "user reset-password": _reset_password,
}


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _seen(person: Person) -> str:
    return f"{person.last_login_at:%F %T}" if person.last_login_at else "never"
