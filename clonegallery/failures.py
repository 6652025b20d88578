"""What the failures of the libraries underneath mean to the person asking.

Services let SQLAlchemy's, Redis's and the disk's own exceptions rise; whoever answers (API, pages, workers) asks
`as_gallery_error` for the member of the error tree that says the same.
"""

import errno

from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clonegallery.errors import Conflict, GalleryError, Invalid, StorageFull, Unavailable

_VALUES = (UnicodeEncodeError, OverflowError)
LIBRARY_FAILURES: tuple[type[Exception], ...] = (SQLAlchemyError, RedisError, OSError, *_VALUES)

_DISK_FULL = "53100"
_UNIQUE_VIOLATION = "23505"
_SQLITE_FULL, _SQLITE_TOOBIG, _SQLITE_MISMATCH = 13, 18, 20
_SQLITE_AWAY = frozenset({5, 6, 8, 10, 11, 14, 15, 26})
"""Busy, locked, read-only, an error of the disk, damaged, cannot be opened, contended for, no database at all."""
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_CANNOT_REACH = "The gallery's database cannot be reached; try again in a moment."
_CANNOT_STORE = "Some text or number in this request cannot be stored."


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
    return _from_value(error) if isinstance(error, _VALUES) else None


def _from_value(error: UnicodeEncodeError | OverflowError) -> GalleryError | None:
    """Of what a driver is given: Python's other conversions raise the same, and are defects where they do."""
    if isinstance(error, UnicodeEncodeError):
        return Invalid("Some text in this request is not valid Unicode.") if "surrogates" in error.reason else None
    return Invalid(_CANNOT_STORE) if "SQLite" in str(error) else None


def _from_database(error: SQLAlchemyError) -> GalleryError | None:
    cause = getattr(error, "orig", None)
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return _from_sqlite(error, code & 0xFF)  # The rest says it more exactly than is asked for.
    state = getattr(cause, "sqlstate", None)
    if state == _DISK_FULL:
        return StorageFull()
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout) or _lost_connection(error):
        return Unavailable(_CANNOT_REACH)
    if isinstance(error, DataError):
        return Invalid(_CANNOT_STORE)
    if isinstance(error, IntegrityError) and state == _UNIQUE_VIOLATION:
        return Conflict()
    return None


def _from_sqlite(error: SQLAlchemyError, code: int) -> GalleryError | None:
    """By SQLite's own codes (https://www.sqlite.org/rescode.html): its driver calls a column that is missing, or a
    table, operational too."""
    if code == _SQLITE_FULL:
        return StorageFull()
    if code in _SQLITE_AWAY:
        return Unavailable(_CANNOT_REACH)
    if code in (_SQLITE_TOOBIG, _SQLITE_MISMATCH):
        return Invalid(_CANNOT_STORE)
    if isinstance(error, IntegrityError) and "UNIQUE constraint" in str(error.orig):
        return Conflict()
    return None


def _lost_connection(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated
