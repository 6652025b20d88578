"""A large gallery whose pictures are placed, made by the database itself: no model looks at anything."""

import psycopg

SPACE = 1
_SPACE = """
INSERT INTO embedding_spaces (id, model, fingerprint, source, dimensions, status, created_at, activated_at)
VALUES (%s, 'made up', '', 'nowhere', %s, 'active', now(), now())
"""
# Asking for `likes` makes the database draw anew for every picture.
_VECTORS = """
INSERT INTO image_embeddings (space_id, image_id, vector, usual, spread)
SELECT %s, id, l2_normalize(ARRAY(SELECT random() - 0.5 + 0 * likes FROM generate_series(1, %s))::vector),
       0.25, 0.125
FROM images
"""
_INDEX = """
CREATE INDEX ix_image_embeddings_space_{space} ON image_embeddings
USING hnsw ((vector::halfvec({dimensions})) halfvec_cosine_ops) WHERE space_id = {space}
"""


def place_all(database_url: str, dimensions: int) -> None:
    """Place every picture by chance in an active space, `SPACE`, and index it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SELECT setseed(0.25)")  # The same vectors each time, for what is asserted of them.
        connection.execute(_SPACE, [SPACE, dimensions])
        connection.execute(_VECTORS, [SPACE, dimensions])
        connection.execute(_INDEX.format(space=SPACE, dimensions=dimensions).encode())
        connection.execute("VACUUM ANALYZE image_embeddings")
