"""A large gallery with the skew of real ones, for benchmarks of the search.

`python -m tests.search.crowd FOLDER PICTURES [VECTORS]` makes one that stays, in a PostgreSQL of its own, as the
gallery runs it.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from clonegallery import migrations
from clonegallery.images.cameras import camera_of, named
from clonegallery.runtime.postgres import Postgres
from tests.search.crowd_drafts import PEOPLE, drafts
from tests.search.crowd_names import CAMERAS, LENSES, MODELS, tag_names
from tests.search.crowd_vectors import fill_vectors

SOMEBODY: Final = "00000000-0000-7000-8000-000000000001"
"""Who has more pictures than anybody else: one in twelve."""

_WRITERS: Final = 2
_HELD: Final = ("images", "derivatives", "image_tags", "generated_images", "generations", "jobs")
"""Tables that are filled without their indexes, but for those that foreign keys need; built when all is there."""

_DRAFTS = """
CREATE UNLOGGED TABLE drafts (n int, made boolean, owner int, came bigint, taken bigint, camera int, lens int, iso int,
aperture float, focal float, exposure float, latitude float, longitude float, visibility text, rating text, views int,
likes int, seed bigint, model int, title text, caption text, prompt text, tags int[])
"""
_NAMES = """
CREATE UNLOGGED TABLE crowd_cameras (n int, instrument int, make text, model text);
CREATE UNLOGGED TABLE crowd_lenses (n int, instrument int, name text);
CREATE UNLOGGED TABLE crowd_models (n int, instrument int, name text);
CREATE FUNCTION uid(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ('01900000-0000-7000-800' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid;
"""
_PEOPLE = """
INSERT INTO users (id, email, username, role, is_active, email_verified, token_epoch, created_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'p' || n || '@example.org', 'person' || n,
       'Editor', true, true, 0, now()
FROM generate_series(1, %s) AS n
"""
_WITH_LABELS = """
WITH draft AS (
    SELECT drafts.*, labels.all_of AS labels, md5('a' || n) || md5('b' || n) AS hash,
           CASE WHEN made THEN prompt ELSE '' END AS asked
    FROM drafts CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(name ORDER BY name), '{}') AS all_of
        FROM tags JOIN unnest(drafts.tags) AS mine ON tags.id = uid(1, mine)
    ) AS labels
    WHERE n %% %s = %s
)
"""
_PICTURES = (
    _WITH_LABELS
    + """
INSERT INTO images (id, owner_id, title, caption, status, visibility, rating, source, original_filename, storage_key,
                    sha256, mime, byte_size, width, height, animated, thumbhash, dominant_color, camera_make,
                    camera_model, lens, focal_length, aperture, exposure, iso, taken_at, gps_latitude, gps_longitude,
                    exif, views, likes, sort_at, created_at, updated_at, camera_id, lens_id, model_id, generation_id,
                    document)
SELECT uid(0, draft.n), ('00000000-0000-7000-8000-' || lpad(to_hex(owner), 12, '0'))::uuid,
       upper(left(title, 1)) || substr(title, 2), caption, 'ready', visibility, rating,
       CASE WHEN made THEN 'generation' ELSE 'upload' END, 'IMG_' || draft.n || '.jpg',
       'images/' || uid(0, draft.n) || '/' || hash || '.jpg', decode(hash, 'hex'), 'image/jpeg',
       2000000 + draft.n, 6000, 4000, false, decode(left(hash, 48), 'hex'), '#336699', cameras.make, cameras.model,
       lenses.name, focal, aperture, exposure, iso, to_timestamp(taken), latitude, longitude,
       CASE WHEN made THEN '{}' ELSE jsonb_build_object('Image Make', cameras.make, 'Image Model', cameras.model,
            'EXIF LensModel', lenses.name, 'EXIF ISOSpeedRatings', iso, 'EXIF FNumber', aperture, 'EXIF FocalLength',
            focal, 'EXIF ExposureTime', exposure, 'EXIF MakerNote', left(hash, 60), 'Image Orientation', 1,
            'EXIF MeteringMode', 'Pattern', 'EXIF Flash', 'Flash did not fire', 'EXIF ColorSpace', 'sRGB',
            'EXIF ExposureProgram', 'Aperture Priority', 'Image Software', 'Adobe Lightroom 7.4', 'EXIF WhiteBalance',
            'Auto', 'EXIF ExifImageWidth', 6000, 'EXIF ExifImageLength', 4000, 'EXIF ExposureBiasValue', 0) END,
       views, likes, to_timestamp(coalesce(taken, came)), to_timestamp(came), to_timestamp(came), cameras.instrument,
       lenses.instrument, CASE WHEN made THEN models.instrument END, CASE WHEN made THEN uid(2, draft.n) END,
       array_to_tsvector(ARRAY(SELECT '=' || label FROM unnest(labels) AS label)) || '''/'':1'
       || setweight(to_tsvector('english'::regconfig, title), 'A') || '''/'':1'
       || setweight(to_tsvector('english'::regconfig, caption), 'B') || '''/'':1'
       || setweight(to_tsvector('english'::regconfig, array_to_string(labels, ' /x ')), 'C') || '''/'':1'
       || setweight(to_tsvector('english'::regconfig, asked), 'D')
       || array_to_tsvector(ARRAY(SELECT DISTINCT '~' || word FROM regexp_split_to_table(
              concat_ws(' ', title, caption, array_to_string(labels, ' '), asked), ' ') AS word
          WHERE length(word) > 3 AND EXISTS (SELECT FROM unnest(to_tsvector('english'::regconfig, word)) AS kept
              WHERE NOT starts_with(lexeme, left(word, -1)))))
FROM draft LEFT JOIN crowd_cameras AS cameras ON cameras.n = camera LEFT JOIN crowd_lenses AS lenses ON lenses.n = lens
     JOIN crowd_models AS models ON models.n = draft.model
ORDER BY draft.n
"""
)
_COPIES = """
INSERT INTO derivatives (image_id, variant, width, height, byte_size, storage_key)
SELECT uid(0, n), 'thumb_' || edge, edge, edge * 2 / 3, edge * 60, 'images/' || uid(0, n) || '/'
       || md5(n || 'x' || edge) || md5(n || 'y' || edge) || '-thumb_' || edge || '.webp'
FROM drafts CROSS JOIN (VALUES (300), (600), (1200)) AS edges (edge) WHERE n %% %s = %s ORDER BY n
"""
_TAGGED = """
INSERT INTO image_tags (image_id, tag_id, owner_id, listed)
SELECT uid(0, n), uid(1, tag), ('00000000-0000-7000-8000-' || lpad(to_hex(owner), 12, '0'))::uuid, visibility = 'public'
FROM drafts CROSS JOIN unnest(tags) AS tag WHERE n %% %s = %s ORDER BY n
"""
_JOBS = """
INSERT INTO jobs (id, kind, queue, subject_id, owner_id, payload, status, priority, attempts, max_attempts, run_after,
                  cancel_requested, step, steps, created_at, finished_at)
SELECT uid(3, n), 'generate', 'gpu', uid(2, n), ('00000000-0000-7000-8000-' || lpad(to_hex(owner), 12, '0'))::uuid,
       '{}', 'succeeded', 0, 1, 3, to_timestamp(came), false, 0, 0, to_timestamp(came), to_timestamp(came)
FROM drafts WHERE made AND n %% %s = %s
"""
_GENERATIONS = """
INSERT INTO generations (id, owner_id, job_id, provider, is_automatic, model, prompt, negative_prompt, width, height,
                         seed, count, visibility, created_at)
SELECT uid(2, drafts.n), ('00000000-0000-7000-8000-' || lpad(to_hex(owner), 12, '0'))::uuid, uid(3, drafts.n), 'local',
       false, models.name, prompt, '', 1024, 1024, seed, 1, visibility, to_timestamp(came)
FROM drafts JOIN crowd_models AS models ON models.n = drafts.model WHERE made AND drafts.n %% %s = %s
"""
_GENERATED = """
INSERT INTO generated_images (image_id, generation_id, position, provider, model, prompt, negative_prompt, width,
                              height, seed, seconds)
SELECT uid(0, drafts.n), uid(2, drafts.n), 0, 'local', models.name, prompt, '', 1024, 1024, seed, 4.5
FROM drafts JOIN crowd_models AS models ON models.n = drafts.model WHERE made AND drafts.n %% %s = %s
"""
_LISTED = """
UPDATE tags SET listed = n
FROM (SELECT tag_id, count(*) FILTER (WHERE listed) AS n FROM image_tags GROUP BY tag_id) AS carried WHERE tag_id = id;
UPDATE instruments SET listed = n
FROM (SELECT one, count(*) AS n FROM images CROSS JOIN unnest(ARRAY[camera_id, lens_id, model_id]) AS one
      WHERE visibility = 'public' GROUP BY one) AS used WHERE one = id
"""
_FILLED = (_PICTURES, _COPIES, _TAGGED, _JOBS, _GENERATIONS, _GENERATED)
_KEPT = """
SELECT indexdef, indexname, coalesce('ALTER TABLE ' || quote_ident(tablename) || ' ADD CONSTRAINT '
       || quote_ident(conname) || ' ' || pg_get_constraintdef(pg_constraint.oid), ''), tablename
FROM pg_indexes LEFT JOIN pg_constraint ON conindid = to_regclass(quote_ident(indexname)) AND contype IN ('p', 'u')
WHERE schemaname = 'public' AND tablename = ANY(%s) AND to_regclass(quote_ident(indexname)) NOT IN (
    SELECT conindid FROM pg_constraint WHERE contype = 'f')
ORDER BY contype IS DISTINCT FROM 'p', indexname
"""

Connection = psycopg.Connection[tuple[Any, ...]]


def fill(database_url: str, pictures: int, *, vectors: int = 0, dimensions: int = 512) -> None:
    """Fill an empty, migrated database; the same arguments make the same gallery. Prints what took how long.

    `vectors` of the pictures are placed, in a space that is searched. Foreign keys are not looked at while rows are
    written, and the indexes of the large tables are dropped before and built after that.
    """
    with _connected(database_url) as connection:
        _timed("names", lambda: _write_names(connection))
        _timed("drafts", lambda: _copy(connection, "drafts", drafts(pictures)))
        connection.execute("ANALYZE drafts")
        indexes = _drop_indexes(connection)
        for statement in _FILLED:
            table = statement.split("INSERT INTO ")[1].split()[0]
            _timed(table, lambda statement=statement: _in_parallel(database_url, statement))  # type: ignore[misc]
        for name, definition in indexes:
            _timed(name, lambda definition=definition: connection.execute(definition))  # type: ignore[misc]
        _timed("names", lambda: connection.execute(_LISTED))
        connection.execute("DROP TABLE drafts, crowd_cameras, crowd_lenses, crowd_models; DROP FUNCTION uid")
        if vectors:
            _timed("vectors", lambda: fill_vectors(database_url, vectors, dimensions))
        _timed("vacuum and analyze", lambda: connection.execute("VACUUM ANALYZE"))
        connection.execute("CHECKPOINT")
        _print_sizes(connection)


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        # As a replica would: what is written is whole, and nobody else's keys need be looked up.
        connection.execute("SET session_replication_role = replica; SET synchronous_commit = off; SET timezone = 'UTC'")
        connection.execute(
            "SET maintenance_work_mem = '768MB'; SET max_parallel_maintenance_workers = 2; SET jit = off"
        )
        yield connection


def _write_names(connection: Connection) -> None:
    connection.execute(_NAMES)
    connection.execute(_DRAFTS)
    connection.execute(_PEOPLE, [PEOPLE])
    tags = ((n, name, name) for n, name in enumerate(tag_names(), 1))
    connection.cursor().executemany("INSERT INTO tags (id, name, folded) VALUES (uid(1, %s), %s, %s)", tags)
    cameras = {n: camera_of(make, model) for n, (make, model) in enumerate(CAMERAS, 1)}
    for n, (make, model) in enumerate(CAMERAS, 1):
        of = _instrument(connection, "camera", cameras[n])
        connection.execute("INSERT INTO crowd_cameras VALUES (%s, %s, %s, %s)", [n, of, make, model])
    for kind, names in (("lens", LENSES), ("model", MODELS)):
        for n, name in enumerate(names, 1):
            table = sql.Identifier("crowd_lenses" if kind == "lens" else "crowd_models")
            row = [n, _instrument(connection, kind, named(name)), name]
            connection.execute(sql.SQL("INSERT INTO {} VALUES (%s, %s, %s)").format(table), row)


def _instrument(connection: Connection, kind: str, name: Any) -> int:
    found = connection.execute(
        "INSERT INTO instruments (kind, folded, name) VALUES (%s, %s, %s) ON CONFLICT (kind, folded)"
        " DO UPDATE SET folded = excluded.folded RETURNING id",
        [kind, name.folded, name.name],
    ).fetchone()
    return int(found[0]) if found else 0


def _copy(connection: Connection, table: str, rows: Iterator[Sequence[Any]]) -> None:
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
        for row in rows:
            copy.write("\t".join(map(_cell, row)) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    return "{" + ",".join(map(str, value)) + "}" if isinstance(value, list) else str(value)


def _in_parallel(database_url: str, statement: str) -> None:
    def write(part: int) -> None:
        with _connected(database_url) as connection:
            connection.execute(statement.encode(), [_WRITERS, part])

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(write, range(_WRITERS)))


def _drop_indexes(connection: Connection) -> list[tuple[str, bytes]]:
    """Returns the names and statements that make them again, primary keys first."""
    found = []
    for definition, name, constraint, table in connection.execute(_KEPT, [list(_HELD)]).fetchall():
        dropped = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}" if constraint else "DROP INDEX {1}")
        connection.execute(dropped.format(sql.Identifier(table), sql.Identifier(name)))
        found.append((name, (constraint or definition).encode()))
    return found


def _timed(name: str, work: Callable[[], Any]) -> None:
    started = time.monotonic()
    work()
    if (took := time.monotonic() - started) > 0.2:
        print(f"  {name:36}{took:>7.1f} s", flush=True)


def _print_sizes(connection: Connection) -> None:
    sizes = """SELECT relname, pg_size_pretty(pg_relation_size(oid)) FROM pg_class
               WHERE relkind IN ('r', 'i') AND pg_relation_size(oid) > 16e6 AND relnamespace = 'public'::regnamespace
               ORDER BY pg_relation_size(oid) DESC"""
    for name, size in connection.execute(sizes):
        print(f"  {name:36}{size:>10}")


def gallery(folder: Path, pictures: int, *, vectors: int = 0) -> str:
    """The URL of the gallery of so many pictures in the PostgreSQL of this folder, made where there is none.

    The server is left running; its settings are those of the gallery's own.
    """
    url = make_url(Postgres(folder / "pg").start())
    name = f"crowd{pictures}"
    with psycopg.connect(_address(url), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    address = _address(url.set(database=name))
    migrations.migrate(address)
    if not _has(address, "users"):
        fill(address, pictures, vectors=vectors)
    elif vectors and not _has(address, "image_embeddings"):
        fill_vectors(address, vectors, 512)
    return address


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _has(database_url: str, table: str) -> bool:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(sql.SQL("SELECT exists (SELECT FROM {})").format(sql.Identifier(table))).fetchone()
    return bool(row and row[0])


def main() -> None:
    """Make the gallery in the folder that is named, if it is not there."""
    folder, pictures, *vectors = sys.argv[1:]
    print(gallery(Path(folder), int(pictures), vectors=int(vectors[0]) if vectors else 0))


if __name__ == "__main__":
    main()
