"""What the web process asks of the workers, which alone have models, and how: through Redis, for a moment only.

A question goes to the list `ASKED`, the bytes of a picture to a key of their own; the answer comes in a list of its
own, so that whoever asks can wait for it. Everything expires: a question that nobody answers leaves nothing behind.
"""

import hashlib
from enum import StrEnum
from typing import Any, Final, Self
from uuid import uuid4

import numpy as np
from pydantic import BaseModel, Field
from sqlalchemy import Row

from clonegallery.clock import utcnow
from clonegallery.inference.port import Vectors

ASKED: Final = "cg:meaning:asked"
HERE: Final = "cg:meaning:here"
"""There as long as some worker listens."""

KEPT_SECONDS: Final = 60
WAITING_MOST: Final = 500
"""Questions that may wait; of more, the newest."""

REMEMBERED_SECONDS: Final = 24 * 3600


class Asked(StrEnum):
    TEXT = "text"
    IMAGE = "image"


class Question(BaseModel):
    """Where does this text, or the picture at `content_key`, lie in the space of these weights?

    Nobody wants the answer after `deadline`, in seconds since 1970.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    kind: Asked
    model: str
    fingerprint: str
    text: str = ""
    deadline: float = Field(default_factory=lambda: utcnow().timestamp() + KEPT_SECONDS)

    @classmethod
    def of(cls, space: Row[Any], kind: Asked, text: str = "") -> Self:
        return cls(kind=kind, model=space.model, fingerprint=space.fingerprint, text=text)

    @property
    def answer_key(self) -> str:
        return f"cg:meaning:answer:{self.id}"

    @property
    def content_key(self) -> str:
        return f"cg:meaning:content:{self.id}"

    @property
    def is_late(self) -> bool:
        return utcnow().timestamp() > self.deadline

    def is_for(self, space: Row[Any]) -> bool:
        """Whether that is the space it was asked for."""
        return (space.model, space.fingerprint) == (self.model, self.fingerprint)


class Answer(BaseModel):
    """The vector as bytes, or why there is none: `unreadable` says what is wrong with the picture, `failed` with us."""

    vector: bytes = b""
    unreadable: str = ""
    failed: str = ""

    model_config = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}


def text_key(model: str, fingerprint: str, text: str) -> str:
    """Where the vector of a text is remembered."""
    digest = hashlib.sha256(f"{model}\0{fingerprint}\0{text}".encode()).hexdigest()
    return f"cg:meaning:text:{digest}"


def packed(vector: Vectors) -> bytes:
    """As little-endian float32."""
    return np.ascontiguousarray(vector, "<f4").tobytes()


def unpacked(content: bytes) -> Vectors:
    """(dimensions,), as it was packed."""
    return np.frombuffer(content, "<f4").astype(np.float32)
