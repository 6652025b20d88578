"""What the failures of the libraries underneath mean to the person asking.

Services let SQLAlchemy's, Redis's and the disk's own exceptions rise; whoever answers (API, pages, workers) asks
`as_gallery_error` for the member of the error tree that says the same.
"""

import errno

from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clonegallery.errors import Conflict, GalleryError, Invalid, StorageFull, Unavailable

LIBRARY_FAILURES: tuple[type[Exception], ...] = (SQLAlchemyError, RedisError, OSError, UnicodeEncodeError)

_DISK_FULL = "53100"
_UNIQUE_VIOLATION = "23505"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def as_gallery_error(error: Exception) -> GalleryError | None:
    """The gallery's own error for a library's `error`, or None where it is a defect of ours and means nothing more."""
    if isinstance(error, GalleryError):
        return error
    if isinstance(error, SQLAlchemyError):
        return _from_database(error)
    if isinstance(error, RedisError):
        return Unavailable("The gallery's message store cannot be reached; try again in a moment.")
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return StorageFull()
    if isinstance(error, UnicodeEncodeError) and "surrogates" in error.reason:
        return Invalid("Some text in this request is not valid Unicode.")
    return None


def _from_database(error: SQLAlchemyError) -> GalleryError | None:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state == _DISK_FULL:
        return StorageFull()
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout) or _lost_connection(error):
        return Unavailable("The gallery's database cannot be reached; try again in a moment.")
    if isinstance(error, DataError):
        return Invalid("Some text or number in this request cannot be stored.")
    if isinstance(error, IntegrityError) and state == _UNIQUE_VIOLATION:
        return Conflict()
    return None


def _lost_connection(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
