"""Sending pictures and seeing their jobs through, as the tests of several slices need it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from clonegallery.db import reading
from clonegallery.images import ingest, trash
from clonegallery.images.decoders import close_decoders
from clonegallery.jobs.runner import Kind, Runner
from clonegallery.settings import get_settings
from tests.factories import jpeg_bytes

Headers = dict[str, str]

KINDS = {"ingest": Kind(ingest.ingest, ingest.ingest_failed), "purge": Kind(trash.purge)}


async def run_jobs() -> int:
    """Do all waiting jobs of the media queue with the real handlers in this process; returns how many there were."""
    runner = Runner("media", KINDS)
    done = 0
    while await runner.run_next():
        done += 1
    await close_decoders()
    return done


async def send(
    client: httpx.AsyncClient, write: Headers, content: bytes | None = None, name: str = "a.jpg", **fields: Any
) -> httpx.Response:
    """POST one picture with these form fields."""
    content = jpeg_bytes() if content is None else content
    headers = write | fields.pop("headers", {})
    return await client.post("/api/v1/images", files={"file": (name, content)}, data=fields, headers=headers)


async def ready(
    client: httpx.AsyncClient, write: Headers, content: bytes | None = None, **fields: Any
) -> dict[str, Any]:
    """The detail of a picture that was sent, taken in and is ready."""
    answer = await send(client, write, content, **fields)
    assert answer.status_code == 201, answer.text
    await run_jobs()
    detail: dict[str, Any] = (await client.get(f"/api/v1/images/{answer.json()['id']}")).json()
    assert detail["status"] == "ready", detail
    return detail


def id_of(answer: httpx.Response) -> UUID:
    return UUID(answer.json()["id"])


def left_behind() -> list[Path]:
    """Files of the quarantine and blobs of the storage."""
    settings = get_settings()
    return [path for folder in (settings.quarantine_dir, settings.blobs_dir) for path in folder.rglob("*.*")]


def empty_storage() -> None:
    """Remove what earlier tests left in quarantine and storage."""
    for path in left_behind():
        path.unlink()


def cut_off(folder: Path) -> None:
    """Leave only the beginning of the one file in `folder`."""
    (damaged,) = folder.iterdir()
    damaged.write_bytes(damaged.read_bytes()[:700])


async def count_rows() -> int:
    """How many pictures the database knows."""
    async with reading() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM images"))).scalar_one())
