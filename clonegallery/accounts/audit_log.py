"""Reading the audit log, which `audit.py` writes."""

from clonegallery.accounts.permissions import Permission
from clonegallery.accounts.repository import audit_log as sql
from clonegallery.accounts.schemas import AuditPage, AuditRead, Viewer
from clonegallery.db import reading
from clonegallery.pagination import decode_cursor, encode_cursor

_SCOPE = "audit"


async def list_audit(viewer: Viewer, *, cursor: str | None = None, limit: int = 50) -> AuditPage:
    """What happened to accounts, the newest first, for Admins. Raises `Invalid` for a bad cursor."""
    viewer.require(Permission.ADMIN)
    after = decode_cursor(_SCOPE, cursor, "du") if cursor else None
    async with reading() as connection:
        found = await sql.page_of_lines(connection, after=after, limit=limit + 1)
    shown = found[:limit]
    next_cursor = encode_cursor(_SCOPE, [shown[-1].at, shown[-1].id]) if len(found) > limit else None
    return AuditPage([AuditRead(**line._asdict()) for line in shown], next_cursor)
