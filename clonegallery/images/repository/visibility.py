"""The rule of who sees what, in SQL: the one place. Its conditions are, word for word, those of the partial indexes.

Strangers' lists hold what is public and ready. One's own pictures appear in one's own list whatever they are, except
failed uploads, which are listed when asked for, and the trash, which is a list of its own.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, literal_column, text

from clonegallery.images.repository.tables import images
from clonegallery.models.image import LISTED, UNLISTED_OWN

Condition = Any  # SQLAlchemy has no common type for text and column conditions, though it takes both alike.

# Written out, without parameters: only so can the planner prove that a partial index holds every row asked for.
_LISTED = text(f"({LISTED})")
_OWN = text(f"({UNLISTED_OWN})")
_TRASHED = text("deleted_at IS NOT NULL")


def trash(columns: Any = images.c) -> Sequence[Sequence[Condition]]:
    """The one part of the viewer's trash."""
    return [[_mine(columns), _TRASHED]]


def branches(*, signed_in: bool, with_failed: bool, columns: Any = images.c) -> Sequence[Sequence[Condition]]:
    """The parts, without overlap, that the viewer's list is made of; each has an index in every order.

    Binds `viewer_id` where somebody is signed in. `columns` are those of the table of pictures, under any name.
    """
    if not signed_in:
        return [[_LISTED]]
    own = [_mine(columns), _OWN]
    return [[_LISTED], own if with_failed else [*own, columns.status != literal_column("'failed'")]]


def _mine(columns: Any) -> Condition:
    return columns.owner_id == bindparam("viewer_id", type_=images.c.owner_id.type)
