"""The spaces of embedding models: which there are, which is searched, and their indexes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, delete, func, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.clock import utcnow
from clonegallery.images.repository.tables import images
from clonegallery.inference.embedders import EmbeddingModel
from clonegallery.models.embedding import EmbeddingSpace, ImageEmbedding, SpaceStatus
from clonegallery.models.image import ImageStatus
from clonegallery.models.tables import table_of

Reader = AsyncConnection | AsyncSession

spaces, embeddings = table_of(EmbeddingSpace), table_of(ImageEmbedding)


def on_postgres(connection: AsyncConnection | AsyncSession) -> bool:
    dialect = connection.dialect if isinstance(connection, AsyncConnection) else connection.get_bind().dialect
    return dialect.name == "postgresql"


async def all_spaces(reader: Reader) -> Sequence[Row[Any]]:
    """Every space, the oldest first."""
    return list((await reader.execute(select(spaces).order_by(spaces.c.id))).all())


async def active(reader: Reader) -> Row[Any] | None:
    """The space that is searched; None before there is one."""
    return (await reader.execute(select(spaces).where(spaces.c.status == SpaceStatus.ACTIVE))).one_or_none()


async def make(session: AsyncSession, model: EmbeddingModel, *, dimensions: int, yardstick: str) -> Row[Any]:
    """The space of these weights, made where there is none."""
    kind = postgresql if on_postgres(session) else sqlite
    names = {"model": model.name, "fingerprint": model.fingerprint}
    values = {**names, "source": model.source, "dimensions": dimensions, "yardstick": yardstick}
    statement = kind.insert(spaces).values(**values, status=SpaceStatus.BUILDING, created_at=utcnow())
    await session.execute(statement.on_conflict_do_nothing())
    its_own = (spaces.c.model == model.name) & (spaces.c.fingerprint == model.fingerprint)
    return (await session.execute(select(spaces).where(its_own))).one()


async def build_index(connection: AsyncConnection, space: Row[Any]) -> None:
    """The index of a space, where it has none that is whole; nobody who reads or writes waits for it.

    `connection` commits each statement: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
    """
    if not on_postgres(connection):
        return
    name = _index(space.id)
    state = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    is_whole = (await connection.execute(state, {"name": name})).scalar_one_or_none()
    if is_whole is False:
        await connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))
    if not is_whole:
        await connection.execute(
            text(
                f"CREATE INDEX CONCURRENTLY {name} ON image_embeddings USING hnsw "
                f"((vector::halfvec({int(space.dimensions)})) halfvec_cosine_ops) WHERE space_id = {int(space.id)}"
            )
        )


async def drop_index(connection: AsyncConnection, space_id: int) -> None:
    """As above, the other way."""
    if on_postgres(connection):
        await connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {_index(space_id)}"))


def _index(space_id: int) -> str:
    return f"ix_image_embeddings_space_{int(space_id)}"


async def activate(session: AsyncSession, space_id: int) -> None:
    """Search this space from now on, and no other."""
    others = update(spaces).where(spaces.c.status == SpaceStatus.ACTIVE, spaces.c.id != space_id)
    await session.execute(others.values(status=SpaceStatus.BUILDING))
    chosen = update(spaces).where(spaces.c.id == space_id, spaces.c.status != SpaceStatus.ACTIVE)
    await session.execute(chosen.values(status=SpaceStatus.ACTIVE, activated_at=utcnow()))


async def measured_by(session: AsyncSession, space_id: int, yardstick: str) -> None:
    """Note that every picture in this space was measured by that."""
    await session.execute(update(spaces).where(spaces.c.id == space_id).values(yardstick=yardstick))


async def empty(session: AsyncSession, space_id: int, *, most: int) -> int:
    """Remove up to so many of what lies in a space; returns how many it were."""
    key = tuple_(embeddings.c.space_id, embeddings.c.image_id)
    some = select(embeddings.c.space_id, embeddings.c.image_id).where(embeddings.c.space_id == space_id).limit(most)
    gone = await session.execute(delete(embeddings).where(key.in_(some)).returning(embeddings.c.image_id))
    return len(gone.all())


async def remove(session: AsyncSession, space_id: int) -> None:
    """Remove a space with whatever still lies in it, unless it is the one that is searched."""
    unused = (spaces.c.id == space_id, spaces.c.status != SpaceStatus.ACTIVE)
    await session.execute(delete(spaces).where(*unused))


async def progress(reader: Reader) -> Sequence[Any]:
    """(id, model, status, placed, total) of every space; total counts the pictures that are ready."""
    # Two counts that need only indexes: the rows themselves are large.
    here = _count(embeddings.c.space_id == spaces.c.id)
    nowhere = _count(embeddings.c.space_id == spaces.c.id, embeddings.c.usual.is_(None), embeddings.c.vector.is_(None))
    total = select(func.count()).select_from(images).where(images.c.status == ImageStatus.READY).scalar_subquery()
    placed = (here - nowhere).label("placed")
    statement = select(spaces.c.id, spaces.c.model, spaces.c.status, placed, total.label("total"))
    return (await reader.execute(statement.order_by(spaces.c.id))).all()


def _count(*of_embeddings: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(embeddings).where(*of_embeddings).scalar_subquery()
