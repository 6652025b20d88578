"""The command line: plain words, and answers while nothing runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clonegallery import cli
from clonegallery.settings import ROOT
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
    assert listed[1].split() == ["dora", "dora@example.org", "Admin", "yes", "never"]

    refused = _run(database, "user", "disable", "dora")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "\nThis is the only Admin; make somebody else Admin first.\n"

    assert "password" in _run(database, "user", "reset-password", "dora@example.org").stdout
    assert _run(database, "user", "reset-password", "nobody").stderr == "\nThere is no such account.\n"


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
