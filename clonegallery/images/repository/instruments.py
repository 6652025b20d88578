"""Cameras, lenses and models: which there are, and which of them somebody means."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clonegallery.images.cameras import Named
from clonegallery.images.repository.tables import instruments
from clonegallery.models.instrument import InstrumentKind

Wanted = tuple[InstrumentKind, Named]


async def ids_of(session: AsyncSession, wanted: Sequence[Wanted]) -> Mapping[tuple[InstrumentKind, str], int]:
    """The ids of instruments by kind and folded name, made where they are new.

    In the order of their names, so that parallel writers cannot deadlock.
    """
    keys = {(kind, name.folded): name.name for kind, name in wanted}
    found = await _known(session, list(keys))
    missing = sorted(set(keys) - set(found))
    if not missing:
        return found
    kind_of = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [{"kind": kind, "folded": folded, "name": keys[kind, folded]} for kind, folded in missing]
    await session.execute(kind_of.insert(instruments).on_conflict_do_nothing(), rows)
    return await _known(session, list(keys))


async def _known(session: AsyncSession, keys: Sequence[tuple[InstrumentKind, str]]) -> dict[Any, int]:
    if not keys:
        return {}
    columns = (instruments.c.kind, instruments.c.folded, instruments.c.id)
    found = await session.execute(select(*columns).where(tuple_(*columns[:2]).in_(keys)))
    return {(row.kind, row.folded): row.id for row in found}


async def all_of(connection: AsyncConnection, kind: InstrumentKind) -> Sequence[Row[Any]]:
    """(id, folded, name, listed) of every instrument of a kind: hundreds at most."""
    columns = [instruments.c[name] for name in ("id", "folded", "name", "listed")]
    rows: Sequence[Any] = (await connection.execute(select(*columns).where(instruments.c.kind == kind))).all()
    return rows
