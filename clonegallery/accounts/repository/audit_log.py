"""The SQL that reads the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import literal_column, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased
from sqlmodel import col

from clonegallery.models.account import User
from clonegallery.models.audit import AuditEntry
from clonegallery.pagination import Keys


class AuditRow(NamedTuple):
    """One line with the names that its people have now; None where there is nobody, or nobody any more."""

    id: UUID
    at: datetime
    action: str
    actor: str | None
    subject: str | None
    address: str
    user_agent: str
    detail: dict[str, Any]


_ACTOR, _SUBJECT = aliased(User), aliased(User)
_LINES = (
    select(
        col(AuditEntry.id),
        col(AuditEntry.at),
        col(AuditEntry.action),
        col(_ACTOR.username),
        col(_SUBJECT.username),
        col(AuditEntry.address),
        col(AuditEntry.user_agent),
        col(AuditEntry.detail),
    )
    .outerjoin(_ACTOR, col(_ACTOR.id) == col(AuditEntry.actor_id))
    .outerjoin(_SUBJECT, col(_SUBJECT.id) == col(AuditEntry.subject_id))
    .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
)


async def page_of_lines(connection: AsyncConnection, *, after: Keys | None, limit: int) -> Sequence[AuditRow]:
    """Up to `limit` lines after the key `after`, the newest first."""
    # The limit is written out: with a bound one PostgreSQL soon plans for a tenth of the table.
    wanted = _LINES.limit(literal_column(str(limit)))
    if after is not None:
        wanted = wanted.where(tuple_(col(AuditEntry.at), col(AuditEntry.id)) < tuple_(*after))
    return [AuditRow(*row) for row in await connection.execute(wanted)]
