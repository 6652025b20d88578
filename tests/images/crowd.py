"""A gallery of any size, made by the database itself: a million pictures in about a minute."""

import psycopg

_PEOPLE = """
INSERT INTO users (id, email, username, role, is_active, email_verified, token_epoch, created_at)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'p' || n || '@example.org', 'person' || n,
       'Editor', true, true, 0, now()
FROM generate_series(1, 50) AS n
"""
# Some people have far more pictures than others; nine in ten are public and ready, as in galleries that are shown.
_PICTURES = """
INSERT INTO images (id, owner_id, title, caption, status, visibility, rating, source, original_filename, storage_key,
                    sha256, mime, byte_size, width, height, animated, thumbhash, dominant_color, camera_make,
                    camera_model, focal_length, aperture, exposure, iso, taken_at, exif, views, likes, sort_at,
                    created_at, updated_at)
SELECT id, ('00000000-0000-7000-8000-' || lpad(to_hex(1 + floor(50 * random() * random())::int), 12, '0'))::uuid,
       'Picture ' || n, 'A caption of some length about what is to be seen in picture ' || n, 'ready',
       CASE WHEN random() < 0.9 THEN 'public' ELSE 'private' END, 'general', 'upload', 'IMG_' || n || '.jpg',
       'images/' || id || '/' || hash || '.jpg', decode(hash, 'hex'), 'image/jpeg', 3000000 + n, 6000, 4000, false,
       decode(md5(n::text), 'hex'), '#336699', 'Canon', 'EOS R' || n %% 9,
       24 + n %% 90, 2.8, 0.004, 100 * (1 + n %% 32),
       moment, '{}', n %% 1000, n %% 97, moment, moment, moment
FROM (SELECT n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id,
             md5('a' || n) || md5('b' || n) AS hash,
             timestamptz '2016-01-01' + make_interval(secs => n * 300 + (random() * 200)::int) AS moment
      FROM generate_series(1, %s) AS n) AS made
"""
_COPIES = """
INSERT INTO derivatives (image_id, variant, width, height, byte_size, storage_key)
SELECT images.id, 'thumb_' || edge, edge, edge * 2 / 3, edge * 60,
       'images/' || images.id || '/' || md5(images.id || 'x' || edge) || md5(images.id || 'y' || edge)
       || '-thumb_' || edge || '.webp'
FROM images CROSS JOIN (VALUES (300), (600), (1200)) AS edges (edge)
"""


def fill(database_url: str, pictures: int) -> None:
    """Fill an empty, migrated database with 50 people and `pictures` ready pictures with their copies."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SELECT setseed(0.5)")  # The same gallery each time, for what is asserted of it.
        connection.execute(_PEOPLE)
        connection.execute(_PICTURES, [pictures])
        connection.execute(_COPIES)
        connection.execute("VACUUM ANALYZE")
