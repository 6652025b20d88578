"""The spaces of embedding models, and what lies in them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.clock import utcnow
from clonegallery.images.repository.tables import derivatives, images
from clonegallery.models.embedding import EmbeddingSpace, ImageEmbedding, SpaceStatus
from clonegallery.models.image import ImageStatus
from clonegallery.models.tables import table_of
from clonegallery.variants import Variant

Reader = AsyncConnection | AsyncSession


spaces, embeddings = table_of(EmbeddingSpace), table_of(ImageEmbedding)
_LOCK = 8_240_116
"""Of the advisory lock under which a space is made."""


async def all_spaces(reader: Reader) -> Sequence[Row[Any]]:
    """Every space, the oldest first."""
    return list((await reader.execute(select(spaces).order_by(spaces.c.id))).all())


async def active(reader: Reader) -> Row[Any] | None:
    """The space that is searched; None before there is one."""
    return (await reader.execute(select(spaces).where(spaces.c.status == SpaceStatus.ACTIVE))).one_or_none()


async def make(session: AsyncSession, model: str, fingerprint: str, source: str, dimensions: int) -> Row[Any]:
    """The space of these weights, made with its index where there is none; one that was never finished goes."""
    on_postgres = session.get_bind().dialect.name == "postgresql"
    if on_postgres:
        await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    its_own = (spaces.c.model == model) & (spaces.c.fingerprint == fingerprint)
    unfinished = select(spaces.c.id).where(spaces.c.status == SpaceStatus.BUILDING, ~its_own)
    for old in (await session.execute(unfinished)).scalars().all():
        await drop(session, old)
    found = (await session.execute(select(spaces).where(its_own))).one_or_none()
    if found is not None:
        return found
    values = {
        "model": model,
        "fingerprint": fingerprint,
        "source": source,
        "dimensions": dimensions,
        "status": SpaceStatus.BUILDING,
    }
    made = (await session.execute(insert(spaces).values(**values, created_at=utcnow()).returning(*spaces.c))).one()
    if on_postgres:
        # Empty when it is made, and right from then on: nothing has to wait for it to be built.
        await session.execute(
            text(
                f"CREATE INDEX {_index(made.id)} ON image_embeddings "
                f"USING hnsw ((vector::halfvec({int(dimensions)})) halfvec_cosine_ops) WHERE space_id = {int(made.id)}"
            )
        )
    return made


def _index(space_id: int) -> str:
    return f"ix_image_embeddings_space_{int(space_id)}"


async def activate(session: AsyncSession, space_id: int) -> list[int]:
    """Search this space from now on; returns the ids of those that were searched before."""
    retired = update(spaces).where(spaces.c.status == SpaceStatus.ACTIVE, spaces.c.id != space_id)
    old = (await session.execute(retired.values(status=SpaceStatus.BUILDING).returning(spaces.c.id))).scalars().all()
    chosen = update(spaces).where(spaces.c.id == space_id)
    await session.execute(chosen.values(status=SpaceStatus.ACTIVE, activated_at=utcnow()))
    return list(old)


async def drop(session: AsyncSession, space_id: int) -> None:
    """Remove a space, all that lies in it, and its index."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text(f"DROP INDEX IF EXISTS {_index(space_id)}"))
    await session.execute(delete(embeddings).where(embeddings.c.space_id == space_id))
    await session.execute(delete(spaces).where(spaces.c.id == space_id))


async def walk(reader: Reader, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The ids of the next pictures that are ready, in the order of their ids."""
    statement = select(images.c.id).where(images.c.status == ImageStatus.READY).order_by(images.c.id).limit(limit)
    return (await reader.execute(statement.where(images.c.id > after) if after else statement)).scalars().all()


async def walked(session: AsyncSession, space_id: int, image_id: UUID) -> None:
    """Note up to which picture the walk came."""
    await session.execute(update(spaces).where(spaces.c.id == space_id).values(walked_to=image_id))


async def unplaced(reader: Reader, space_id: int, ids: Sequence[UUID], variant: Variant) -> dict[UUID, str]:
    """Of these pictures those that are ready and not in the space, each with the key of its copy of that size."""
    lies = select(embeddings.c.image_id).where(
        embeddings.c.space_id == space_id, embeddings.c.image_id == derivatives.c.image_id
    )
    statement = (
        select(derivatives.c.image_id, derivatives.c.storage_key)
        .join(images, images.c.id == derivatives.c.image_id)
        .where(derivatives.c.image_id.in_(ids), derivatives.c.variant == variant, ~lies.exists())
        .where(images.c.status == ImageStatus.READY)
    )
    return {row.image_id: row.storage_key for row in await reader.execute(statement)}


async def place(session: AsyncSession, space_id: int, vectors: Mapping[UUID, Any]) -> None:
    """Write where pictures lie; those that are gone by now are left out, those that lie there already stay."""
    held = select(images.c.id).where(images.c.id.in_(list(vectors))).with_for_update(read=True, key_share=True)
    there = (await session.execute(held)).scalars().all()
    if there:
        kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        rows = [{"space_id": space_id, "image_id": one, "vector": vectors[one]} for one in there]
        await session.execute(kind.insert(embeddings).values(rows).on_conflict_do_nothing())


async def progress(reader: Reader) -> Sequence[Any]:
    """(id, model, status, placed, total) of every space; total counts the pictures that are ready."""
    placed = select(func.count()).select_from(embeddings).where(embeddings.c.space_id == spaces.c.id).scalar_subquery()
    total = select(func.count()).select_from(images).where(images.c.status == ImageStatus.READY).scalar_subquery()
    statement = select(spaces.c.id, spaces.c.model, spaces.c.status, placed.label("placed"), total.label("total"))
    return (await reader.execute(statement.order_by(spaces.c.id))).all()
