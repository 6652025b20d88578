"""`python -m clonegallery …`: every command, while the gallery runs and while it does not.

This module knows the words only; what they do is in `runtime/commands.py`.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import TypeAlias

from pydantic import ValidationError

from clonegallery.errors import GalleryError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_ROLES = ("Admin", "Editor", "Visitor")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. What can be expected to fail is a sentence on stderr and status 1."""
    asked = _parser().parse_args(arguments)
    try:
        # Imported late: `--help` and a refused argument answer at once, not after a second of imports.
        from clonegallery.runtime import commands  # noqa: PLC0415

        commands.run_command(asked)
    except GalleryError as error:
        print(f"\n{error.detail}", file=sys.stderr)
        return 1
    except ValidationError as error:
        print(_refused_settings(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m clonegallery", description="CloneGallery's command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    up = _add(commands, "up", "start everything and keep it running until Ctrl-C")
    up.add_argument("--steps-done", type=int, default=0, help=argparse.SUPPRESS)
    _add(commands, "migrate", "bring the database to the newest schema")
    _add(commands, "status", "which migrations the database has")
    rollback = _add(commands, "rollback", "take migrations back")
    rollback.add_argument("--version", required=True, metavar="NNN", help="the newest one to keep, or base for none")
    _add(commands, "seed", "add the demo pictures")
    _add(commands, "jobs", "what the workers have before them")
    search = commands.add_parser("search", help="what pictures are found by: rebuild")
    kinds = search.add_subparsers(required=True, metavar="WHAT")
    _add(kinds, "rebuild", "take the words of all pictures apart anew, after SEARCH_LANGUAGE changed", prefix="search ")
    _add_model_commands(commands)
    _add_user_commands(commands)
    return parser


def _add_model_commands(commands: Commands) -> None:
    models = commands.add_parser("models", help="the models that make pictures: list, download, check")
    kinds = models.add_subparsers(required=True, metavar="WHAT")
    _add(kinds, "list", "every model that is set up, and whether its files are there", prefix="models ")
    download = _add(kinds, "download", "fetch models from the hub, with a bar", prefix="models ")
    check = _add(kinds, "check", "whether the files of models are there and whole", prefix="models ")
    check.add_argument("--digests", action="store_true", help="read every byte, and compare with the hub's SHA-256")
    for parser in (download, check):
        parser.add_argument("model", nargs="*", help="all, unless named")


def _add_user_commands(commands: Commands) -> None:
    user = commands.add_parser("user", help="accounts: create, list, set-role, disable, enable, reset-password")
    kinds = user.add_subparsers(required=True, metavar="WHAT")
    create = _add(kinds, "create", "a new account; prints its password", prefix="user ")
    create.add_argument("username")
    create.add_argument("--email", required=True)
    create.add_argument("--role", default="Visitor", choices=_ROLES)
    create.add_argument("--email-verified", action="store_true", help="you know that the address is this person's")
    _add(kinds, "list", "every account", prefix="user ")
    role = _add(kinds, "set-role", "give an account another role, in force at once", prefix="user ")
    role.add_argument("login", help="username or e-mail address")
    role.add_argument("role", choices=_ROLES)
    for name, text in (
        ("disable", "shut an account out; its sessions end at once"),
        ("enable", "let a disabled account in again"),
        ("reset-password", "a new random password, which is printed"),
    ):
        _add(kinds, name, text, prefix="user ").add_argument("login", help="username or e-mail address")


def _add(commands: Commands, name: str, text: str, *, prefix: str = "") -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(command=prefix + name)
    return parser


def _refused_settings(error: ValidationError) -> str:
    """Which setting was refused and why; never its value, which may be a secret."""
    reasons = []
    for problem in error.errors():
        name = "_".join(map(str, problem["loc"])).upper()
        reason = problem["msg"].removeprefix("Value error, ")
        reasons.append(f"{name}: {reason}" if name else reason)
    return "\nThe settings cannot be used. " + "; ".join(reasons) + "."
