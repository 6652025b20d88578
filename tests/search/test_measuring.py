"""Every picture that lies somewhere is measured: when it is placed, or later where it was not."""

import httpx
import numpy as np
import pytest
from sqlalchemy import text

from clonegallery.db import reading, unit_of_work
from clonegallery.inference.embedders import embedder, embedding_model
from clonegallery.search import everyday, measuring
from clonegallery.settings import get_settings
from tests.search.conftest import UseModel
from tests.search.gallery import placed, searched, work

_FORGET = "UPDATE image_embeddings SET usual = NULL, spread = NULL"


async def _measures() -> list[tuple[float | None, float | None]]:
    async with reading() as connection:
        rows = await connection.execute(text("SELECT usual, spread FROM image_embeddings ORDER BY image_id"))
        return [(row.usual, row.spread) for row in rows]


async def _yardsticks() -> set[str]:
    async with reading() as connection:
        return set((await connection.execute(text("SELECT yardstick FROM embedding_spaces"))).scalars())


async def _do(statement: str) -> None:
    async with unit_of_work() as unit:
        await unit.session.execute(text(statement))


async def test_what_is_placed_is_measured_by_the_everyday_texts(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    await searched(client, 3)
    async with reading() as connection:
        found = await connection.execute(text("SELECT vector::text FROM image_embeddings ORDER BY image_id"))
        pictures = np.array([row.vector.strip("[]").split(",") for row in found], np.float32)
    model = embedding_model(get_settings())
    assert model is not None
    cosines = pictures @ embedder(model).texts(everyday.TEXTS).T
    expected = np.stack([cosines.mean(axis=1), cosines.std(axis=1)], axis=1)
    assert np.allclose(np.array(await _measures()), expected, atol=1e-5)
    await measuring.look_for_unmeasured()
    assert await work() == 0


async def test_what_was_placed_before_there_were_measures_is_measured(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("clip")
    await searched(client, 5)
    before = await _measures()
    await _do(_FORGET)
    await _do("UPDATE embedding_spaces SET yardstick = ''")
    monkeypatch.setattr(measuring, "_AT_ONCE", 2)
    await measuring.look_for_unmeasured()
    await measuring.look_for_unmeasured()
    assert await work() == 1
    assert np.allclose(np.array(await _measures()), np.array(before), atol=1e-6)
    assert await _yardsticks() == {everyday.DIGEST}


async def test_one_that_was_missed_is_found(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    await searched(client, 3)
    before = await _measures()
    await _do(f"{_FORGET} WHERE image_id = (SELECT max(image_id::text)::uuid FROM image_embeddings)")
    await measuring.look_for_unmeasured()
    assert await work() == 1
    assert np.allclose(np.array(await _measures()), np.array(before), atol=1e-6)


async def test_other_texts_measure_all_anew(
    client: httpx.AsyncClient, use_model: UseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model("clip")
    await searched(client, 3)
    before = await _measures()
    monkeypatch.setattr(everyday, "TEXTS", ("a bicycle", "a plate of soup", "the moon"))
    monkeypatch.setattr(everyday, "DIGEST", "another")
    measuring._yardstick.cache_clear()
    await measuring.look_for_unmeasured()
    assert await work() == 1
    measuring._yardstick.cache_clear()
    assert not np.isclose(np.array(await _measures()), np.array(before), atol=1e-6).any()
    assert await _yardsticks() == {"another"}
    await measuring.look_for_unmeasured()
    assert await work() == 0


async def test_what_cannot_be_placed_is_neither_counted_nor_measured(
    client: httpx.AsyncClient, use_model: UseModel
) -> None:
    use_model("clip")
    await searched(client, 3)
    await _do("UPDATE image_embeddings SET vector = NULL, usual = NULL, spread = NULL")
    await measuring.look_for_unmeasured()
    assert await work() == 0
    assert await placed() == {"clip": (True, 0, 3)}


async def test_a_space_whose_weights_are_gone_is_left_as_it_is(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    await searched(client, 2)
    await _do(_FORGET)
    await _do("UPDATE embedding_spaces SET fingerprint = 'of other weights'")
    await measuring.look_for_unmeasured()
    assert await work() == 1
    assert await _measures() == [(None, None), (None, None)]


async def test_vectors_lie_in_their_rows(client: httpx.AsyncClient, use_model: UseModel) -> None:
    use_model("clip")
    await searched(client, 1)
    async with reading() as connection:
        storage = (
            "SELECT attstorage FROM pg_attribute WHERE attrelid = 'image_embeddings'::regclass AND attname = 'vector'"
        )
        assert (await connection.execute(text(storage))).scalar_one() == "m"
