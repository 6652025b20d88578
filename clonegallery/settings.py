"""One `Settings`, read from the environment (and `.env`); production refuses unsafe values, with the reason.

Names are the environment's, in capitals: `DATABASE_URL`, `REDIS_URL`, `PORT` …; the README's table lists them all.
"""

import hmac
import os
import re
import secrets
import tempfile
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from clonegallery.generation_settings import GenerationSettings

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET_LENGTH = 32
_SQLITE_FILE = re.compile(r"sqlite:///(?!:memory:|file:)[^?]+")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


def _parsed(limits: str) -> str:
    parse_many(limits)  # Raises ValueError for what is no rate limit.
    return limits


RateLimits = Annotated[str, AfterValidator(_parsed)]
"""Rate limits as the library `limits` writes them: `5/minute;20/hour`. All of them hold at once."""

SearchLanguage = Literal[
    "simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german",
    "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese",
    "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
]  # fmt: skip
"""Whose endings the search takes off words: those that PostgreSQL knows; `simple` takes off none."""


class Settings(GenerationSettings):
    """Every knob of the gallery. Sizes are bytes, times seconds unless the name says otherwise."""

    # A refused value may be a secret, and whoever catches the error may print it.
    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    environment: Environment = Environment.DEVELOPMENT
    database_url: str = ""
    redis_url: str = ""
    port: int = Field(default=8000, ge=1, le=65535)
    host: str = "127.0.0.1"
    public_url: str = ""
    allowed_origins: list[str] = Field(default_factory=list)
    secret_key: SecretStr = SecretStr("")
    data_dir: Path = ROOT / "var"
    storage_type: str = Field(default="local", pattern="^local$")
    storage_root: Path | None = None

    db_pool_size: int = Field(default=10, ge=1)
    db_timeout: float = Field(default=10.0, gt=0)

    upload_max_bytes: int = Field(default=200 * 1024 * 1024, ge=1)
    decode_max_pixels: int = Field(default=200_000_000, ge=1)
    decode_seconds: float = Field(default=60.0, gt=0)
    decode_memory_bytes: int = Field(default=2 * 1024**3, ge=256 * 1024**2)
    media_processes: int = Field(default=1, ge=1)
    media_threads: int = Field(default=2, ge=1)

    job_lease_seconds: float = Field(default=30.0, gt=0)
    job_max_attempts: int = Field(default=3, ge=1)
    reaper_interval_seconds: float = Field(default=5.0, gt=0)

    session_idle_seconds: int = 14 * 24 * 3600
    session_absolute_seconds: int = 90 * 24 * 3600
    access_token_seconds: int = Field(default=900, ge=1, le=900)
    jwt_secret: SecretStr = SecretStr("")
    jwt_previous_secrets: list[SecretStr] = Field(default_factory=list)
    trusted_proxy_hops: int = Field(default=0, ge=0, le=10)
    signed_url_seconds: int = 3600
    trash_days: int = 30
    search_language: SearchLanguage = "english"

    registration_open: bool = True
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    oauth_default_role: str = Field(default="Visitor", pattern="^(Visitor|Editor)$")
    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_discovery_url: str = "https://accounts.google.com/.well-known/openid-configuration"
    github_client_id: str = ""
    github_client_secret: SecretStr = SecretStr("")
    github_url: str = "https://github.com"
    github_api_url: str = "https://api.github.com"
    provider_seconds: float = Field(default=10.0, gt=0)

    sign_in_limits: RateLimits = "5/minute;10/15 minutes;20/hour;50/day"
    sign_in_address_limits: RateLimits = "60/minute;300/hour"
    sign_in_account_limits: RateLimits = "100/hour"
    register_limits: RateLimits = "10/hour;30/day"
    mail_limits: RateLimits = "5/hour;20/day"
    upload_limits: RateLimits = "1200/minute"
    generation_limits: RateLimits = "60/minute"
    look_limits: RateLimits = "30/minute;300/hour"

    log_level: str = "INFO"
    log_format: str = Field(default="console", pattern="^(console|json)$")
    seed_demo: bool = True

    @property
    def origin(self) -> str:
        """Scheme, host and port under which browsers reach the gallery."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def origins(self) -> list[str]:
        """Every origin whose pages may talk to the API and the websocket with credentials."""
        local = [] if self.public_url else [f"http://127.0.0.1:{self.port}"]
        return [self.origin, *local, *self.allowed_origins]

    @property
    def secure(self) -> bool:
        """True when browsers reach the gallery over https."""
        return urlsplit(self.origin).scheme == "https"

    @property
    def blobs_dir(self) -> Path:
        return self.storage_root or self.data_dir / "blobs"

    @property
    def quarantine_dir(self) -> Path:
        """Where uploads lie until they are accepted; on the same disk as the blobs, so that a rename moves them."""
        return self.data_dir / "quarantine"

    def signing_key(self) -> bytes:
        """The key of every HMAC; in development made once and kept under `data_dir` with mode 0600."""
        configured = self.secret_key.get_secret_value()
        return configured.encode() if configured else _development_secret(self.data_dir / "secret_key")

    def jwt_keys(self) -> list[bytes]:
        """The keys of access tokens: the first signs, all verify. Without `JWT_SECRET` one is derived."""
        configured = [secret.get_secret_value().encode() for secret in (self.jwt_secret, *self.jwt_previous_secrets)]
        current = configured[0] or hmac.digest(self.signing_key(), b"access tokens", "sha256")
        return [current, *configured[1:]]

    @field_validator("secret_key", "jwt_secret", "jwt_previous_secrets", mode="after")
    @classmethod
    def _refuse_short_keys(
        cls, value: SecretStr | list[SecretStr], field: ValidationInfo
    ) -> SecretStr | list[SecretStr]:
        # One key may be left out; an empty one in a list would verify what anybody can sign.
        given = value if isinstance(value, list) else [value] if value.get_secret_value() else []
        if any(len(secret.get_secret_value().encode()) < MIN_SECRET_LENGTH for secret in given):
            raise ValueError(f"{str(field.field_name).upper()} needs {MIN_SECRET_LENGTH} characters")
        return value

    @field_validator("database_url", mode="after")
    @classmethod
    def _refuse_odd_sqlite(cls, value: str) -> str:
        # Several processes share it, so that it must be a file; options of the driver's are the gallery's own affair.
        if value.startswith("sqlite") and not _SQLITE_FILE.fullmatch(value):
            raise ValueError("SQLite needs a file, and no options: sqlite:///var/dev.db")
        return value

    @field_validator("smtp_url", mode="after")
    @classmethod
    def _refuse_odd_smtp(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _names_mail_server(value.get_secret_value()):
            raise ValueError("must look like smtp://user:password@host:587 or smtps://host:465")
        return value

    @model_validator(mode="after")
    def _refuse_half_providers(self) -> Self:
        for name in ("google", "github"):
            known, secret = getattr(self, f"{name}_client_id"), getattr(self, f"{name}_client_secret")
            if bool(known) != bool(secret.get_secret_value()):
                capitals = name.upper()
                raise ValueError(f"{capitals}_CLIENT_ID and {capitals}_CLIENT_SECRET belong together")
        return self

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.environment is Environment.PRODUCTION and (reasons := list(self._unsafe())):
            raise ValueError("refusing to start in production: " + "; ".join(reasons))
        return self

    def _unsafe(self) -> list[str]:
        checks = [
            (not self.secret_key.get_secret_value(), f"SECRET_KEY needs {MIN_SECRET_LENGTH} characters"),
            (not self.database_url, "DATABASE_URL is not set"),
            (self.database_url.startswith("sqlite"), "DATABASE_URL must name a PostgreSQL: SQLite is for development"),
            (not self.redis_url, "REDIS_URL is not set"),
            (not self.secure, "PUBLIC_URL must be an https:// address"),
            ("*" in self.allowed_origins, "ALLOWED_ORIGINS must name origins, not *"),
        ]
        return [reason for broken, reason in checks if broken]


def _names_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _development_secret(path: Path) -> bytes:
    """Read the key, making it on first use; linking decides between two processes that start together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret_key.")  # mkstemp makes it 0600.
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_bytes()


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
