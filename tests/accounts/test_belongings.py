"""What a person stores is added up from an index, however many pictures others have."""

from uuid import UUID

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from clonegallery.accounts.repository import people
from clonegallery.db import reading
from tests.conftest import Services
from tests.images.crowd import fill

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call] # SQLAlchemy left it untyped.
SOMEBODY = UUID("00000000-0000-7000-8000-000000000003")


async def test_it_is_added_up_from_the_index_alone(database: Services) -> None:
    fill(database.database_url, 30_000)
    compiled = people.BELONGINGS.compile(dialect=_DIALECT)
    bound = {**compiled.params, "user_id": SOMEBODY}
    with psycopg.connect(database.database_url) as connection:
        rows = connection.execute(f"EXPLAIN {compiled}".encode(), bound).fetchall()
        counted = connection.execute(
            "SELECT coalesce(sum(byte_size), 0), count(*) FROM images WHERE owner_id = %s", [SOMEBODY]
        ).fetchone()
    plan = "\n".join(row[0] for row in rows)
    assert "Index Only Scan using ix_images_belongings" in plan, plan
    async with reading() as reader:
        found = await people.belongings(reader, SOMEBODY)
    assert (found.used_bytes, found.images) == counted
    assert found.images > 0
