"""What is kept beside names so that they can be suggested: tags as beginnings are compared, and how common each is."""

from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from clonegallery.images.folding import bare
from clonegallery.images.repository.tables import image_tags, images, instruments, tags
from clonegallery.models.image import LISTED
from clonegallery.models.instrument import InstrumentKind
from clonegallery.models.tag import MAX_FOLDED


def label(name: str) -> str:
    """A tag as its beginnings are compared."""
    return bare(name)[:MAX_FOLDED]


async def keep_labels(session: AsyncSession, limit: int) -> int:
    """Write the labels of some tags that have none; returns of how many."""
    unlabelled = select(tags.c.id, tags.c.name).where(tags.c.folded.is_(None)).order_by(tags.c.id).limit(limit)
    rows = (await session.execute(unlabelled)).all()
    if rows:
        statement = update(tags).where(tags.c.id == bindparam("of")).values(folded=bindparam("label"))
        connection = await session.connection()
        await connection.execute(statement, [{"of": row.id, "label": label(row.name)} for row in rows])
    return len(rows)


async def count_tags(session: AsyncSession) -> int:
    """Write on how many listed pictures each tag is; returns of how many tags that has changed."""
    on = select(image_tags.c.tag_id.label("of"), func.count().label("n"))
    return await _write(session, tags, on.where(literal_column("image_tags.listed")).group_by(image_tags.c.tag_id))


async def count_instruments(session: AsyncSession, kind: InstrumentKind) -> int:
    """Write how many listed pictures are made with each; returns of how many instruments that has changed."""
    column = images.c[f"{kind.value}_id"]
    made = select(column.label("of"), func.count().label("n")).where(column.is_not(None), text(LISTED))
    return await _write(session, instruments, made.group_by(column), instruments.c.kind == kind)


async def _write(session: AsyncSession, table: Any, counted: Select[Any], *conditions: Any) -> int:
    numbers, known = counted.subquery("numbers"), table.alias("known")
    number = func.coalesce(numbers.c.n, 0)
    fresh = select(known.c.id, number.label("n")).outerjoin(numbers, numbers.c.of == known.c.id)
    changed = fresh.where(known.c.listed != number).subquery("changed")
    statement = update(table).where(table.c.id == changed.c.id, *conditions).values(listed=changed.c.n)
    return int(getattr(await session.execute(statement), "rowcount", 0))
