"""What the stand-ins of paid services have in common: their pictures, their key, and how they fail."""

import io
import random
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from PIL import Image

KEY = "sk-test-Zq7uF0rB1d2W3x4Y5z"


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that a paid call is answered with, in the service's own shape."""

    status: int
    words: str = "Something went wrong on our side."
    code: str = "server_error"
    retry_after: str = ""

    def headers(self) -> dict[str, str]:
        return {"Retry-After": self.retry_after} if self.retry_after else {}


@dataclass
class Knobs:
    """`failures` are what the next paid calls get, one each; then, after `slow_seconds`, they get `picture`."""

    failures: list[Failure] = field(default_factory=list)
    picture: bytes = b""
    slow_seconds: float = 0.0

    def failure(self) -> Failure | None:
        return self.failures.pop(0) if self.failures else None


def png(width: int = 64, height: int = 64, *, seed: int = 1) -> bytes:
    """A PNG of noise, which no compression makes small."""
    noise = Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))
    content = io.BytesIO()
    noise.save(content, "PNG")
    return content.getvalue()


def has_key(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {KEY}"


def refused(failure: Failure, told: dict[str, Any]) -> Response:
    """The answer to a call that fails so, which says `told`."""
    return JSONResponse(told, failure.status, failure.headers())
