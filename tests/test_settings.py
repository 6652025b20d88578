"""Settings refuse what is unsafe in production, and say why."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from clonegallery.settings import ROOT, Settings

SAFE = {
    "environment": "production",
    "secret_key": "k" * 32,
    "database_url": "postgresql://db/gallery",
    "redis_url": "redis://cache",
    "public_url": "https://gallery.example",
}


def make(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type] # Environment values arrive as text.


def test_production_starts_when_everything_is_set() -> None:
    assert make(**SAFE).secure


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret_key": "short"}, "SECRET_KEY needs 32 characters"),
        ({"database_url": ""}, "DATABASE_URL is not set"),
        ({"database_url": "sqlite:///var/dev.db"}, "DATABASE_URL must name a PostgreSQL"),
        ({"redis_url": ""}, "REDIS_URL is not set"),
        ({"public_url": "http://gallery.example"}, "PUBLIC_URL must be an https:// address"),
        ({"allowed_origins": ["*"]}, "ALLOWED_ORIGINS must name origins"),
    ],
)
def test_production_refuses_each_unsafe_value_with_its_reason(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason.replace("*", r"\*")):
        make(**SAFE | change)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:a", "sqlite:///a.db?mode=memory"])
def test_sqlite_needs_a_file_that_processes_can_share(url: str) -> None:
    assert make(database_url="sqlite:///var/dev.db").database_url
    with pytest.raises(ValidationError, match="SQLite needs a file"):
        make(database_url=url)


def test_development_needs_nothing_and_answers_on_localhost() -> None:
    settings = make(environment="development", database_url="", redis_url="", port=8123)
    assert settings.origins == ["http://localhost:8123", "http://127.0.0.1:8123"]
    assert not settings.secure


def test_development_key_is_made_once_even_by_processes_that_start_together(tmp_path: Path) -> None:
    settings = make(data_dir=tmp_path, secret_key="")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.signing_key(), range(16)))
    assert len(keys) == 1
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secrets_never_show_in_a_printed_settings_object() -> None:
    assert "k" * 32 not in repr(make(**SAFE))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_told_of(name: str) -> None:
    for document in ("README.md", ".env.example"):
        assert name.upper() in (ROOT / document).read_text(), f"{document} does not tell of {name.upper()}"
