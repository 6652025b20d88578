"""A real `media` worker says where texts lie while it does jobs."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clonegallery.db import unit_of_work
from clonegallery.inference.embedders import embedder, embedding_model, forget_embedders
from clonegallery.search import meaning, spaces
from clonegallery.search.repository import spaces as sql
from clonegallery.settings import get_settings
from tests.workers.conftest import WorkerProcess, put, rows, until

Start = Callable[..., WorkerProcess]


@pytest.fixture
async def space(clean: object, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """The searched space of the tiny model, which this process and every worker that it starts use."""
    monkeypatch.setenv("EMBEDDING_MODEL", str(tiny_models / "clip"))
    get_settings.cache_clear()
    meaning._remembered.clear()
    space = await spaces.wanted_space()
    assert space is not None
    async with unit_of_work() as work:
        await sql.activate(work.session, space.id)
    yield space
    monkeypatch.undo()
    get_settings.cache_clear()
    forget_embedders()


async def test_a_media_worker_answers_where_a_text_lies(space: Any, start_worker: Start) -> None:
    worker = start_worker("--handlers", "workers.media", EMBEDDING_MODEL=os.environ["EMBEDDING_MODEL"])
    job = await put("nothing that it knows")

    async def answered() -> bool:
        return await meaning.vector_of_text(space, "a red sun") is not None

    await until(answered, within=120)
    found, model = await meaning.vector_of_text(space, "a red sun"), embedding_model(get_settings())
    assert found is not None
    assert model is not None
    assert np.allclose(found, embedder(model).texts(["a red sun"])[0], atol=1e-5)
    await until(lambda: rows("SELECT id FROM jobs WHERE status <> 'queued' AND id = :id", id=job))
    assert worker.stop() == 0
