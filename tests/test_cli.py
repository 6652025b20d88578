"""The command line: plain words, and answers while nothing runs."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clonegallery import cli
from clonegallery.models.account import Role
from clonegallery.settings import ROOT
from tests.api.signing import make
from tests.conftest import Services


def _run(services: Services, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    base = {**os.environ, "DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
    return subprocess.run(
        [sys.executable, "-m", "clonegallery", *words],
        cwd=ROOT, env={**base, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_accounts_from_birth_to_shutting_out(database: Services) -> None:
    made = _run(database, "user", "create", "dora", "--email", "dora@example.org", "--role", "Admin")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("dora (Admin) may sign in with the password ")
    listed = _run(database, "user", "list").stdout.splitlines()
    assert listed[0].split()[:4] == ["username", "e-mail", "role", "active"]
    assert listed[1].split() == ["dora", "dora@example.org", "Admin", "yes", "no", "never"]

    refused = _run(database, "user", "disable", "dora")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "\nThis is the only Admin; make somebody else Admin first.\n"

    assert "password" in _run(database, "user", "reset-password", "dora@example.org").stdout
    assert _run(database, "user", "reset-password", "nobody").stderr == "\nThere is no such account.\n"


def test_every_word_about_an_account_does_what_it_says(database: Services) -> None:
    made = _run(database, "user", "create", "eve", "--email", "eve@example.org", "--email-verified")
    password = made.stdout.split()[-1]
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == f"eve (Visitor) may sign in with the password {password}\n"
    for words, said in (
        (("set-role", "EVE@example.org", "Editor"), "eve is Editor now."),
        (("disable", "Eve"), "eve may not sign in any more."),
        (("enable", "eve"), "eve may sign in again."),
    ):
        assert _run(database, "user", *words).stdout == said + "\n"
    row = _run(database, "user", "list").stdout.splitlines()[1]
    assert row.split() == ["eve", "eve@example.org", "Editor", "yes", "yes", "never"]
    fresh = _run(database, "user", "reset-password", "eve").stdout.split()[-1]
    assert len(fresh) == len(password) == 20
    assert fresh != password


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("create", "e v e", "--email", "eve@example.org"), "A username has 3 to 50"),
        (("create", "eve", "--email", "nowhere"), "This is not an e-mail address."),
        (("create", "BOB", "--email", "eve@example.org"), "Another account has this username."),
        (("create", "eve", "--email", "BOB@example.org"), "Another account has this e-mail address."),
        (("set-role", "nobody", "Admin"), "There is no such account."),
        (("disable", "nobody"), "There is no such account."),
        (("enable", ""), "There is no such account."),
        (("reset-password", "bob%"), "There is no such account."),
    ],
)
async def test_what_cannot_be_done_is_one_sentence_and_status_1(
    database: Services, words: tuple[str, ...], reason: str
) -> None:
    await make("bob", Role.VISITOR)
    refused = await asyncio.to_thread(_run, database, "user", *words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"\n{reason}")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("user",),
        ("user", "create", "eve"),
        ("user", "create", "eve", "--email", "eve@example.org", "--role", "Wizard"),
        ("user", "create", "eve", "--email", "eve@example.org", "--password", "typed for all to see"),
        ("user", "set-role", "eve"),
        ("user", "set-role", "eve", "admin"),
        ("user", "delete", "eve"),
        ("user", "disable", "eve", "bob"),
    ],
)
def test_words_that_are_none_are_status_2_and_touch_nothing(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


async def test_odd_bytes_are_a_sentence_too(database: Services) -> None:
    for login in ("bob\udcff", "x" * 5000):
        refused = await asyncio.to_thread(_run, database, "user", "disable", login)
        assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)


def test_migrations_are_listed_and_unknown_ones_refused(database: Services) -> None:
    status = _run(database, "status").stdout.splitlines()
    assert status[0].split()[:2] == ["version", "applied"]
    assert status[1].split()[:2] == ["001", "yes"]
    assert _run(database, "migrate").stdout == "The database has the newest schema.\n"
    assert "There is no version 999" in _run(database, "rollback", "--version", "999").stderr


def test_jobs_are_listed(database: Services) -> None:
    assert _run(database, "jobs").stdout.split()[:3] == ["queue", "status", "jobs"]


def test_refused_settings_are_a_sentence_without_their_values(database: Services) -> None:
    refused = _run(database, "status", ENVIRONMENT="production", SECRET_KEY="hunter2")
    assert refused.returncode == 1
    assert "SECRET_KEY needs 32 characters" in refused.stderr
    assert "hunter2" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_is_away_is_a_sentence(services: Services) -> None:
    refused = _run(services, "status", DATABASE_URL="postgresql://postgres@127.0.0.1:1/none")
    assert refused.returncode == 1
    assert refused.stderr.startswith("\nThe gallery's database cannot be reached")
    assert "Traceback" not in refused.stderr


def test_help_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["user", "--help"])
    assert ended.value.code == 0
    assert "reset-password" in capsys.readouterr().out


def test_the_makefile_explains_itself() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "lint", "types", "bench", "migrate", "clean"):
        assert f"make {target} " in said
    assert Path(ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"
