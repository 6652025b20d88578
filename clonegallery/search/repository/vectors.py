"""Where pictures lie in a space, which of them do not yet, and what each has in common with any text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.images.repository.rows import DECIDES
from clonegallery.images.repository.tables import derivatives, images
from clonegallery.models.image import ImageStatus
from clonegallery.search.repository.spaces import Reader, embeddings, on_postgres
from clonegallery.variants import Variant


@dataclass(frozen=True, slots=True)
class Place:
    """Where one picture lies, a row of unit length, and its measures as `search/fitting.py` defines them."""

    vector: Any
    usual: float
    spread: float


async def vector_of(reader: Reader, space_id: int, image_id: UUID) -> Any:
    """Where a picture lies; None where it does not yet, or could not be placed."""
    statement = select(embeddings.c.vector).where(embeddings.c.space_id == space_id, embeddings.c.image_id == image_id)
    return (await reader.execute(statement)).scalar_one_or_none()


async def missing(reader: Reader, space_id: int, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next pictures that are ready and were not looked at for this space, in the order of their ids."""
    statement = select(images.c.id).where(*_missing(space_id)).order_by(images.c.id).limit(limit)
    return (await reader.execute(statement.where(images.c.id > after) if after else statement)).scalars().all()


async def is_any_missing(reader: Reader, space_id: int, *, before: datetime) -> bool:
    """Whether a picture that came before that moment was not looked at for this space."""
    statement = select(images.c.id).where(*_missing(space_id), images.c.created_at < before).limit(1)
    return (await reader.execute(statement)).one_or_none() is not None


async def missing_of(reader: Reader, space_id: int, ids: Sequence[UUID], variant: Variant) -> dict[UUID, str | None]:
    """Of these pictures those that are missing, each with the key of its copy of that size; None where it has none."""
    copy = (derivatives.c.image_id == images.c.id) & (derivatives.c.variant == variant)
    statement = select(images.c.id, derivatives.c.storage_key).join(derivatives, copy, isouter=True)
    rows = await reader.execute(statement.where(images.c.id.in_(ids), *_missing(space_id)))
    return {row.id: row.storage_key for row in rows}


async def place(session: AsyncSession, space_id: int, vectors: Mapping[UUID, Place | None]) -> Sequence[Any]:
    """Write where pictures lie, None for one that cannot be placed; those that are gone by now are left out.

    Returns those that are there: (id, owner_id, status, visibility, deleted_at), held until the transaction ends.
    """
    held = select(images.c.id, *DECIDES).where(images.c.id.in_(list(vectors))).order_by(images.c.id)
    there = (await session.execute(held.with_for_update(read=True))).all()
    if there:
        kind = postgresql if on_postgres(session) else sqlite
        rows = [{"space_id": space_id, "image_id": row.id, **_columns(vectors[row.id])} for row in there]
        await session.execute(kind.insert(embeddings).values(rows).on_conflict_do_nothing())
    return there


async def is_any_unmeasured(reader: Reader, space_id: int) -> bool:
    """Whether a picture lies in this space and was not measured."""
    statement = select(embeddings.c.image_id).where(*_unmeasured(space_id)).limit(1)
    return (await reader.execute(statement)).one_or_none() is not None


async def to_measure(reader: Reader, space_id: int, after: UUID | None, limit: int, *, anew: bool) -> Sequence[Any]:
    """(image_id, vector) of the next pictures that were not measured, in the order of their ids; with `anew` of all."""
    which = (embeddings.c.space_id == space_id, embeddings.c.vector.is_not(None)) if anew else _unmeasured(space_id)
    statement = select(embeddings.c.image_id, embeddings.c.vector).where(*which)
    later = statement if after is None else statement.where(embeddings.c.image_id > after)
    return (await reader.execute(later.order_by(embeddings.c.image_id).limit(limit))).all()


async def measure(session: AsyncSession, space_id: int, places: Mapping[UUID, Place]) -> None:
    """Write what was measured. The vector is written too: so one that lay beside the table moves into its row."""
    its_own = (embeddings.c.space_id == space_id, embeddings.c.image_id == bindparam("measured"))
    rows = [{"measured": one, **_columns(place)} for one, place in places.items()]
    # Through the connection: a session takes a list of values for rows that it knows by their keys.
    connection = await session.connection()
    await connection.execute(update(embeddings).where(*its_own), rows)


def _columns(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"vector": None, "usual": None, "spread": None}
    return {"vector": place.vector, "usual": place.usual, "spread": place.spread}


def _unmeasured(space_id: int) -> tuple[ColumnElement[bool], ...]:
    return (embeddings.c.space_id == space_id, embeddings.c.usual.is_(None), embeddings.c.vector.is_not(None))


def _missing(space_id: int) -> tuple[ColumnElement[bool], ...]:
    lies = select(embeddings.c.image_id).where(embeddings.c.space_id == space_id, embeddings.c.image_id == images.c.id)
    return (images.c.status == ImageStatus.READY, ~lies.exists())
